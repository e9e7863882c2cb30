"""One process of the platform for the soak: `python -m tests.bench.shortened NAME [HOST:PORT]`.

As shipped, but that a day of retention lasts MINUTES_A_DAY and old events are looked for once a
minute instead of once an hour: what takes a month in an outbox and in the stream is seen in an
hour. A broker takes no shorter retention than that for which it must know doublets again."""

import os
import sys

from deploy import serve
from shared.events import bus
from shared.events.outlet import Outlet
from shared.runtime import upkeep

if __name__ == "__main__":
    minutes = int(os.environ["MINUTES_A_DAY"])
    upkeep.PRUNE_EVERY = 60 // upkeep.PAUSE_SECONDS
    bus.DAY_SECONDS = minutes * 60
    shipped = Outlet.prune.func
    Outlet.prune = property(  # type: ignore[assignment]
        lambda outlet: shipped(outlet).replace("days => :days", f"mins => {minutes} * :days")
    )
    serve.main(*sys.argv[1:])
