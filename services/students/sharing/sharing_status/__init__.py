"""The state of each partner's sharing: events published, withheld, and receipts missing."""
