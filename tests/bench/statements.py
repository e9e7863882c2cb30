"""The SQL behind each view, alone: what the yardstick asks."""

from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import asyncpg

from services.resources.library.search import queries, rules
from services.resources.library.search.rules import Wanted
from services.students.access.facts.queries import viewing
from services.students.views.caseloads.queries import _children
from services.students.views.student_view.queries import WHOLE
from shared.persistence.together import each_of
from shared.security.principal import Principal

PARTS = "select indicator_id::text, content::text from report_part where scorecard_id = $1"
Statements = list[tuple[str, list[Any]]]


def bare(statement: Any, given: dict[str, Any]) -> tuple[str, list[Any]]:
    compiled = statement.compile(dialect=asyncpg.dialect())
    known = {**compiled.params, **given}
    return str(compiled), [_plain(known[name]) for name in compiled.positiontup or []]


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, UUID) else value


def child(caller: Principal, student_id: UUID) -> Statements:
    return [bare(WHOLE.element, each_of([{"n": 0, **viewing(caller, student_id)}]))]


def caseload(teacher: Principal) -> Statements:
    rows = _children(teacher, None).order_by("search_name").limit(51)
    written = rows.compile(dialect=asyncpg.dialect(), compile_kwargs={"literal_binds": True})
    return [(str(written), [])]


def scorecard(scorecard_id: UUID) -> Statements:
    return [(PARTS, [str(scorecard_id)])]


def search(words: str) -> Statements:
    wanted = Wanted(rules.words(words))
    given = rules.parameters(wanted) | {"limit": 21}
    counts = queries._clause(rules.counts(wanted))
    return [
        bare(queries.page_statement(wanted, after=False), given),
        bare(counts, given),
    ]
