"""HSDS 3.0 as far as a rule of ours depends on it. Written from the specification; none of its
files is needed at run time. Fields that are not listed pass, and are kept.

A field is `name`, with `!` where it must have a value, `?` where it must be there and may be
empty, `:kind` for what is no text, `>table` for a reference to another table's id.
"""

from dataclasses import dataclass, field
from functools import cache

from shared.contracts.partners.partner import PartnerKind
from shared.contracts.partners.parts import Frequency, LocationType, Weekday
from shared.contracts.partners.program import ProgramStatus

CHOICES: dict[str, frozenset[str]] = {
    "status": frozenset(ProgramStatus),
    "location": frozenset(LocationType),
    "weekday": frozenset(Weekday),
    "frequency": frozenset(Frequency),
    "partner": frozenset(PartnerKind),
}
# The last fields of organization and service are ours: what HSDS has no words for.
FIELDS = {
    "organization": "id! name! alternate_name description? email website:uri tax_status tax_id "
    "year_incorporated:number legal_status logo:uri uri:uri parent_organization_id kind:partner",
    "program": "id! organization_id>organization name! alternate_name description?",
    "service": "id! organization_id>organization program_id>program name! alternate_name "
    "description url:uri email status!:status interpretation_services application_process "
    "fees_description wait_time fees accreditations eligibility_description minimum_age:number "
    "maximum_age:number assured_date:date assurer_email licenses alert last_modified:moment "
    "capacity:count grades:grades starts_on:date ends_on:date",
    "service_at_location": "id! service_id>service location_id>location description",
    "location": "id! location_type!:location url:uri organization_id>organization name "
    "alternate_name description transportation latitude:number longitude:number "
    "external_identifier external_identifier_type",
    "phone": "id! location_id>location service_id>service organization_id>organization "
    "contact_id>contact service_at_location_id>service_at_location number! extension:number type "
    "description",
    "contact": "id! organization_id>organization service_id>service "
    "service_at_location_id>service_at_location location_id>location name title department email",
    "address": "id! location_id>location attention address_1? address_2 city? region "
    "state_province? postal_code? country? address_type!:location",
    "schedule": "id! service_id>service location_id>location "
    "service_at_location_id>service_at_location valid_from:date valid_to:date dtstart:date "
    "timezone:number until:date count:number wkst:weekday freq:frequency interval:number byday "
    "byweekno bymonthday byyearday description opens_at:time closes_at:time schedule_link:uri "
    "attending_type notes",
    "funding": "id! organization_id>organization service_id>service source",
    "service_area": "id! service_id>service name description extent extent_type uri:uri",
    "required_document": "id! service_id>service document uri:uri",
    "language": "id! service_id>service location_id>location phone_id>phone name code note",
    "accessibility": "id! location_id>location description details url:uri",
    "attribute": "id! link_id taxonomy_term_id link_type link_entity value",
    "taxonomy": "id! name! description? uri:uri version",
    "taxonomy_term": "id! code name! description? parent_id taxonomy language taxonomy_id "
    "term_uri:uri",
    "metadata": "id! resource_id resource_type last_action_date!:date last_action_type! "
    "field_name! previous_value? replacement_value? updated_by?",
    "meta_table_description": "id! name language character_set",
    "cost_option": "id! service_id>service valid_from:date valid_to:date option currency "
    "amount:number amount_description",
    "organization_identifier": "id! organization_id>organization identifier_scheme "
    "identifier_type! identifier!",
}
FILES = {f"{table}s.csv": table for table in FIELDS} | {
    "funding.csv": "funding", "accessibility.csv": "accessibility", "metadata.csv": "metadata",
    "service_at_location.csv": "service_at_location", "addresses.csv": "address",
    "taxonomies.csv": "taxonomy",
}  # fmt: skip
# No field of these is a column here: what they say goes out as it came in, and rules nothing.
UNKEPT = frozenset({
    "attribute", "funding", "meta_table_description", "metadata", "required_document",
    "service_area", "taxonomy", "taxonomy_term",
})  # fmt: skip
# Under which name rows of a table are nested in those they belong to.
LISTS = {
    "phone": "phones", "contact": "contacts", "address": "addresses", "schedule": "schedules",
    "funding": "funding", "service_area": "service_areas", "language": "languages",
    "required_document": "required_documents", "accessibility": "accessibility",
    "cost_option": "cost_options", "organization_identifier": "organization_identifiers",
    "attribute": "attributes", "metadata": "metadata", "program": "programs",
    "service": "services", "service_at_location": "service_at_locations", "location": "locations",
}  # fmt: skip
SINGLE = {
    "organization": "organization", "location": "location", "program": "program",
    "taxonomy_term": "taxonomy_term", "taxonomy_detail": "taxonomy",
}  # fmt: skip
NESTED = {name: table for table, name in LISTS.items()}
WHOLE = frozenset({"organization", "service", "location"})
# What a row cannot be without when it stands in a table of its own.
OWNED = {
    "program": ["organization_id"], "service": ["organization_id"],
    "service_at_location": ["service_id", "location_id"], "cost_option": ["service_id"],
    "organization_identifier": ["organization_id"], "attribute": ["link_id"],
    "metadata": ["resource_id"],
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    name: str
    kind: str = "text"
    needed: bool = False
    filled: bool = False
    refers_to: str | None = None

    @property
    def binds(self) -> bool:
        """Whether it is an id, the row's own or another's."""
        return self.name == "id" or self.name.endswith("_id")


@dataclass(frozen=True)
class Layout:
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def references(self) -> list[Field]:
        return [field for field in self.fields.values() if field.refers_to is not None]


@cache
def layout(table: str) -> Layout:
    read = [_field(word) for word in FIELDS[table].split()]
    return Layout({field.name: field for field in read})


def _field(word: str) -> Field:
    word, _, refers_to = word.partition(">")
    word, _, kind = word.partition(":")
    return Field(
        name=word.rstrip("!?"),
        kind=kind or "text",
        needed=word[-1] in "!?",
        filled=word[-1] == "!",
        refers_to=refers_to or None,
    )
