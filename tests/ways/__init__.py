"""The ways of docs/ways.md, held by the calls that real processes make."""
