"""Keeps the public directory: partners, their sites and their programs.

It owns these three nouns, in the fields of HSDS. It promises that the directory is public to
read, that an administrator changes only the own partner (a district's its schools too) and a
backbone those in its care, and that a closed partner opens nothing new. Begin with `partners/rules.py`, then `programs/actions.py`.
"""
