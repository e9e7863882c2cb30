"""Routes of referrals, reactions to what happens to their children, and the worker that writes down
what the clock has ended."""

from services.students.referrals.answers import routes as answers
from services.students.referrals.evidence import actions, reactions
from services.students.referrals.referral_links import routes as referral_links
from services.students.referrals.referral_metrics import routes as referral_metrics
from services.students.referrals.referrals import routes as referrals
from services.students.referrals.sending import routes as sending
from shared.runtime.area import Area

AREA = Area(
    routers=[
        referrals.router,
        sending.router,
        answers.router,
        referral_metrics.router,
        referral_links.router,
        referral_links.inside,
    ],
    reactions=reactions.REACTIONS,
    workers=[actions.expire_for_ever],
)
