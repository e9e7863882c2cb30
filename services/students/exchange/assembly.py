"""Files that come in: rosters and attendance registers."""

from services.students.exchange.attendance_register import actions as attendance_register
from services.students.exchange.oneroster_import import actions as oneroster_import
from shared.runtime.area import Area

AREA = Area(imports=[attendance_register.IMPORT, oneroster_import.IMPORT])
