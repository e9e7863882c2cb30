"""The time that each class of data is kept after a child has left."""
