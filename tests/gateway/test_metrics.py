"""The gateway serves its metrics only inside the operator's network."""

import httpx

from deploy.servers import free_port
from gateway.app import create_gateway
from tests.gateway.services import network, settings


async def test_nobody_from_outside_reads_the_metrics() -> None:
    async with network() as (_, client):
        answer = await client.get("/metrics")
    assert (answer.status_code, answer.json()["code"]) == (404, "route-unknown")


async def test_metrics_are_served_at_the_address_that_the_operator_sets() -> None:
    listen = f"127.0.0.1:{free_port()}"
    app = create_gateway(lambda: settings(metrics_listen=listen))
    async with app.router.lifespan_context(app), httpx.AsyncClient() as inside:
        answer = await inside.get(f"http://{listen}/metrics")
    assert "http_request_seconds" in answer.text
