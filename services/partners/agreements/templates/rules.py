"""The templates. Their words are a start for the parties' own words; counsel reads them before a
party signs. Basis: 34 CFR 99.30, 99.31(a)(1)(i)(B), 99.31(a)(6), 99.35."""

from shared.contracts.partners.agreement import LegalBasis, SchoolOfficialTerms, StudyTerms
from shared.contracts.partners.template import AgreementTemplate, TemplateTerms
from shared.contracts.purpose import Purpose
from shared.contracts.students.access import Category
from shared.contracts.words import word

C = Category
PARTIES_AND_TIME = ["providers", "recipients", "starts_at", "ends_at"]
PROGRAMS = "cohort.program_ids"
TUTORED = [C.IDENTITY, C.CONTACTS, C.ENGAGEMENT, C.ATTENDANCE, C.DOSAGE, C.RESOURCES]
CARED_FOR = [
    C.IDENTITY, C.CONTACTS, C.ENROLLMENT, C.ENGAGEMENT, C.ATTENDANCE, C.DOSAGE, C.MEASURES,
]  # fmt: skip


def _parts(categories: list[C]) -> str:
    return "; ".join(map(word, categories))


TEMPLATES = (
    AgreementTemplate(
        key="tutoring-with-consent",
        name="Tutoring, with the family's consent",
        in_words=[
            "Take it where a partner tutors or mentors children outside of school.",
            f"Of each child whose family has consented the partner sees {_parts(TUTORED)}.",
            "Of all other children it sees nothing.",
        ],
        terms=TemplateTerms(
            title="Tutoring", purpose=Purpose.SERVICE, basis=LegalBasis.CONSENT,
            categories=TUTORED,
            retention_days=60,
        ),
        to_fill_in=[*PARTIES_AND_TIME, PROGRAMS],
    ),
    AgreementTemplate(
        key="after-school-as-school-official",
        name="After-school provider, as a school official",
        in_words=[
            ("Take it where the partner does what school staff would otherwise do, and the district "
            "controls how the records are used."),
            ("No consent is needed; so the partner sees the children of the named programs only, and "
            "only what the work needs."),
        ],
        terms=TemplateTerms(
            title="After-school program", purpose=Purpose.SERVICE,
            basis=LegalBasis.SCHOOL_OFFICIAL,
            categories=[C.IDENTITY, C.CONTACTS, C.ENGAGEMENT, C.ATTENDANCE, C.DOSAGE],
            retention_days=30,
            school_official=SchoolOfficialTerms(
                institutional_function="The partner runs the after-school program that the "
                "district's own staff would otherwise run.",
                direct_control="The district says who may use the records and for what, may look "
                "into it at any time, and may end it at once.",
                legitimate_interest="Staff must know who takes part, whom to call, and whether a "
                "child was in school that day.",
                use_limits="The records serve the program and nothing else, are shown to nobody "
                "else, and are destroyed when the agreement is over.",
            ),
        ),
        to_fill_in=[*PARTIES_AND_TIME, PROGRAMS],
    ),
    AgreementTemplate(
        key="study",
        name="Study for the district",
        in_words=[
            ("Take it where a university or another researcher studies, for the district, tests, "
            "student aid or teaching."),
            ("No consent is needed; the study names nobody in what it publishes and destroys the "
            "records when it is done."),
        ],
        terms=TemplateTerms(
            title="Study", purpose=Purpose.STUDY, basis=LegalBasis.STUDIES,
            categories=[C.ENROLLMENT, C.ENGAGEMENT, C.ATTENDANCE, C.DOSAGE, C.MEASURES],
            retention_days=90,
            study=StudyTerms(
                scope="The study asks whether the program improves instruction.",
                information="Attendance, hours of the program and measures of the children of the "
                "cohort; only those who carry out the study see them, and nobody is named.",
                destruction="All records and every copy are erased when the study is done, no "
                "later than the agreed day.",
            ),
        ),
        to_fill_in=[*PARTIES_AND_TIME, "study.scope", "study.information"],
    ),
    AgreementTemplate(
        key="evaluation",
        name="Audit or evaluation of a program",
        in_words=[
            ("Take it where the partner audits or evaluates, on behalf of education authorities, a "
            "program that is supported by federal or state funds."),
            ("No consent is needed; the partner is the authorities' authorized representative and "
            "destroys the records when it is done."),
        ],
        terms=TemplateTerms(
            title="Evaluation", purpose=Purpose.EVALUATION, basis=LegalBasis.AUDIT,
            categories=[C.ENROLLMENT, C.ENGAGEMENT, C.ATTENDANCE, C.DOSAGE, C.MEASURES],
            retention_days=60,
            study=StudyTerms(
                scope="The partner is the authorized representative for the evaluation of the "
                "program.",
                information="Attendance, hours of the program and measures of the children of the "
                "cohort; only those who evaluate see them.",
                destruction="All records and every copy are erased when the evaluation is done, "
                "no later than the agreed day.",
            ),
        ),
        to_fill_in=[*PARTIES_AND_TIME, "study.scope", "study.information"],
    ),
    AgreementTemplate(
        key="care-coordination",
        name="Coordination of care, with the family's consent",
        in_words=[
            "Take it where several partners agree on one child's support.",
            ("Each of them sees the same of a child whose family has consented:"
            f" {_parts(CARED_FOR)}."),
        ],
        terms=TemplateTerms(
            title="Coordination of care", purpose=Purpose.COORDINATION, basis=LegalBasis.CONSENT,
            categories=CARED_FOR,
            retention_days=60,
        ),
        to_fill_in=[*PARTIES_AND_TIME],
    ),
)  # fmt: skip
