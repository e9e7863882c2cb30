"""How many random worlds a test tries: few for each change, many in `make nightly`."""

import os


def seeds(few: int, *, nightly: int) -> range:
    return range(nightly if os.environ.get("NIGHTLY") else few)
