"""Whether it works: the seven outcomes, their indicators and observations, scorecards with targets and
gaps under disclosure control, dated editions, and the measures that follow from students' events.

It promises that no figure of fewer people than the minimum cell ever leaves it, that what was
published stays as it was, and that a scorecard moves when attendance does."""
