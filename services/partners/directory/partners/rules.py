"""What must hold for a partner."""

import json
from collections.abc import Collection
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from pydantic import BaseModel

from shared.contracts.partners.partner import PartnerKind, PartnerStatus
from shared.core.refusals import Conflict, Forbidden
from shared.security.principal import Principal, Role

REGISTRARS = {Role.BACKBONE, Role.OPERATOR}


def keeps(
    caller: Principal,
    partner_id: UUID | None,
    parent_id: UUID | None,
    more: Collection[UUID] = (),
) -> bool:
    """The operator may change all, others the own partner, a district's administrator also the
    schools below it. `more`: partners that the caller may change besides."""
    if caller.role is Role.OPERATOR:
        return True
    if caller.partner_id is None:
        return False
    below = caller.role is Role.DISTRICT_ADMIN and parent_id == caller.partner_id
    return partner_id == caller.partner_id or below or partner_id in more


def ensure_keeps(
    caller: Principal,
    partner_id: UUID | None,
    parent_id: UUID | None,
    more: Collection[UUID] = (),
) -> None:
    if not keeps(caller, partner_id, parent_id, more):
        raise Forbidden("partner-not-own", "You may change your own partner only.")


def registers(caller: Principal, kind: str, parent_id: UUID | None) -> bool:
    """A backbone registers partners of any kind, a district its own schools."""
    return caller.role in REGISTRARS or _own_school(caller, kind, parent_id)


def _own_school(caller: Principal, kind: str, parent_id: UUID | None) -> bool:
    return kind == PartnerKind.SCHOOL and keeps(caller, None, parent_id)


def ensure_may_register(caller: Principal, kind: str, parent_id: UUID | None) -> None:
    if not registers(caller, kind, parent_id):
        raise Forbidden("partner-register-backbone", "Only the backbone registers partners.")


def ensure_may_close(
    caller: Principal, partner_id: UUID, kind: str, parent_id: UUID | None, care: Collection[UUID]
) -> None:
    """The operator closes partners, a district its own schools, a backbone those in its care."""
    may = caller.role is Role.OPERATOR or _own_school(caller, kind, parent_id)
    if not may and partner_id not in care:
        raise Forbidden("partner-register-backbone", "Only the operator closes this partner.")


def ensure_active(status: str) -> None:
    if status != PartnerStatus.ACTIVE:
        raise Conflict("partner-closed", "The partner is closed.")


def stored(body: BaseModel) -> dict[str, Any]:
    """The values of a draft or a change as columns take them: parts of lists without nulls, as in
    HSDS."""
    said = {name: getattr(body, name) for name in _said(body)}
    return {
        name: [_part(part) for part in value] if isinstance(value, list) else value
        for name, value in said.items()
    }


def _said(body: BaseModel) -> set[str]:
    """All fields of a draft; of a change the given ones."""
    return body.model_fields_set | {
        name for name, field in type(body).model_fields.items() if field.default is not None
    }


def _part(part: Any) -> Any:
    if not isinstance(part, BaseModel):
        return part
    return _identified(part.model_dump(mode="json", exclude_none=True))


def _identified(part: dict[str, Any]) -> dict[str, Any]:
    """Every part has an id in HSDS, which stays the same while the part does."""
    nested = {
        name: [_identified(each) for each in value]
        for name, value in part.items()
        if isinstance(value, list)
    }
    text = json.dumps(part, sort_keys=True)
    return {"id": str(uuid5(NAMESPACE_OID, text)), **part, **nested}
