"""The roster's routes, and the workers that move children to the school of the day and compare
records."""

from services.students.roster.classes import routes as classes
from services.students.roster.contacts import routes as contacts
from services.students.roster.possible_duplicates import queries as duplicate_queries
from services.students.roster.possible_duplicates import routes as possible_duplicates
from services.students.roster.possible_duplicates.actions import find_for_ever
from services.students.roster.role_holders import routes as role_holders
from services.students.roster.school_calendar import routes as school_calendar
from services.students.roster.school_partners import routes as school_partners
from services.students.roster.schools import routes as schools
from services.students.roster.staff import routes as staff
from services.students.roster.students import actions
from services.students.roster.students import routes as students
from shared.runtime.area import Area

AREA = Area(
    routers=[
        students.router,
        contacts.router,
        schools.router,
        school_partners.router,
        school_calendar.router,
        classes.router,
        staff.router,
        role_holders.composed,
        possible_duplicates.router,
    ],
    workers=[
        actions.keep_up_for_ever,
        find_for_ever,
    ],
    gauges=[
        *duplicate_queries.WATCHED,
    ],
)
