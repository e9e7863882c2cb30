"""The people a roster names: children, their contacts and staff, each once per source."""
