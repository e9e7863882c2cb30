"""What is promised and no instrument measures yet. A line goes when a package's page has it."""

from tests.proof.shape import NotYet

NOT_YET: tuple[NotYet, ...] = ()
