"""The files of a OneRoster package: their columns in order, and what each may hold.

A column is written `name:rule`, with `!` where a value is required and `>file` or `>>file` where
the value is, or lists, the sourcedIds of rows of that file.
Sources: 1EdTech OneRoster CSV binding 1.1 (Final) and 1.2 (Final).
"""

from collections import Counter
from dataclasses import dataclass

from services.students.exchange.oneroster_columns.rules import RULES, ColumnRule

V11, V12 = "1.1", "1.2"

_BASE = "sourcedId:guid! status:status dateLastModified:datetime"
_DEMOGRAPHICS = """birthDate:date sex:sex americanIndianOrAlaskaNative:boolean asian:boolean
    blackOrAfricanAmerican:boolean nativeHawaiianOrOtherPacificIslander:boolean white:boolean
    demographicRaceTwoOrMoreRaces:boolean hispanicOrLatinoEthnicity:boolean
    countryOfBirthCode:text stateOfBirthAbbreviation:text cityOfBirth:text
    publicSchoolResidenceStatus:text"""
# The standard wants both names; a person may have one (`people_names`).
_NAMES = "givenName:name familyName:name middleName:name identifier:identifier email:text sms:text"

_BOTH = {
    "orgs": "name:name! type:orgtype! identifier:text parentSourcedId>orgs",
    "academicSessions": """title:name! type:sessiontype! startDate:date! endDate:date!
        parentSourcedId>academicSessions schoolYear:year!""",
    "courses": """schoolYearSourcedId>academicSessions title:name! courseCode:text grades:list
        orgSourcedId>orgs! subjects:list subjectCodes:list""",
    "classes": """title:name! grades:list courseSourcedId>courses! classCode:text
        classType:classtype! location:text schoolSourcedId>orgs! termSourcedIds>>academicSessions!
        subjects:list subjectCodes:list periods:list""",
    "enrollments": """classSourcedId>classes! schoolSourcedId>orgs! userSourcedId>users!
        role:enrollmentrole! primary:boolean beginDate:date endDate:date""",
    "classResources": "title:text classSourcedId>classes! resourceSourcedId>resources!",
    "courseResources": "title:text courseSourcedId>courses! resourceSourcedId>resources!",
    "resources": """vendorResourceId:text! title:text roles:list importance:importance
        vendorId:text applicationId:text""",
}
_ONLY_12 = {
    "users": f"""enabledUser:boolean! username:text! userIds:userids {_NAMES} phone:text
        agentSourcedIds>>users grades:list password:text userMasterIdentifier:identifier
        preferredGivenName:name preferredMiddleName:name preferredFamilyName:name
        primaryOrgSourcedId>orgs pronouns:text""",
    "roles": """userSourcedId>users! roleType:roletype! role:role12! beginDate:date endDate:date
        orgSourcedId>orgs! userProfileSourcedId>userProfiles""",
    "userProfiles": """userSourcedId>users! profileType:text! vendorId:text! applicationId:text
        description:text credentialType:text! username:text! password:text""",
    "categories": "title:text! weight:integer",
    "lineItems": """title:text! description:text assignDate:date! dueDate:date!
        classSourcedId>classes! categorySourcedId>categories!
        academicSessionSourcedId>academicSessions resultValueMin:float resultValueMax:float
        schoolSourcedId>orgs""",
    "results": """lineItemSourcedId>lineItems! studentSourcedId>users! scoreStatus:scorestatus!
        score:float scoreDate:date! comment:text textScore:text classSourcedId>classes
        inProgress:boolean incomplete:boolean late:boolean missing:boolean""",
    "scoreScales": """title:text! type:text! orgSourcedId>orgs courseSourcedId>courses
        classSourcedId>classes scoreScaleValue:pairs!""",
    "lineItemLearningObjectiveIds": """lineItemSourcedId>lineItems! source:objectivesource!
        learningObjectiveId:text!""",
    "lineItemScoreScales": """title:text lineItemSourcedId>lineItems!
        scoreScaleSourcedId>scoreScales!""",
    "resultLearningObjectiveIds": """resultSourcedId>results! source:objectivesource!
        learningObjectiveId:text! score:float textScore:text""",
    "resultScoreScales": """title:text resultSourcedId>results!
        scoreScaleSourcedId>scoreScales!""",
    "userResources": """userSourcedId>users! orgSourcedId>orgs classSourcedId>classes
        resourceSourcedId>resources!""",
}
_ONLY_11 = {
    "users": f"""enabledUser:boolean! orgSourcedIds>>orgs! role:role11! username:text!
        userIds:userids {_NAMES} phone:text agentSourcedIds>>users grades:list password:text""",
    "categories": "title:text!",
    "lineItems": """title:text! description:text assignDate:date! dueDate:date!
        classSourcedId>classes! categorySourcedId>categories!
        gradingPeriodSourcedId>academicSessions! resultValueMin:float resultValueMax:float""",
    "results": """lineItemSourcedId>lineItems! studentSourcedId>users! scoreStatus:scorestatus!
        score:float scoreDate:date! comment:text""",
}


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    rules: tuple[ColumnRule, ...]
    required: bool
    target: str | None = None
    """The file whose sourcedIds this column holds."""
    many: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """One file of one version; `columns` in the order the header must have."""

    file: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def _column(word: str) -> Column:
    required, word = word.endswith("!"), word.removesuffix("!")
    if ">" in word:
        name, target = word.split(">", 1)
        many, target = target.startswith(">"), target.removeprefix(">")
        return Column(name, RULES["guids" if many else "guid"], required, target, many)
    name, rule = word.split(":")
    return Column(name, RULES[rule], required)


