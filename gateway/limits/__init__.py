"""Bounds on one caller: requests a minute, open streams of events, methods of an address.

It promises that a caller beyond a bound is refused with the time to wait, counted by account
where somebody is signed in and by address where nobody is, and that a method that an address
lacks gets 405 with `Allow`. Begin with `rates.py`.
"""
