"""Referrals: a school asks a program to help a child, and learns what came of it.

Owns: referrals and their steps. Promises: a partner reads a referral only while it is live, and only
what agreement and consent let it have; the family reads each step; a state is entered on its
evidence alone. Begin with `referrals/rules.py`.
"""
