"""The caseload over HTTP: public, and for the gateway's view."""

from services.students.access.disclosures import actions as disclosures
from services.students.views.caseloads import queries
from shared.contracts.students.access import Category
from shared.contracts.students.caseload import CaseloadItem, CaseloadOrder
from shared.http.filters import CaseOrder, OfCaseWorker
from shared.http.paging import Page, Paging
from shared.http.route import internal, noun
from shared.persistence.database import Session
from shared.security.callers import StudentsReader

router = noun("caseload")
composed = internal()
DISCLOSED = (Category.IDENTITY, Category.ATTENDANCE, Category.ENGAGEMENT, Category.DOSAGE)


@router.get("")
@composed.get("/caseload")
async def read_caseload(
    caller: StudentsReader,
    session: Session,
    paging: Paging,
    order: CaseOrder = CaseloadOrder.NAME,
    mine: OfCaseWorker = False,
) -> Page[CaseloadItem]:
    """The children with whom the caller works: an educator's students, a partner's engaged children,
    a guardian's own."""
    found = await queries.caseload(session, caller, paging, order, mine=mine)
    return await disclosures.listed(session, caller, found, DISCLOSED)
