"""The yardstick: what an app with one route and nothing else takes, under the same server."""

import sys

import uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.get("/ready")
async def ready() -> dict[str, str]:
    return {"app": "ok"}


if __name__ == "__main__":
    uvicorn.run(
        app, port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False,
        log_level="error",
    )  # fmt: skip
