"""Files that come in: learning resources and standards."""

from services.resources.exchange.case_packages import actions as case_packages
from services.resources.exchange.descriptions import actions as descriptions
from shared.imports.routes import ImportKind
from shared.runtime.area import Area
from shared.security.permissions import Permission

IMPORTS = [
    ImportKind(
        "learning-resources",
        Permission.LIBRARY_IMPORT,
        descriptions.load,
        "Learning resources as AMB or schema.org JSON: one, an array, one a line, or a zip",
        "A resource is known by its address within the caller's partner. A new one is published, a"
        " known one is changed; resources that the file does not name stay. Announces"
        " `resources.resource.published.v1` and `resources.resource.changed.v1`.",
    ),
    ImportKind(
        "standards",
        Permission.STANDARDS_IMPORT,
        case_packages.load,
        "Standards frameworks as CASE 1.0 or 1.1 packages",
        "`CFDocument`, `CFItems` and `CFAssociations`, one package or several. A package"
        " replaces the framework with its identifier; items that it no longer has are deleted."
        " Announces `resources.framework.imported.v1` for each framework that changed.",
    ),
]
AREA = Area(imports=IMPORTS)
