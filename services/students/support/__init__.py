"""Keeps the words of the people who support a child.

It owns notes. It promises that each note is read by the audience that its author chose and by
nobody else, that one in its maker's sole possession is read by its maker alone, and that each
reading is a row of the disclosure log. Begin with `notes/rules.py`.
"""
