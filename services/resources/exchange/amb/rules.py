"""The AMB profile of schema.org (dini-ag-kim/amb, draft-07 schemas), as typed values.

Gives the same verdict as the profile's own schemas, and beyond them refuses what a library cannot
hold: an empty name, NUL, an address that runs script, text over a limit. Unknown fields pass.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from services.resources.library.value_types.rules import (
    LANGUAGE_CODES,
    AgeRange,
    Day,
    Digits,
    Duration,
    Given,
    Labels,
    Language,
    Limited,
    Name,
    Text,
    Uri,
    matching,
    whole,
)

CONTEXT = "https://w3id.org/kim/amb/context.jsonld"
TYPE_NAMES = (
    "3DModel AmpStory Article Atlas Audiobook AudioObject Blog Book BookSeries Chapter Clip "
    "Collection ComicStory Comment Conversation Course CreativeWorkSeason CreativeWorkSeries "
    "DataDownload Diet DigitalDocument Drawing Episode ExercisePlan FAQPage Game Guide HowTo "
    "ImageGallery ImageObject LearningResource LegislationObject Manuscript Map MathSolver "
    "MediaGallery MediaObject Message MobileApplication Movie MovieClip MovieSeries MusicAlbum "
    "MusicComposition MusicPlaylist MusicRecording MusicRelease MusicVideoObject NewsArticle "
    "Painting Periodical Photograph Play PodcastEpisode PodcastSeason PodcastSeries Poster "
    "PresentationDigitalDocument PublicationIssue PublicationVolume Quotation Quiz RadioClip "
    "RadioEpisode RadioSeason RadioSeries Recipe Review Report ScholarlyArticle Sculpture "
    "SheetMusic ShortStory SoftwareApplication SoftwareSourceCode SpreadsheetDigitalDocument "
    "TVClip TVEpisode TVSeason TVSeries Thesis TextDigitalDocument VideoGallery VideoGame "
    "VideoGameClip VideoGameSeries VideoObject VisualArtwork WebApplication WebContent "
    "WebPage"
)
TYPES = frozenset(TYPE_NAMES.split())
SUBJECTS = re.compile(
    r"^https://w3id.org/kim/hochschulfaechersystematik/|http://w3id.org/kim/schulfaecher/"
)
RESOURCE_TYPES = re.compile(
    r"^https://w3id.org/kim/hcrt/|^http://w3id.org/openeduhub/vocabs/new_lrt/"
)
LEVELS = re.compile(r"^https://w3id.org/kim/educationalLevel/")
LICENSES = re.compile(
    r"^https?://creativecommons.org/(licenses|licences|publicdomain)/|^https?://www.gnu.org/licenses/"
    r"|^https?://www.apache.org/licenses/|https?://opensource.org/licenses/MIT"
    r"|^https?://www.opensource.org/licenses/BSD"
)
# Fields of the profile that are checked, and that a library does not keep.
CHECKED_ONLY = frozenset((
    "contributor", "funder", "trailer", "isPartOf", "hasPart", "mainEntityOfPage", "encoding",
    "caption", "conditionsOfAccess", "competencyRequired",
))  # fmt: skip
SHA256 = re.compile(r"[A-Fa-f0-9]{64}")
MEDIA_TYPE = re.compile(
    r"(application|audio|example|font|image|message|model|multipart|text|video)/[a-zA-Z0-9\-+_.]+"
)


def default_language(context: list[Any]) -> str:
    """The language that the context declares, empty if it declares none of ISO 639-1."""
    languages = [part.get("@language") for part in context if isinstance(part, dict)]
    return next((str(each) for each in languages if each in LANGUAGE_CODES.split()), "")


def context(value: list[Any]) -> list[Any]:
    if CONTEXT not in value:
        raise PydanticCustomError("context", "The context has to name the AMB profile")
    if not default_language(value):
        raise PydanticCustomError("default-language", "The context has to name a default language")
    return value


def types(value: list[str]) -> list[str]:
    if unknown := [name for name in value if name not in TYPES]:
        reason = "{name} is no type of the profile"
        raise PydanticCustomError("type-unknown", reason, {"name": unknown[0][:100]})
    if "LearningResource" not in value:
        raise PydanticCustomError("type", "LearningResource has to be among the types")
    return value


def one_of(pattern: re.Pattern[str]) -> AfterValidator:
    def check(value: "list[Concept]") -> "list[Concept]":
        if not any(pattern.search(concept.id) for concept in value):
            raise PydanticCustomError("vocabulary", "No concept is of the profile's vocabularies")
        return value

    return AfterValidator(check)


class Part(BaseModel):
    """Strict as JSON Schema is: no text for a number, no null for what may be left out."""

    model_config = ConfigDict(strict=True, extra="ignore", alias_generator=to_camel)


class Concept(Part):
    id: Uri
    type: Annotated[Literal["Concept"] | None, Given] = None
    pref_label: Annotated[Labels | None, Given] = None


class Level(Concept):
    id: Annotated[Uri, matching(LEVELS, "vocabulary", "A level of the profile is needed")]


class Access(Concept):
    id: Literal[
        "http://w3id.org/kim/conditionsOfAccess/no_login",
        "http://w3id.org/kim/conditionsOfAccess/login",
    ]


class Interactivity(Concept):
    id: Literal[
        "http://purl.org/dcx/lrmi-vocabs/interactivityType/active",
        "http://purl.org/dcx/lrmi-vocabs/interactivityType/expositive",
        "http://purl.org/dcx/lrmi-vocabs/interactivityType/mixed",
    ]


class License(Part):
    id: Annotated[Uri, matching(LICENSES, "license-unknown", "Not a licence of the profile")]


class Competency(Part):
    id: Uri
    pref_label: Annotated[Labels | None, Given] = None


class Affiliation(Part):
    type: Literal["Organization"]
    name: Text
    id: Annotated[Uri | None, Given] = None


class Agent(Part):
    type: Literal["Person", "Organization"]
    name: Text
    id: Annotated[Uri | None, Given] = None
    affiliation: Annotated[Affiliation | None, Given] = None


class TitledAgent(Agent):
    honorific_prefix: Annotated[Text | None, Given] = None


class Funder(Part):
    type: Literal["Person", "FundingScheme", "Organization"]
    name: Text
    id: Annotated[Uri | None, Given] = None


class Provider(Part):
    id: Uri
    type: Annotated[Text | None, Given] = None
    name: Annotated[Text | None, Given] = None


class Related(Part):
    id: Uri
    type: Annotated[list[str] | None, Given, AfterValidator(types)] = None
    name: Annotated[Text | None, Given] = None


class Origin(Part):
    """What a resource is based on; a name is enough."""

    id: Annotated[Uri | None, Given] = None
    name: Annotated[Text | None, Given] = None
    type: Annotated[list[str] | None, Given, AfterValidator(types)] = None
    creator: Annotated[list[TitledAgent], Limited] = Field(default=[])
    license: Annotated[License | None, Given] = None
    provider: Annotated[Provider | None, Given] = None

    @model_validator(mode="after")
    def _named(self) -> "Origin":
        if self.id is None and self.name is None:
            raise PydanticCustomError("missing", "An id or a name is needed")
        return self


class Media(Part):
    type: Literal["MediaObject"]
    content_url: Annotated[Uri | None, Given] = None
    embed_url: Annotated[Uri | None, Given] = None
    encoding_format: Annotated[
        Annotated[str, whole(MEDIA_TYPE, "media-type", "A media type is needed")] | None, Given
    ] = None
    content_size: Annotated[Digits | None, Given] = None
    bitrate: Annotated[Digits | None, Given] = None
    sha256: Annotated[
        Annotated[str, whole(SHA256, "sha256", "64 hexadecimal digits are needed")] | None, Given
    ] = None

    @model_validator(mode="after")
    def _somewhere(self) -> "Media":
        if self.content_url is None and self.embed_url is None:
            raise PydanticCustomError("missing", "A contentUrl or an embedUrl is needed")
        return self


class Trailer(Media):
    type: Literal["VideoObject", "AudioObject"]  # type: ignore[assignment]


class Caption(Part):
    id: Uri
    type: Literal["MediaObject"]
    encoding_format: Annotated[Text | None, Given] = None
    in_language: Annotated[Language | None, Given] = None


class Record(Part):
    """A description of the resource elsewhere."""

    id: Uri
    type: Annotated[Literal["WebContent"] | None, Given] = None
    provider: Annotated[Provider | None, Given] = None
    date_created: Annotated[Day | None, Given] = None
    date_modified: Annotated[Day | None, Given] = None


Types = Annotated[list[str], AfterValidator(types)]
Concepts = Annotated[list[Concept], Limited]
Competencies = Annotated[list[Competency], Limited]
Agents = Annotated[list[Agent], Limited]


class Description(Part):
    context: Annotated[
        list[Any], Field(alias="@context", min_length=2, max_length=50), AfterValidator(context)
    ]
    id: Uri
    type: Types
    name: Name
    description: Text = ""
    creator: Annotated[list[TitledAgent], Limited] = Field(default=[])
    contributor: Annotated[list[TitledAgent], Limited] = Field(default=[])
    publisher: Agents = Field(default=[])
    funder: Annotated[list[Funder], Limited] = Field(default=[])
    about: Annotated[Concepts, one_of(SUBJECTS)] = Field(default=[])
    license: Annotated[License | None, Given] = None
    image: Annotated[Uri | None, Given] = None
    trailer: Annotated[Trailer | None, Given] = None
    date_created: Annotated[Day | None, Given] = None
    date_published: Annotated[Day | None, Given] = None
    date_modified: Annotated[Day | None, Given] = None
    duration: Annotated[Duration | None, Given] = None
    in_language: Annotated[list[Language], Limited] = Field(default=[])
    learning_resource_type: Annotated[Concepts, one_of(RESOURCE_TYPES)] = Field(default=[])
    audience: Concepts = Field(default=[])
    is_based_on: Annotated[list[Origin], Limited] = Field(default=[])
    is_part_of: Annotated[list[Related], Limited] = Field(default=[])
    has_part: Annotated[list[Related], Limited] = Field(default=[])
    main_entity_of_page: Annotated[list[Record], Limited] = Field(default=[])
    keywords: Annotated[list[Text], Limited] = Field(default=[])
    encoding: Annotated[list[Media], Limited] = Field(default=[])
    caption: Annotated[list[Caption], Limited] = Field(default=[])
    conditions_of_access: Annotated[Access | None, Given] = None
    assesses: Competencies = Field(default=[])
    competency_required: Competencies = Field(default=[])
    teaches: Competencies = Field(default=[])
    educational_level: Annotated[list[Level], Limited] = Field(default=[])
    is_accessible_for_free: Annotated[bool | None, Given] = None
    interactivity_type: Annotated[Interactivity | None, Given] = None
    # Not of the profile, which lets them pass; schema.org's own, and read where they are given.
    typical_age_range: Annotated[AgeRange | None, Given] = None
    time_required: Annotated[Duration | None, Given] = None
    educational_use: Annotated[list[Text], Limited] = Field(default=[])
    provider: Annotated[Provider | None, Given] = None
