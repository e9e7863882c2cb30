"""Children of whom it must be asked again what partners may know: something else than an event
about them has changed, or the clock."""
