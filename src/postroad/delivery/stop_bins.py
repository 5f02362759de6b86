"""A bin or bag at a stop: one scan drops or picks up all that is in it, now or heard of later."""

from datetime import timedelta

from postroad.delivery import containers
from postroad.delivery.containers import At, Turned
from postroad.delivery.scans import AtStop, Hand

LONGEST_KEY = 48  # beside the container's own key, which stands before it


def scan(
    here: AtStop, text: str, *, key: str = "", waited: timedelta = timedelta()
) -> Turned | None:
    """What became of the bin or bag of this number; None if it is the number of none."""
    container = containers.find(text)
    if container is None:
        return None
    at = At(
        here.user,
        here.at - waited,
        here.library,
        here.stop.route.code,
        here.noted_at,
        key[:LONGEST_KEY],
    )
    return (containers.drop if here.hand is Hand.DROP else containers.load)(container, at)
