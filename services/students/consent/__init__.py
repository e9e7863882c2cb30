"""Takes the word of families: consents, refusals, requests and opt-outs.

It owns every word that a family gives, the forms that ask for it, and the opt-outs from directory
information. It promises that each word is kept as it was given, that the last one counts, and
that only a person with rights on that day gives a yes. Begin with `consents/rules.py` and
`signers/rules.py`; whether a consent holds is decided below, in `access/consents_in_force`.
"""
