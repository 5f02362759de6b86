"""The driver's route of today: /courier/."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from postroad.accounts.models import Role
from postroad.delivery import rounds, visits
from postroad.delivery.models import Route, Stop
from postroad.web.shared import scanning
from postroad.web.shared.gates import SignedIn, needs

CHOSEN_ROUTE, CHOSEN_STOP, CHOSEN_DAY = "courier-route", "courier-stop", "courier-day"
SITTINGS = "courier-"  # one at each stop: what was scanned at the last one is not in the way here


@needs(Role.DRIVER)
def route(request: SignedIn) -> HttpResponse:
    """Choose a route, then a stop; a stop leads to the scan page."""
    if request.method == "POST":
        return choose(request)
    chosen = chosen_route(request)
    if chosen is None:
        routes = Route.objects.filter(stops__active=True).distinct()
        last = rounds.last_driven(request.user.pk)
        return render(request, "courier/routes.html", {"routes": routes, "last": last})
    today = timezone.localdate()
    calls = rounds.calls(chosen, today)
    here = request.session.get(CHOSEN_STOP)
    called = [call for call in calls if call.called]
    confirmed = {each.library_id: each for each in visits.of_day(today).order_by("at", "pk")}
    return render(
        request,
        "courier/route.html",
        {
            "route": chosen,
            "today": today,
            "calls": called,
            "rows": [(call, confirmed.get(call.stop.library_id)) for call in called],
            "skipped": [call for call in calls if not call.called],
            "totals": rounds.totals(calls),
            "here": here,
            "next": rounds.next_call(calls, here),
        },
    )


def undone(request: HttpRequest) -> tuple[Stop, rounds.Load] | None:
    """What the van leaves behind if it drives on now; nothing at a stop of another day."""
    stop = chosen_stop(request)
    today = timezone.localdate()
    if stop is None or request.session.get(CHOSEN_DAY) != today.isoformat():
        return None
    if request.POST.get("stop") == str(stop.pk):
        return None
    load = rounds.loads([stop.library_id], today)[stop.library_id]
    return (stop, load) if load.to_do else None


def leave(request: HttpRequest, stop: Stop, load: rounds.Load) -> HttpResponse:
    """Asks first: a parcel that was not scanned is in nobody's hands."""
    field = "stop" if "stop" in request.POST else "route"
    value = request.POST.get(field, "")
    about = {"stop": stop, "load": load, "field": field, "value": value}
    return render(request, "courier/leave.html", about)


def choose(request: HttpRequest) -> HttpResponse:
    """A route, another route, or the stop at which the van stands."""
    if "sure" not in request.POST and (left := undone(request)):
        return leave(request, *left)
    if "stop" in request.POST:
        stop = stop_named(request.POST["stop"])
        request.session[CHOSEN_ROUTE] = stop.route.code
        request.session[CHOSEN_STOP] = stop.pk
        request.session[CHOSEN_DAY] = timezone.localdate().isoformat()
        return redirect("courier-scan")
    request.session.pop(CHOSEN_STOP, None)
    scanning.forget(request, SITTINGS)
    code = request.POST.get("route", "")
    if code and not code.isprintable():  # PostgreSQL keeps no NUL, and no route has one
        raise Http404
    if code:
        request.session[CHOSEN_ROUTE] = get_object_or_404(Route, code=code).code
    else:
        request.session.pop(CHOSEN_ROUTE, None)
    return redirect("courier-route")


def stop_named(text: str) -> Stop:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise Http404
    return get_object_or_404(Stop.objects.select_related("library", "route"), pk=text, active=True)


def chosen_route(request: HttpRequest) -> Route | None:
    code = request.session.get(CHOSEN_ROUTE)
    return Route.objects.filter(code=code).first() if code else None


def chosen_stop(request: HttpRequest) -> Stop | None:
    """The stop at which the van stands, if it is still one."""
    chosen = request.session.get(CHOSEN_STOP)
    if chosen is None:
        return None
    stops = Stop.objects.filter(pk=chosen, active=True).select_related("library", "route")
    return stops.first()
