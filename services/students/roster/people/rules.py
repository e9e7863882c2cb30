"""The rules of people."""


def search_name(family_name: str, given_name: str) -> str:
    """The name by which lists are ordered; of a person with one name, that one. The import computes
    the same in SQL."""
    return f"{family_name} {given_name}".strip().lower()
