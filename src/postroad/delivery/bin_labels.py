"""Labels of bins: with the bin's own number, and where one is presorted, for whom.

A presorted bin says what a slip to that stop would say, so a code that cannot be printed on a slip
cannot be printed here (R7).
"""

from collections.abc import Sequence

from postroad.delivery import label_drawing, routing, slips
from postroad.delivery.label_drawing import BinLabel
from postroad.delivery.models import Container, Route, Stop
from postroad.delivery.routing import Place
from postroad.delivery.slip_facts import Layout
from postroad.delivery.slips import NothingToPrint

FROM_AFAR = 4  # the last signs of a number, large: by them one bin is told from the next


def labels(containers: Sequence[Container], target: Stop | Route | None = None) -> list[BinLabel]:
    """One for each; of a stop in two queries, of another none."""
    code, where = _target(target) if target else ("", "")
    return [
        BinLabel(
            each.number,
            code or each.number[-FROM_AFAR:],
            where,
            str(each.get_kind_display()),
        )
        for each in containers
    ]


def _target(target: Stop | Route) -> tuple[str, str]:
    """What is large on it, and the line below."""
    if isinstance(target, Route):
        return target.code, str(target.name)
    place = slips.places([target.library_id])[target.library_id]
    hub = Place(name="", town="", state=place.state, route=place.route)
    found = routing.address(hub, place)
    sign = f"{found.sign} " if found.sign else ""
    return f"{sign}{found.headline}", f"{place.name}, {place.route}"


def drawn(
    containers: Sequence[Container], layout: Layout, target: Stop | Route | None = None
) -> bytes:
    if not containers:
        raise NothingToPrint
    return label_drawing.bin_labels(labels(containers, target), layout)
