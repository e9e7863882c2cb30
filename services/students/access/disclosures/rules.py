"""The rows of the disclosure log, for a release and for a refusal (34 CFR 99.32(a)).

Each row names exactly one basis. A release on several grounds makes several rows.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from services.students.access.legal_bases.rules import Ground
from services.students.access.policy.rules import Decision
from shared.contracts.students.access import Category
from shared.contracts.students.disclosure import Channel, DisclosureOutcome
from shared.security.principal import Principal

T = TypeVar("T", bound=Any)
NAMES = ("given_name", "family_name", "preferred_given_name")


def nameless(entries: Iterable[T], told: Mapping[UUID, Collection[Category]]) -> list[T]:
    """The entries, without the names of each child whose identity is not among the categories that
    are told of it."""
    hidden = dict.fromkeys(NAMES)
    return [
        entry if Category.IDENTITY in told[entry.student_id] else entry.model_copy(update=hidden)
        for entry in entries
    ]


def released(
    viewer: Principal,
    student_id: UUID,
    decision: Decision,
    categories: Collection[Category],
    channel: Channel,
) -> list[dict[str, Any]]:
    """The rows of a release: those of `categories` that the decision releases, a row per ground."""
    by_ground: dict[tuple[object, ...], tuple[Ground, list[Category]]] = {}
    for category in Category:
        ground = decision.released.get(category)
        if category in categories and ground is not None:
            by_ground.setdefault(_key(ground), (ground, []))[1].append(category)
    return [
        of_ground(viewer, student_id, ground, named, channel)
        for ground, named in by_ground.values()
    ]


def of_ground(
    viewer: Principal,
    student_id: UUID,
    ground: Ground,
    categories: Collection[Category],
    channel: Channel,
) -> dict[str, Any]:
    return _row(
        viewer, student_id, categories, channel,
        outcome=DisclosureOutcome.RELEASED,
        basis=ground.basis,
        agreement_id=ground.agreement_id,
        consent_id=ground.consent_id,
        emergency_id=ground.emergency_id,
        further_parties=list(ground.further_parties),
    )  # fmt: skip


def refused(
    viewer: Principal,
    student_id: UUID,
    categories: Collection[Category],
    channel: Channel = Channel.READ,
) -> dict[str, Any]:
    return _row(viewer, student_id, categories, channel, outcome=DisclosureOutcome.REFUSED)


def _row(
    viewer: Principal,
    student_id: UUID,
    categories: Collection[Category],
    channel: Channel,
    **more: Any,
) -> dict[str, Any]:
    return {
        "student_id": student_id,
        "account_id": viewer.account_id,
        "role": viewer.role,
        "organization_id": viewer.partner_id,
        "purpose": viewer.purpose,
        "channel": channel,
        "categories": [category.value for category in categories],
        "further_parties": [],
        **more,
    }


def _key(ground: Ground) -> tuple[object, ...]:
    return ground.basis, ground.agreement_id, ground.consent_id, ground.emergency_id
