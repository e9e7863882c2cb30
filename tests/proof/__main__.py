"""Writes docs/proof.md: `python -m tests.proof`."""

from tests.proof.page import write_page

if __name__ == "__main__":
    write_page()
