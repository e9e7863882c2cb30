"""Children whose data left this service."""
