"""Owns each child, the people around it, and the support it gets.

Promises: nobody sees of a child what `access` does not release, and a hidden child answers like
none; a roster goes in whole or not at all, and a second time changes nothing.
"""
