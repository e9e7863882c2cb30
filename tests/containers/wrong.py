"""What is not as promised."""

from typing import Any

BESIDE_THE_POOLS = 12
"""Connections of a process for what only one does at a time, as the budget reckons."""
BROKERS = 3
ENOUGH = 10  # requests for each replica, to say whether they share


def wrong_with(of: dict[str, Any]) -> list[str]:
    wrong = [f"{name}: {count}" for name, count in of["bad"].items()]
    wrong += [f"refused: {what} ({count} times)" for what, count in of["surprises"].items()]
    wrong += [f"{name}: {said}" for name, said in of["inspected"]["wrong"].items()]
    wrong += [f"in the image: {name}" for name in of["inspected"]["secrets_in_the_image"]]
    for what, asked in (("scaled", of["scaled"]["asked_once"]),
                        ("replaced", of["replaced"]["asked_once"]),
                        ("bad release", of["replaced"]["bad_release"]["asked_once"]),
                        ("gateway replaced", of["gateway_replaced"]["two_ports"])):  # fmt: skip
        wrong += [f"{what}, failed: {why} ({n} times)" for why, n in asked["failures"].items()]
    if not of["replaced"]["bad_release"]["told_why"]:
        wrong.append("why a release does not start was not told")
    for service, shares in of["scaled"]["answered_by_each"].items():
        if sum(shares) >= ENOUGH * len(shares) and min(shares) * 2 < max(shares):
            wrong.append(f"{service} did not share the work: {shares}")
    beside = of["scaled"]["connections"]["beside_the_pools_of_one_process"]
    wrong += [f"{name} has {n} connections" for name, n in beside.items() if n > BESIDE_THE_POOLS]
    return wrong + (wrong_elsewhere(of["elsewhere"]) if "elsewhere" in of else [])


def wrong_elsewhere(of: dict[str, Any]) -> list[str]:
    wrong = [f"elsewhere, {name}: {count}" for name, count in of["bad"].items()]
    wrong += [f"elsewhere, refused: {what} ({n} times)" for what, n in of["surprises"].items()]
    if of["connections_open_to_read"] or not of["connections_encrypted"]:
        wrong.append(f"elsewhere, connections not encrypted: {of['connections_open_to_read']}")
    if of["copies_of_the_stream"] != BROKERS:
        wrong.append(f"elsewhere, copies of the stream: {of['copies_of_the_stream']}")
    if not of["plain_refused"]:
        wrong.append("elsewhere, the gateway answers without TLS")
    return wrong
