"""The public language: bodies, answers and events, one module per noun."""
