"""What every process needs before anything else: settings, time, refusals, telemetry, leaving.

It promises that only `clock` reads the time, that a day is the partnership's (`days`), that every
refusal has a stable code (`refusals`), and that no name, birth date, query string or body reaches
a log, trace or metric (`telemetry`). Begin with `refusals.py` and `settings.py`.
"""
