"""The early end of an agreement: by a party, or with a partner that closes."""
