"""What every reader of files needs: texts that can be kept, and words for what is wrong."""

from services.partners.exchange.file_validation.rules import TEXT_CHARACTERS, Place, Problems

ROWS = 500_000
LINES = 4 * ROWS
DEPTH = 32
REASONS = {
    "zip-unreadable": "The zip cannot be read.",
    "zip-encrypted": "The zip is encrypted.",
    "zip-too-large": "Unpacked, the zip is too large.",
    "zip-path": "A name in the zip leads out of it.",
    "file-twice": "The zip has this table twice.",
    "tables-missing": "The zip has no table of HSDS.",
    "encoding": "The text is not UTF-8.",
    "csv": "This is no CSV.",
    "header-missing": "The table lacks this column.",
    "header-twice": "The table has this column twice.",
    "header-blank": "A column has no name.",
    "cells": "The row has another number of cells than the header.",
    "formula": "A spreadsheet would run this cell as a formula.",
    "too-many-rows": f"A file may have {ROWS} rows at most.",
    "too-many-lines": f"The tables may have {LINES} lines in all, blank ones too.",
    "json": "This is no JSON.",
    "form": "This is none of the forms of HSDS 3.0.",
    "taxonomy-alone": "A taxonomy or its terms alone say nothing of the directory; they are taken in "
    "with what they describe.",
    "too-deep": f"Values may be nested {DEPTH} deep at most.",
    "nul-character": "A text holds a NUL character.",
    "field-too-long": f"A text may have {TEXT_CHARACTERS} characters at most.",
    "duplicate-id": "The list has this id already.",
}


def add(problems: Problems, place: Place, code: str) -> None:
    problems.add(place, code, REASONS[code])


def text_fault(text: str) -> str | None:
    if len(text) > TEXT_CHARACTERS:
        return "field-too-long"
    return "nul-character" if "\0" in text else None


def decoded(content: bytes, file: str, problems: Problems) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        add(problems, Place(file, content.count(b"\n", 0, error.start) + 1), "encoding")
        return ""
