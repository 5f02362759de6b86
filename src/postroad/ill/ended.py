"""Attempts that had ended, where the copy lies before the clerk after all."""

from django.db.models import Exists, OuterRef

from postroad.catalogue.models import Item
from postroad.directory.models import Library
from postroad.ill import identity
from postroad.ill.finding import MAY_COME, served_by
from postroad.ill.lending import MISSING_NOW
from postroad.ill.lifecycle import UNSHIPPED, Ending, State
from postroad.ill.models import Request, Supply
from postroad.ill.volumes import fits

# How one ended where somebody else has said that it is not to come.
NOT_BY_ITSELF = frozenset({Ending.WITHDRAWN, Ending.CONDITIONS_DECLINED})


def turned_up(library: Library, item: Item) -> Supply | None:
    """The attempt of this library that ended without this copy, which now lies here.

    Only of a request that is still to be had: one that no other library has promised meanwhile.
    """
    ended = (
        Supply.objects.filter(served_by(item), lender=library, ending__in=MAY_COME)
        .exclude(ending__in=NOT_BY_ITSELF)
        .filter(request__state__in=UNSHIPPED)
        .select_related("request__library", "request__current__lender", "lender__policy", "item")
        .order_by("request__asked_at", "-attempt", "-pk")
    )
    return next(
        (
            supply
            for supply in ended
            if identity.still_to_be_had(supply.request) and fits(supply.request.volume, item.volume)
        ),
        None,
    )


def moved_on(library: Library, item: Item) -> Supply | None:
    """The attempt of this library that had ended, and whose request has moved on, though this copy
    lies here: it may be sent all the same. Not once its reader has had another."""
    sending = Supply.objects.open().filter(request=OuterRef("request"), lender=library)
    ended = (
        Supply.objects.filter(served_by(item), lender=library, ending__in=MAY_COME)
        .filter(request__state__in=UNSHIPPED | {State.SHIPPED, State.ARRIVED})
        .exclude(request__library=library)
        .exclude(Exists(sending))
        .select_related("request__library", "request__current__lender", "lender__policy", "item")
        .order_by("request__asked_at", "-attempt", "-pk")
    )
    return next((each for each in ended if fits(each.request.volume, item.volume)), None)


def waited_for(library: Library, item: Item) -> Request | None:
    """Who waited for this copy, the last time that it was looked for in vain."""
    refused = Supply.objects.filter(served_by(item), lender=library, ending=Ending.REFUSED)
    last = refused.filter(reason__in=MISSING_NOW).select_related("request__library")
    supply = last.exclude(request__state=State.CLOSED).order_by("-asked_at", "-pk").first()
    return supply.request if supply is not None else None
