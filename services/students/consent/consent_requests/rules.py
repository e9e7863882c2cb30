"""The rules of asking families."""

from shared.contracts.students.consent_form import ConsentAsking, RequestStatus
from shared.core.refusals import Conflict, Fault, Malformed


def ensure_one_way(asking: ConsentAsking) -> None:
    if (asking.program_id is None) == (asking.student_ids is None):
        fault = Fault(field="body.program_id", code="one_of", reason="Name a program, or children")
        raise Malformed(
            "asking-unclear", "Name either one program or a list of children.", [fault]
        )


def ensure_open(status: RequestStatus) -> None:
    if status is not RequestStatus.OPEN:
        raise Conflict(
            "request-not-open", f"The request is no longer open; its status is {status}."
        )
