"""uvicorn services.students.app:app"""

from services.students.access import assembly as access
from services.students.audit import assembly as audit
from services.students.consent import assembly as consent
from services.students.exchange import assembly as exchange
from services.students.lifecycle import assembly as lifecycle
from services.students.participation import assembly as participation
from services.students.referrals import assembly as referrals
from services.students.roster import assembly as roster
from services.students.sharing import assembly as sharing
from services.students.support import assembly as support
from services.students.views import assembly as views
from shared.runtime.area import joined
from shared.runtime.service import create_service

SERVICE = joined(
    views.AREA,
    roster.AREA,
    support.AREA,
    referrals.AREA,
    consent.AREA,
    participation.AREA,
    access.AREA,
    audit.AREA,
    sharing.AREA,
    lifecycle.AREA,
    exchange.AREA,
)

app = create_service("students", SERVICE)
