"""One address for web and mobile clients: signs callers in, passes services' APIs through, and
combines their views. It has no database and no rules of the domain."""
