"""Templates over HTTP."""

from services.partners.agreements.templates.rules import TEMPLATES
from shared.contracts.partners.template import AgreementTemplate
from shared.http.route import noun
from shared.security.callers import AgreementsReader

router = noun("templates", prefix="/v1/agreements/templates")


@router.get("")
async def list_templates(_: AgreementsReader) -> list[AgreementTemplate]:
    """Templates of terms for the common cases: what each allows, in plain words, and the fields
    that the parties must still fill in."""
    return list(TEMPLATES)
