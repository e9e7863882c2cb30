"""An application tells the partner of the child, and so it needs a ground.

The family's own application is the family's own act, and that of the partner's people concerns a
child whom the partner knows. School and district need an agreement in force, with the family's
consent where the agreement asks for it (34 CFR 99.30, 99.31).
"""

from dataclasses import replace
from uuid import UUID

from services.students.access.legal_bases import rules as legal_bases
from services.students.access.legal_bases.rules import Terms
from services.students.access.policy.rules import partner_viewer, terms_of
from services.students.access.relations.rules import Facts
from shared.contracts.purpose import PARTNER_PURPOSES, Purpose
from shared.contracts.students.access import Category
from shared.core.refusals import Conflict

TOLD = (Category.IDENTITY, Category.ENGAGEMENT)
ASK = "The family can apply itself, or you can propose the program to it."


def ensure_ground(partner_id: UUID, program_id: UUID, child: Facts) -> None:
    """Refuses the application where no purpose lets the partner have the child's identity and
    engagements. `child`: the facts about the child for this partner."""
    applied = replace(child, engaged=child.engaged | {(partner_id, program_id)})
    every = [_terms(partner_id, purpose, applied) for purpose in PARTNER_PURPOSES]
    for terms in every:
        if legal_bases.shared(terms).keys() >= set(TOLD):
            return
    shared = legal_bases.shared(every[0])
    lacking = [legal_bases.missing(every[0], each) for each in TOLD if each not in shared]
    raise Conflict("ground-missing", " ".join([*dict.fromkeys(lacking), ASK]))


def _terms(partner_id: UUID, purpose: Purpose, child: Facts) -> Terms:
    return terms_of(partner_id, partner_viewer(partner_id, partner_id, purpose), child)
