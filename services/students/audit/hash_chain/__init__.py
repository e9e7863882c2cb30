"""The hash chain over the disclosure log, by which a changed row is found."""
