"""CASE packages, versions 1.0 and 1.1: what a framework, its items and associations must be.

Unknown fields pass, as the two versions and the tools that write them differ in what they add.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from services.resources.exchange.descriptions.rules import Fault, faults_of
from services.resources.library.value_types.rules import (
    DATE,
    NAME_CHARACTERS,
    Given,
    Limited,
    Name,
    Text,
    text,
    whole,
)
from shared.imports.codes import Code

ITEMS = 100_000
ASSOCIATIONS = 300_000
CHILD_OF = "isChildOf"
ASSOCIATION_TYPES = frozenset(
    [
        CHILD_OF, "isParentOf", "isPartOf", "hasPart", "isPeerOf", "precedes", "isRelatedTo",
        "exactMatchOf", "replacedBy", "replaces", "exemplar", "isExemplarOf", "hasSkillLevel",
        "isTranslationOf",
    ]
)  # fmt: skip
EXTENSION = re.compile(r"ext:[A-Za-z0-9._-]+")
DIGITS = re.compile(r"[0-9]{1,9}")
IDENTIFIER = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def known_type(value: str) -> str:
    if value not in ASSOCIATION_TYPES and not EXTENSION.fullmatch(value):
        raise PydanticCustomError("association-type", "CASE knows no association of this type")
    return value


def listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def number(value: Any) -> Any:
    """Some tools write the sequence number as text."""
    return int(value) if isinstance(value, str) and DIGITS.fullmatch(value) else value


Identifier = Annotated[
    str, whole(IDENTIFIER, "identifier", "A UUID is needed"), AfterValidator(str.lower)
]
Moment = Annotated[str, whole(DATE, "date", "A date and time is needed")]
Address = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(text)]
CodingScheme = Annotated[str, Field(max_length=NAME_CHARACTERS), AfterValidator(text)]
Sequence = Annotated[int, Field(ge=0, le=2**31 - 1)]
Texts = Annotated[list[Text], BeforeValidator(listed), Limited]


class Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class Node(Part):
    """One end of an association, in this framework or in another."""

    identifier: Annotated[
        str, Field(min_length=1, max_length=500), AfterValidator(text), AfterValidator(str.lower)
    ]
    uri: Address


class Document(Part):
    identifier: Identifier
    uri: Address
    title: Name
    creator: Name
    last_change: Moment = Field(alias="lastChangeDateTime")
    description: Text = ""
    publisher: Annotated[Text | None, Given] = None
    subject: Texts = Field(default=[])
    language: Annotated[Text | None, Given] = None
    document_version: Annotated[Text | None, Given] = Field(default=None, alias="version")
    adoption_status: Annotated[Text | None, Given] = Field(default=None, alias="adoptionStatus")


class Item(Part):
    identifier: Identifier
    uri: Address
    full_statement: Annotated[Text, Field(min_length=1)] = Field(alias="fullStatement")
    last_change: Moment = Field(alias="lastChangeDateTime")
    human_coding_scheme: Annotated[CodingScheme | None, Given] = Field(
        default=None, alias="humanCodingScheme"
    )
    abbreviated_statement: Annotated[Text | None, Given] = Field(
        default=None, alias="abbreviatedStatement"
    )
    item_type: Annotated[Text | None, Given] = Field(default=None, alias="CFItemType")
    list_enumeration: Annotated[Text | None, Given] = Field(default=None, alias="listEnumeration")
    education_level: Texts = Field(
        default=[], validation_alias=AliasChoices("educationLevel", "educationalLevel")
    )


class Association(Part):
    identifier: Identifier
    association_type: Annotated[str, AfterValidator(known_type)] = Field(alias="associationType")
    origin: Node = Field(alias="originNodeURI")
    destination: Node = Field(alias="destinationNodeURI")
    last_change: Moment = Field(alias="lastChangeDateTime")
    sequence_number: Annotated[Sequence | None, BeforeValidator(number)] = Field(
        default=None, alias="sequenceNumber"
    )


class Package(Part):
    document: Document = Field(alias="CFDocument")
    items: Annotated[list[Item], Field(max_length=ITEMS)] = Field(default=[], alias="CFItems")
    associations: Annotated[list[Association], Field(max_length=ASSOCIATIONS)] = Field(
        default=[], alias="CFAssociations"
    )


def read(document: Any) -> Package | list[Fault]:
    try:
        package = Package.model_validate(document)
    except ValidationError as refused:
        return faults_of(refused)
    return [*doubled(package), *dangling(package)] or cycles(package) or package


def doubled(package: Package) -> Iterator[Fault]:
    """Every identifier that something before it has already."""
    identifiers = [(item.identifier, f"$.CFItems[{n}]") for n, item in enumerate(package.items)]
    identifiers += [
        (each.identifier, f"$.CFAssociations[{n}]") for n, each in enumerate(package.associations)
    ]
    seen = Counter([package.document.identifier])
    for identifier, place in identifiers:
        if seen[identifier]:
            reason = "Something before it already has this identifier."
            yield Fault(field=f"{place}.identifier", code=Code.DUPLICATE_ID, reason=reason)
        seen[identifier] += 1


def dangling(package: Package) -> Iterator[Fault]:
    """The tree lies within the package; of another association one end does."""
    items = {item.identifier for item in package.items}
    nodes = items | {package.document.identifier}
    for number, each in enumerate(package.associations):
        place = f"$.CFAssociations[{number}]"
        origin, destination = each.origin.identifier, each.destination.identifier
        tree = each.association_type == CHILD_OF
        if (tree and origin not in items) or (
            not tree and nodes.isdisjoint((origin, destination))
        ):
            reason = "There is no such item in the package."
            yield Fault(
                field=f"{place}.originNodeURI", code=Code.DANGLING_ASSOCIATION, reason=reason
            )
        elif tree and destination not in nodes:
            reason = "There is no such item or document in the package."
            field = f"{place}.destinationNodeURI"
            yield Fault(field=field, code=Code.DANGLING_ASSOCIATION, reason=reason)


def edges(package: Package) -> Iterator[tuple[str, str, int]]:
    """The tree as child, parent and the child's place, from 0, below that parent. Without a
    sequence number the enumeration, the code and the order of the package decide; an item without
    a parent is below the document."""
    order = {item.identifier: place for place, item in enumerate(package.items)}
    below: dict[str, dict[str, int | None]] = {}
    for each in package.associations:
        if each.association_type == CHILD_OF:
            children = below.setdefault(each.destination.identifier, {})
            children[each.origin.identifier] = each.sequence_number
    placed = {child for children in below.values() for child in children}
    top = below.setdefault(package.document.identifier, {})
    top.update((child, None) for child in order if child not in placed)

    def place(child: str, sequence: int | None) -> tuple[bool, int, str, str, int]:
        item = package.items[order[child]]
        enumeration, code = item.list_enumeration or "", item.human_coding_scheme or ""
        return sequence is None, sequence or 0, enumeration, code, order[child]

    for parent, children in below.items():
        ordered = sorted(children.items(), key=lambda each: place(*each))
        yield from ((child, parent, number) for number, (child, _) in enumerate(ordered))


def cycles(package: Package) -> list[Fault]:
    """Items that are below themselves. Takes leaves off until none is left to take."""
    edges = [
        (each.origin.identifier, each.destination.identifier, number)
        for number, each in enumerate(package.associations)
        if each.association_type == CHILD_OF
    ]
    below = Counter(parent for _, parent, _ in edges)
    above: dict[str, list[str]] = {}
    for child, parent, _ in edges:
        above.setdefault(child, []).append(parent)
    leaves = [child for child in above if not below[child]]
    while leaves:
        for parent in above.pop(leaves.pop()):
            below[parent] -= 1
            if not below[parent] and parent in above:
                leaves.append(parent)
    return [
        Fault(
            field=f"$.CFAssociations[{number}]",
            code=Code.CYCLE,
            reason="The item stands below itself.",
        )
        for child, parent, number in edges
        if child in above and parent in above
    ]
