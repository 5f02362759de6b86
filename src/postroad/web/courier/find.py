"""Any number on a parcel leads the driver to it: /courier/find/.

It tells where a parcel goes, who had it last and what to do with it; what is inside and for whom
is no matter of the van's.
"""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from postroad.accounts.models import Role
from postroad.delivery import finding
from postroad.delivery.models import Parcel, ParcelState, Stop, Via
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.shared.scanning import plain
from postroad.web.shared.van_words import named, place_of, time_of


@dataclass(frozen=True, slots=True)
class Found:
    """A parcel, where it is, and on whose round it goes next."""

    parcel: Parcel
    where: str
    route: str


@needs(Role.DRIVER)
def find(request: SignedIn) -> HttpResponse:
    asked = plain(request.GET.get("q", ""))[:60]
    found = finding.of_these_days(asked, timezone.now())
    ends = {parcel.to_library_id for parcel in found}
    stops = Stop.objects.filter(library__in=ends, active=True)
    routes = dict(stops.values_list("library", "route__code"))
    rows = [Found(each, where(each), routes.get(each.to_library_id, "")) for each in found]
    return render(request, "courier/find.html", {"asked": asked, "rows": rows})


def where(parcel: Parcel) -> str:
    """Where it is now, as far as anybody has seen it."""
    facts = {"place": place_of(parcel), "time": time_of(parcel), "to": named(parcel.to_library)}
    if parcel.via == Via.MAIL and parcel.is_open:
        return _("It goes by mail, not by the van.")
    match parcel.state:
        case ParcelState.READY:
            return _("It has been waiting at %(place)s for the van since %(time)s.") % facts
        case ParcelState.ARRIVED:
            return _("%(place)s has received it (%(time)s).") % facts
        case ParcelState.CANCELLED:
            return _("%(place)s kept it back (%(time)s). It stays there.") % facts
        case ParcelState.LOST:
            return (
                _("It was given up as lost (%(time)s). If you have it, bring it to %(to)s.") % facts
            )
        case ParcelState.DROPPED:
            return _("It was left at %(place)s, where it goes (%(time)s).") % facts
    if parcel.is_astray:
        return _("It was left at %(place)s by mistake (%(time)s) and goes to %(to)s.") % facts
    return _("It is on the way: picked up at %(place)s (%(time)s).") % facts
