"""Staff of the schools, with their roles."""