def _layout(file: str, base: str, columns: str) -> Layout:
    return Layout(file, tuple(_column(word) for word in f"{base} {columns}".split()))


# A demographics row has the sourcedId of its user, and so can only follow the users.
_OF_USER = _BASE.replace("sourcedId:guid!", "sourcedId>users!")


def _layouts(only: dict[str, str]) -> dict[str, Layout]:
    files = {file: _layout(file, _BASE, columns) for file, columns in (_BOTH | only).items()}
    files["demographics"] = _layout("demographics", _OF_USER, _DEMOGRAPHICS)
    return files


LAYOUTS: dict[str, dict[str, Layout]] = {V11: _layouts(_ONLY_11), V12: _layouts(_ONLY_12)}
REFERRED_TO = frozenset(
    column.target
    for layouts in LAYOUTS.values()
    for layout in layouts.values()
    for column in layout.columns
    if column.target is not None
)
"""The files whose rows others refer to."""

ORDER = [
    "orgs",
    "academicSessions",
    "courses",
    "classes",
    "users",
    "userProfiles",
    "roles",
    "enrollments",
    "demographics",
    "categories",
    "lineItems",
    "scoreScales",
    "results",
    "resources",
    "classResources",
    "courseResources",
    "userResources",
    "lineItemLearningObjectiveIds",
    "lineItemScoreScales",
    "resultLearningObjectiveIds",
    "resultScoreScales",
]
"""Files in an order in which all targets come before what refers to them."""

STORED = [
    "orgs",
    "academicSessions",
    "courses",
    "classes",
    "users",
    "roles",
    "enrollments",
    "demographics",
]
"""The files this service takes in; the others are checked, and are not ours to keep."""


def header_problem(layout: Layout, header: list[str]) -> str | None:
    """What is wrong with the header, in words; None where it is right. Other columns than the
    standard's are no fault in themselves, yet named where one is missing, since it may be meant."""
    known = [name for name in header if name in layout.names]
    twice = sorted({name[:60] for name, times in Counter(header).items() if times > 1})
    if known == layout.names and not twice:
        return None
    missing = [name for name in layout.names if name not in header]
    others = (name for name in header if not name.startswith("metadata."))
    unknown = [name[:60] for name in others if name not in layout.names]
    parts = (("missing", missing), ("unknown", unknown[:20]), ("twice", twice[:20]))
    said = [f"{what}: {', '.join(names)}" for what, names in parts if names]
    return "; ".join(said) or f"columns out of order, expected {', '.join(layout.names)}"
