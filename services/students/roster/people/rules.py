"""What must hold for people."""


def search_name(family_name: str, given_name: str) -> str:
    """The order of lists. The import writes the same in SQL."""
    return f"{family_name} {given_name}".lower()
