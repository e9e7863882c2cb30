"""What every service stands on. It knows no service but its contracts."""
