"""Routes of consent, and the worker that asks families again."""

from services.students.consent.consent_forms import routes as consent_forms
from services.students.consent.consent_requests import routes as consent_requests
from services.students.consent.consent_requests.actions import ask_anew_for_ever
from services.students.consent.consents import routes as consents
from services.students.consent.directory_information import routes as directory_information
from shared.runtime.area import Area

AREA = Area(
    routers=[
        consents.router,
        consents.papers,
        consent_forms.router,
        consent_requests.asking,
        consent_requests.router,
        directory_information.router,
    ],
    workers=[
        ask_anew_for_ever,
    ],
)
