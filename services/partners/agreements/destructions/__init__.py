"""The destruction of data that an agreement no longer covers, attested by the recipient."""
