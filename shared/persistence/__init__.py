"""The way to PostgreSQL: transactions, reads, records, migrations.

It promises that one request or one handled event is one transaction, that only `database` ends
one, and that migrations give exactly the tables of the code. Begin with `database.py` for
`Session` and `Reader`, then `queries.py`, which reads columns into answers, and `records.py`.
"""
