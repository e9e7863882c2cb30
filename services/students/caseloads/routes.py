"""The caseload over HTTP: public, and for the gateway's view."""

from typing import Annotated

from services.students.caseloads import queries
from services.students.disclosures import actions as disclosures
from shared.access import Permission, may
from shared.contracts.students.access import Category
from shared.contracts.students.caseload import CaseloadItem, CaseloadOrder
from shared.database import Session
from shared.filters import CaseOrder, OfCaseWorker
from shared.paging import Page, Paging
from shared.principal import Principal
from shared.route import internal, noun

router = noun("caseload")
composed = internal()
TOLD = (Category.IDENTITY, Category.ATTENDANCE, Category.ENGAGEMENT, Category.DOSAGE)
Worker = Annotated[Principal, may(Permission.STUDENTS_READ)]


@router.get("")
@composed.get("/caseload")
async def read_caseload(
    caller: Worker,
    session: Session,
    paging: Paging,
    order: CaseOrder = CaseloadOrder.NAME,
    mine: OfCaseWorker = False,
) -> Page[CaseloadItem]:
    """The children the caller works with: an educator's students, a partner's engaged children,
    a guardian's own."""
    found = await queries.caseload(session, caller, paging, order, mine=mine)
    return await disclosures.listed(session, caller, found, TOLD)
