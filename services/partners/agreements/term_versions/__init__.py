"""The versions of an agreement's terms, each with its signatures."""
