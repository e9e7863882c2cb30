"""What goes out as a table computes nothing in a spreadsheet."""

from tests.promised import promise
from tests.promises.sources import guilty, sources

STAYS = {
    "services/students/exchange/oneroster_import/rules.py": "copies rows into the database",
}


@promise("Imports", "A table that goes out holds no cell that a spreadsheet would compute.")
def test_every_writer_of_csv_escapes_formulas() -> None:
    guilty([
        source.at(call, "writes a table without `shared.imports.formulas.escaped`")
        for source in sources("services", "gateway", "shared")
        if source.name not in STAYS
        for call, name in source.calls()
        if name.split(".")[-1] in {"writer", "DictWriter"}
        if all(called != "escaped" for _, called in source.calls())
    ])  # fmt: skip
