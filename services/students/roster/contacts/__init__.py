"""The adults around a child, their rights in its record, and court orders."""
