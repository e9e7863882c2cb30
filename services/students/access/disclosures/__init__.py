"""The disclosure log: each release of data about a child, with its basis, and each refusal."""
