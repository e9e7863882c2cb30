"""Where a partner's system begins: the children it may know of, and its place in the stream."""
