"""Who saw what: the log read, proved whole, explained and stopped."""
