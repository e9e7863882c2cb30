"""uvicorn services.resources.app:app"""

from services.resources.assignment.assignments import routes as assignments
from services.resources.assignment.uses import routes as uses
from services.resources.exchange.case_packages import actions as packages
from services.resources.exchange.descriptions import actions as descriptions
from services.resources.library.collections import routes as collections
from services.resources.library.frameworks import routes as frameworks
from services.resources.library.known_partners import reactions as partners
from services.resources.library.resources import routes as resources
from services.resources.library.search import routes as search
from services.resources.lifecycle.erasures import reactions as erasures
from shared.events.inbox import Reaction
from shared.imports.routes import ImportKind
from shared.runtime.service import create_service
from shared.security.permissions import Permission

REACTIONS: list[Reaction] = [*partners.REACTIONS, *erasures.REACTIONS]
IMPORTS = [
    ImportKind(
        "learning-resources",
        Permission.LIBRARY_IMPORT,
        descriptions.load,
        "Learning resources as AMB or schema.org JSON: one, an array, one a line, or a zip",
        "Each is known by its address within the own partner's library: a new one is published, a"
        " known one changed. Those that the file does not name stay. Announces"
        " `resources.resource.published.v1` and `resources.resource.changed.v1`.",
    ),
    ImportKind(
        "standards",
        Permission.STANDARDS_IMPORT,
        packages.load,
        "Standards frameworks as CASE 1.0 or 1.1 packages",
        "`CFDocument`, `CFItems` and `CFAssociations`, one package or several. A package takes the"
        " place of the framework with its identifier: what it no longer has is gone. Announces"
        " `resources.framework.imported.v1` of each that changed.",
    ),
]

app = create_service(
    "resources",
    [
        search.router,
        resources.router,
        uses.router,
        frameworks.router,
        collections.router,
        assignments.router,
        search.composed,
        resources.composed,
        assignments.composed,
    ],
    REACTIONS,
    IMPORTS,
)
