"""Delays, bins that are held, days without the van: /office/delivery/pauses/."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from postroad import words
from postroad.accounts.models import Role
from postroad.delivery import delays, outlook, stops
from postroad.delivery.models import Delay
from postroad.directory import closures
from postroad.errors import Refusal
from postroad.web.office.stop_forms import DelayForm
from postroad.web.office.stops import A_PAGE, saved, whole
from postroad.web.shared import closing
from postroad.web.shared.gates import SignedIn, needs

PRESSES = ("remove", "put-back", "end-delay", "put-back-delay")


@needs(Role.DELIVERY)
def pauses(request: SignedIn) -> HttpResponse:
    """What is not as usual, and a form for more."""
    form = DelayForm(request.POST if request.POST.get("form") == "pause" else None)
    if request.method == "POST" and change(request, form):
        return redirect("office-delivery-pauses")
    today = timezone.localdate()
    standing = list(Delay.objects.standing(today))
    said = {each.entry for each in standing}
    others = [each for each in stops.pauses(today) if each.entry not in said]
    ended = Delay.objects.filter(ended_at__isnull=False, last_day__gte=today)
    by_delay = set(ended.values_list("entry", flat=True))
    return render(
        request,
        "office/delivery/pauses.html",
        {
            "form": form,
            "delays": [(each, waiting(each)) for each in standing],
            "ended_delays": ended.select_related("library", "route", "region"),
            "page": Paginator(others, A_PAGE).get_page(request.GET.get("page")),
            "ended": [e for e in stops.ended_entries(today) if e.entry not in by_delay],
        },
    )


def waiting(delay: Delay) -> int:
    """How many parcels wait at the hub, for bins that are held."""
    if delay.kind != Delay.Kind.HELD:
        return 0
    return outlook.held(stops.served(delay.scope)).count()


def change(request: SignedIn, form: DelayForm) -> bool:
    """Do what was pressed; False if the form must be shown again."""
    if request.POST.get("form") in PRESSES:
        press(request)
        return True
    if not form.is_valid():
        return False
    given, at = form.cleaned_data, form.at
    try:
        made = delays.announce(
            Delay.Kind(given["kind"]),
            at=at,
            **{name: given[name] for name in ("first_day", "last_day", "new_day", "hours")},
            reason=given["reason"],
            by=str(request.user),
            now=timezone.now(),
            key=given["key"],
        )
    except Refusal as no:
        form.add_error(None, words.refusal(no))
        return False
    if made.kind == Delay.Kind.LATE:
        messages.success(request, _("Saved. The libraries on this way are told."))
    else:
        places = None if at is None else stops.served(at)
        messages.success(request, saved(made.first_day, made.last_day, places))
    return True


def press(request: SignedIn) -> None:
    """End what was said, or take its end back."""
    what, by, now = request.POST["form"], str(request.user), timezone.now()
    try:
        if what in ("end-delay", "put-back-delay"):
            number = whole(request.POST.get("delay", ""))
            if delay := Delay.objects.filter(pk=number).first():
                (delays.end if what == "end-delay" else delays.put_back)(delay, by=by, now=now)
        elif entry := closing.entry_of(request.POST.get("pause", "")):
            if what == "put-back":
                closures.put_back(entry, by=by)
            else:
                stops.resume(entry, by=by)
    except Refusal as no:
        messages.error(request, words.refusal(no))
        return
    messages.success(request, saved())
