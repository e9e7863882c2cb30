"""An agreement locked for change, together with its terms."""
