"""A grant lets one viewer at some categories of one child, for a minute."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.security.grants import Category
from shared.security.principal import Role
from shared.security.tokens import TOKEN_BYTES
from tests.houses import GRANTS, SIGNER, grant_for, principal
from tests.promised import promise
from tests.shared.things import Things

VIEWER = principal(Role.EDUCATOR)
CHILD = UUID(int=7)


async def ask(things: Things, grant: str | None, viewer: Any = VIEWER, child: UUID = CHILD) -> Any:
    async with things.calling(viewer) as http:
        headers = {} if grant is None else {"Grant": grant}
        return await http.get(f"/v1/things/of-child/{child}", headers=headers)


@promise("Access and privacy", "A grant opens the parts it names to the caller it names.")
async def test_a_grant_opens_the_categories_it_names(things: Things) -> None:
    classes = (uuid4(), uuid4())
    answer = await ask(things, grant_for(VIEWER, CHILD, Category.MEASURES, class_ids=classes))
    assert answer.json() == {"classes": [str(class_id) for class_id in classes]}


async def test_a_child_in_thirty_classes_fits_into_a_grant(things: Things) -> None:
    classes = tuple(uuid4() for _ in range(30))
    grant = grant_for(VIEWER, CHILD, class_ids=classes)
    assert len(grant) < TOKEN_BYTES
    assert (await ask(things, grant)).status_code == 200


@promise("Access and privacy", "Everything that a grant does not name is refused alike.")
@pytest.mark.parametrize(
    ("grant", "viewer"),
    [
        (lambda: None, VIEWER),
        (lambda: "", VIEWER),
        (lambda: "nonsense", VIEWER),
        (lambda: grant_for(VIEWER, CHILD, Category.MEASURES), principal(Role.EDUCATOR)),
        (lambda: grant_for(VIEWER, uuid4(), Category.MEASURES), VIEWER),
        (lambda: grant_for(VIEWER, CHILD, Category.CONTACTS, Category.IDENTITY), VIEWER),
        (lambda: SIGNER.token(VIEWER, "services"), VIEWER),
        (lambda: GRANTS._signer.sign({"iss": "students", "aud": "services", "iat": 1, "exp": 61,
                              "grant": {}}), VIEWER),
    ],
    ids=["none", "empty", "nonsense", "another viewer's", "another child's", "other categories",
         "a principal instead", "expired"],
)  # fmt: skip
async def test_every_invalid_grant_is_refused_in_the_same_words(
    things: Things, grant: Callable[[], str | None], viewer: Any
) -> None:
    answer = await ask(things, grant(), viewer)
    assert (answer.status_code, answer.json()["code"]) == (403, "grant-refused")
    assert answer.json()["detail"] == "You may not have this part of the child's record."
