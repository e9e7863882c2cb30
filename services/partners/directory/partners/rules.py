"""What must hold for a partner."""

import json
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from pydantic import BaseModel

from shared.contracts.partners.partner import PartnerKind, PartnerStatus
from shared.core.refusals import Conflict, Forbidden
from shared.security.principal import Principal, Role

EVERY_PARTNER = {Role.BACKBONE, Role.OPERATOR}


def keeps(caller: Principal, partner_id: UUID | None, parent_id: UUID | None) -> bool:
    """The backbone looks after all, an administrator after the own partner, a district's
    administrator also after the schools below it."""
    if caller.role in EVERY_PARTNER:
        return True
    if caller.partner_id is None:
        return False
    below = caller.role is Role.DISTRICT_ADMIN and parent_id == caller.partner_id
    return partner_id == caller.partner_id or below


def ensure_keeps(caller: Principal, partner_id: UUID | None, parent_id: UUID | None) -> None:
    if not keeps(caller, partner_id, parent_id):
        raise Forbidden("partner-not-own", "You may change your own partner only.")


def registers(caller: Principal, kind: str, parent_id: UUID | None) -> bool:
    """The backbone registers partners; a district its own schools."""
    own_school = kind == PartnerKind.SCHOOL and keeps(caller, None, parent_id)
    return caller.role in EVERY_PARTNER or own_school


def ensure_may_register(caller: Principal, kind: str, parent_id: UUID | None) -> None:
    if not registers(caller, kind, parent_id):
        raise Forbidden("partner-register-backbone", "The backbone registers partners.")


def ensure_active(status: str) -> None:
    if status != PartnerStatus.ACTIVE:
        raise Conflict("partner-closed", "The partner is closed.")


def stored(body: BaseModel) -> dict[str, Any]:
    """What a draft or a change says, as columns take it: parts of lists without their nulls, the
    way HSDS has them."""
    said = {name: getattr(body, name) for name in _said(body)}
    return {
        name: [_part(part) for part in value] if isinstance(value, list) else value
        for name, value in said.items()
    }


def _said(body: BaseModel) -> set[str]:
    """All of a draft; of a change what was given."""
    return body.model_fields_set | {
        name for name, field in type(body).model_fields.items() if field.default is not None
    }


def _part(part: Any) -> Any:
    if not isinstance(part, BaseModel):
        return part
    return _identified(part.model_dump(mode="json", exclude_none=True))


def _identified(part: dict[str, Any]) -> dict[str, Any]:
    """Every part has an id in HSDS; it is the same as long as the part is."""
    nested = {
        name: [_identified(each) for each in value]
        for name, value in part.items()
        if isinstance(value, list)
    }
    text = json.dumps(part, sort_keys=True)
    return {"id": str(uuid5(NAMESPACE_OID, text)), **part, **nested}
