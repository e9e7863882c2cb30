"""Sends partners' systems what the policy opens to them, and takes it back when its ground ends.

It owns the thin history of each child, what each partner holds, snapshots, retractions and their
receipts. It promises that a stream carries only open parts, and that one retraction takes back
all that a partner got and may have no more, by stream or over the API. Begin with
`worker/actions.py`, which runs the rest: `partner_reads`, then `decisions/rules.py`, then
`publishing`.
"""
