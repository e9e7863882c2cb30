"""The order in which organizations are stored."""

from services.partners.exchange.json_documents.rules import Entity

PARENT = "parent_organization_id"


def parents_first(entities: dict[str, Entity]) -> tuple[list[Entity], list[Entity]]:
    """The entities with each parent before its children; and those that are their own ancestor."""
    ordered: dict[str, Entity] = {}
    circular: list[Entity] = []
    for entity in entities.values():
        chain: dict[str, Entity] = {}
        at: Entity | None = entity
        while at is not None and at.id not in ordered and at.id not in chain:
            chain[at.id] = at
            at = entities.get(str(at.fields.get(PARENT)))
        if at is not None and at.id in chain:
            circular.append(at)
        ordered |= dict(reversed(chain.items()))
    return list(ordered.values()), circular
