"""An agreement is over: ended by a party, or with a partner that goes."""
