"""Who the children, their contacts, schools and classes are."""
