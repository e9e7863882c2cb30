"""Government numbers and biometric identifiers. Nobody needs them here, and they would do the greatest
harm in a leak: the service refuses them.

Source: COPPA as amended in 2025 (16 CFR 312.2 counts both as personal information), design law R16.
"""

import re
from collections.abc import Sequence
from typing import Final

from shared.core.refusals import Fault, Malformed

KINDS: Final = frozenset({
    "alienregistration", "alienregistrationnumber", "biometric", "biometrics", "driverlicense",
    "driverslicense", "facegeometry", "faceprint", "fingerprint", "fingerprints", "irisscan",
    "nationalid", "nationalidentification", "passport", "passportnumber", "retinascan",
    "socialinsurancenumber", "socialsecurity", "socialsecuritynumber", "ssn", "taxid", "taxpayerid",
    "voiceprint",
})  # fmt: skip
NOT_LETTERS = re.compile(r"[^a-z]")
SOCIAL_SECURITY = re.compile(r"\d{3}-\d{2}-\d{4}", re.ASCII)
WHY: Final = (
    "Government numbers and biometric identifiers are not kept here. Use a student number of the"
    " school or the state."
)


def is_refused(kind: str, value: str) -> bool:
    """Whether the identifier is refused: by its kind, in any spelling, or by the format of a Social
    Security number."""
    spelled = NOT_LETTERS.sub("", kind.lower())
    return spelled in KINDS or looks_governmental(value)


def looks_governmental(value: str) -> bool:
    return SOCIAL_SECURITY.fullmatch(value.strip()) is not None


def ensure_kept(identifiers: Sequence[tuple[str, str]]) -> None:
    """Raises `Malformed("identifier-refused")`. It names each refused identifier by its place, and
    quotes none."""
    faults = [
        Fault(field=f"body.identifiers.{place}", code="identifier-refused", reason=WHY)
        for place, (kind, value) in enumerate(identifiers)
        if is_refused(kind, value)
    ]
    if faults:
        raise Malformed("identifier-refused", WHY, faults)
