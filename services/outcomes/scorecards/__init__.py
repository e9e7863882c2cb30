"""Shows how a partnership stands: scorecards with targets, reports and dated editions.

It owns scorecards, targets, contributors, editions, the tables that they published and the reports
that are kept ready. It promises that a report shows released figures only, that it moves when
attendance does, that a published edition stays as it was, and that subtracting two editions gives
no small group away. Begin with `scorecards/rules.py` for trends and gaps, then `reports/rules.py`,
then `exposures/rules.py` and `clashes/rules.py`.
"""
