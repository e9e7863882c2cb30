"""Bad input, very much of it: `python -m tests.fuzz files|replay …` (`make fuzz`)."""

import sys

from tests.fuzz import many

COMMANDS = {"files": many.main, "replay": many.replay}

if __name__ == "__main__":
    name, *given = sys.argv[1:]
    COMMANDS[name](*given)
    if name == "files":
        from tests.proof.page import write_page

        write_page()
