"""Every code that an import's answer may have, with its meaning.

One code stands for one fault, or one deviation that is accepted, in all importers. docs/imports.md
has the same table. A code that is published is never changed; one more may be added.
"""

from enum import StrEnum
from typing import Self

from shared.formats.texts import Unfit


class Code(StrEnum):
    """The code of a finding. `meaning` is the reason where the finding has none of its own."""

    meaning: str

    def __new__(cls, code: str, meaning: str) -> Self:
        made = str.__new__(cls, code)
        made._value_ = code
        made.meaning = meaning
        return made

    # The import.
    IMPORT_FAILED = (
        "import-failed",
        "The import could not be carried out. The operator's log says why.",
    )
    IMPORT_REJECTED = "import-rejected", "Somebody who may import rejected it."
    CONFIRMATION_EXPIRED = "confirmation-expired", "Nobody confirmed it in time."
    FILE_ERASED = "file-erased", "A child was erased meanwhile, and the file might name the child."
    NO_DISTRICT = "no-district", "The caller has no district whose roster this could be."
    PARTNER_NOT_OWN = "partner-not-own", "The record is of a partner that is not the caller's."
    PARTNERSHIP_NOT_LED = (
        "partnership-not-led",
        "Partnerships show this figure, and the caller leads none of them.",
    )
    PARTNER_CLOSED = "partner-closed", "The partner is closed."
    EMPTY = "empty", "The file holds nothing of what this import takes in."

    # A zip.
    ZIP_UNREADABLE = "zip-unreadable", "The zip, or a file in it, cannot be unpacked."
    ZIP_ENCRYPTED = "zip-encrypted", "A file in the zip is encrypted."
    ZIP_TOO_LARGE = "zip-too-large", "Unpacked, the zip or a file in it is too large."
    ZIP_PATH = "zip-path", "A name in the zip leads to where no file may lie, or is no name."
    TOO_MANY_FILES = "too-many-files", "The zip has too many files."
    FILE_TWICE = "file-twice", "The zip has this file twice."
    FILE_UNKNOWN = "file-unknown", "The standard has no such file."
    FILE_MISSING = "file-missing", "This file is needed and is not in the zip."
    FILE_UNDECLARED = "file-undeclared", "The manifest does not announce this file."
    VERSION_UNSUPPORTED = "version-unsupported", "This version of the standard is not read."
    TABLES_MISSING = "tables-missing", "The zip has no table of the standard."

    # Text, and tables.
    ENCODING = "encoding", "The text is not UTF-8."
    NUL_CHARACTER = "nul-character", "A text holds the character NUL."
    CONTROL_CHARACTER = "control-character", "The text holds a control character."
    FORMAT_CHARACTER = "format-character", "The text holds a character that nobody sees."
    FORMULA_CELL = "formula-cell", "A spreadsheet would compute this cell."
    FIELD_TOO_LONG = "field-too-long", "The text, or the line, is too long."
    TOO_MANY_LINES = "too-many-lines", "The file has too many lines; blank ones count."
    TOO_MANY_ROWS = "too-many-rows", "The file has too many rows."
    CSV_MALFORMED = "csv-malformed", "The row is no CSV: its quotation marks do not pair up."
    CELLS_WRONG_NUMBER = "cells-wrong-number", "The row has not as many cells as the header."
    HEADER_WRONG = "header-wrong", "The header is not the one of the standard."
    COLUMN_MISSING = "column-missing", "The table lacks this column."
    COLUMN_UNKNOWN = "column-unknown", "The table may not have this column."
    COLUMN_TWICE = "column-twice", "The table has this column twice."
    COLUMN_BLANK = "column-blank", "A column has no name."
    COLUMN_NESTED = "column-nested", "What this column holds has a table of its own."
    COLUMNS_OUT_OF_ORDER = "columns-out-of-order", "The columns stand in another order."
    ROWS_MISSING = "rows-missing", "The table has no row."
    ROW_DOUBLE = "row-double", "An earlier row speaks of the same."

    # JSON.
    JSON_MALFORMED = "json-malformed", "The text is no JSON."
    JSON_TOO_DEEP = "json-too-deep", "Values are nested too deep."
    JSON_NAME_TWICE = "json-name-twice", "An object has two members of one name."
    FORM = "form", "The document has none of the forms of the standard."
    TAXONOMY_ALONE = "taxonomy-alone", "A taxonomy comes in with what it describes, never alone."
    MISSING = "missing", "The document lacks this field."
    NULL = "null", "The field is null; it may be left out instead."
    TEXT = "text", "This takes text."
    LIST = "list", "This takes a list."
    OBJECT = "object", "This takes an object."
    STRING_TYPE = "string-type", "This takes text, in a JSON document."
    INT_TYPE = "int-type", "This takes a whole number, in a JSON document."
    BOOL_TYPE = "bool-type", "This takes true or false, in a JSON document."
    LIST_TYPE = "list-type", "This takes a list, in a JSON document."
    DICT_TYPE = "dict-type", "This takes an object of names, in a JSON document."
    MODEL_TYPE = "model-type", "This takes an object, in a JSON document."
    LITERAL_ERROR = "literal-error", "This takes one of the profile's values."
    STRING_TOO_LONG = "string-too-long", "The text is too long, in a JSON document."
    STRING_TOO_SHORT = "string-too-short", "The text is too short."
    TOO_LONG = "too-long", "The list is too long."
    TOO_SHORT = "too-short", "The list is too short."
    GREATER_THAN_EQUAL = "greater-than-equal", "The number is too small, in a framework."
    LESS_THAN_EQUAL = "less-than-equal", "The number is too large, in a framework."

    # Values.
    REQUIRED = "required", "A value is needed here, in a directory."
    VALUE_MISSING = "value-missing", "A value is required."
    VALUE_UNKNOWN = "value-unknown", "The value is none of those that this takes."
    VALUE_UNEXPECTED = "value-unexpected", "This cell stays empty here."
    VALUE_NEGATIVE = "value-negative", "A count is not negative."
    VALUE_TOO_LARGE = "value-too-large", "The number is too large."
    CHOICE = "choice", "This takes one of the values of HSDS."
    GRADES = "grades", "This takes a list of grades as OneRoster spells them."
    NUMBER = "number", "This takes a number."
    NUMBER_MALFORMED = "number-malformed", "This is no figure."
    NUMBER_OUT_OF_RANGE = "number-out-of-range", "The number is beyond any that could be meant."
    NUMERATOR_ABOVE_DENOMINATOR = "numerator-above-denominator", "A part exceeds its whole."
    NOT_FINITE = "not-finite", "NaN and infinity are no counts."
    BOOLEAN = "boolean", "This takes true or false."
    DATE = "date", "This takes a date, such as 2026-09-01."
    TIME = "time", "This takes a time of day, such as 17:30."
    MOMENT = "moment", "This takes a date and time, as 2026-09-01T10:00:00Z."
    YEAR = "year", "This takes a year of four digits."
    TIME_MALFORMED = "time-malformed", "This takes a date, or a time with its offset."
    TIME_IMPOSSIBLE = "time-impossible", "There is no such time."
    DURATION = "duration", "This takes a duration, such as PT45M."
    END_BEFORE_BEGIN = "end-before-begin", "The end comes before the beginning."
    REVERSED = "reversed", "The upper end comes before the lower, in a directory."
    PERIOD_IMPOSSIBLE = "period-impossible", "There is no such period."
    PERIOD_KIND_WRONG = "period-kind-wrong", "The definition has another kind of period."
    PERIOD_NOT_BEGUN = "period-not-begun", "The period begins after the figure is known."
    URI = "uri", "This takes a URI, such as https://example.org/resource."
    URI_SCHEME = "uri-scheme", "An address that runs or embeds is not taken."
    URI_UNSAFE = "uri-unsafe", "This address would run as a script, in a directory."
    LANGUAGE = "language", "This takes a language, such as en."
    DIGITS = "digits", "This takes digits only, as text."
    SHA256 = "sha256", "This takes 64 hexadecimal digits."
    MEDIA_TYPE = "media-type", "This takes a media type."
    AGE_RANGE = "age-range", "This takes an age or a range of ages, such as 7-9."
    CONTEXT = "context", "The context names another profile, or none."
    DEFAULT_LANGUAGE = "default-language", "The context names no default language."
    TYPE = "type", "LearningResource is not among the types."
    TYPE_UNKNOWN = "type-unknown", "The profile has no such type."
    VOCABULARY = "vocabulary", "No term is of the profile's vocabularies."
    LICENSE_UNKNOWN = "license-unknown", "The profile has no such license."

    # Ids and references.
    ID_MALFORMED = "id-malformed", "This takes an id: 1 to 255 visible characters."
    KEY_MALFORMED = "key-malformed", "A key is letters, digits and ' ._:/-'."
    IDENTIFIER = "identifier", "This takes a UUID."
    IDENTIFIER_REFUSED = (
        "identifier-refused",
        "A government's or a body's number is not kept here.",
    )
    DUPLICATE_ID = "duplicate-id", "The file has this id already."
    DANGLING_REFERENCE = "dangling-reference", "Nothing in the file, or known here, has this id."
    DANGLING_ASSOCIATION = "dangling-association", "The package has no item of this id."
    ASSOCIATION_TYPE = "association-type", "CASE has no association of this type."
    CYCLE = "cycle", "The item stands below itself."
    PARENT_CIRCULAR = "parent-circular", "An organization is above itself."
    PLACE_TWICE = "place-twice", "The service is at this location already."
    ITEM_ELSEWHERE = "item-elsewhere", "Another framework has an item with this identifier."
    INDICATOR_UNKNOWN = "indicator-unknown", "There is no indicator of this key."
    INDICATOR_DERIVED = "indicator-derived", "The indicator follows from events, not from files."
    DEFINITION_UNKNOWN = "definition-unknown", "The indicator has no such definition."
    OLDER_THAN_KNOWN = "older-than-known", "A newer figure is known already."
    SCHOOL_AMBIGUOUS = (
        "school-ambiguous",
        "Several schools have a mark of this day; name the school.",
    )
    DAY_OFF = "day-off", "There is no school on this day."
    ATTENDANCE_MISSING = (
        "attendance-missing",
        "The file holds hardly any attendance of this child, and no calendar tells the other days.",
    )

    # Remarks: accepted, although it deviates.
    LITTER = "litter", "The file is one that macOS or Windows adds; it is passed over."
    COMMON_FOLDER = "common-folder", "All files lie in one folder; they are read from there."
    BLANK_LINE = "blank-line", "The file has blank lines; they are passed over."
    HEADER_SPELLING = (
        "header-spelling",
        "The column's name has other capitals, or spaces around it.",
    )
    FIELD_PASSED_OVER = "field-passed-over", "The platform does not keep this field."
    FILE_PASSED_OVER = "file-passed-over", "The platform checks this file and keeps nothing of it."
    PAGES_MISSING = "pages-missing", "Further pages of this list exist and are not in the file."
    EXCEPTIONS_ONLY = "exceptions-only", "Days of the calendar without a line count as attended."
    EXCEPTIONS_SO_FAR = (
        "exceptions-so-far",
        "Days of the calendar without a line do not count as attended yet.",
    )
    PARTIAL_WHOLE = (
        "partial-whole",
        "A partial day without the part that was attended counts as a whole day attended.",
    )
    ONE_NAME = "one-name", "The person has one name, which is kept as the given name."
    VALUE_PASSED_OVER = "value-passed-over", "The value means nothing here; it is passed over."


_OF_UNFIT = {
    Unfit.UNSTORABLE: Code.NUL_CHARACTER,
    Unfit.CONTROL: Code.CONTROL_CHARACTER,
    Unfit.FORMAT: Code.FORMAT_CHARACTER,
}


def of_unfit(kind: Unfit, character: str) -> tuple[Code, str]:
    """The code of a text that no text may be, and the reason with the code point."""
    code = _OF_UNFIT[kind]
    return code, f"{code.meaning.removesuffix('.')}: {character}."
