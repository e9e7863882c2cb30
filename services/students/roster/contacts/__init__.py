"""The adults around a child, what the law lets them have, and court orders."""
