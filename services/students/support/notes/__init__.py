"""Notes about a child, each for the audience its author chose."""
