"""Templates over HTTP."""

from services.partners.agreements.agreements.routes import Looker
from services.partners.agreements.templates.rules import TEMPLATES
from shared.contracts.partners.template import AgreementTemplate
from shared.http.route import noun

router = noun("templates", prefix="/v1/agreements/templates")


@router.get("")
async def list_templates(_: Looker) -> list[AgreementTemplate]:
    """Ready terms for the common cases, with what they allow in plain words and what is still to
    be filled in."""
    return list(TEMPLATES)
