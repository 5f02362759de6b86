"""What libraries say of one record: why it is one, why others are not, and what staff decide.

Staff of every library read it; the ILL center decides, and a director about her own library's.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from postroad import words
from postroad.accounts import roles
from postroad.accounts.models import Role
from postroad.catalogue import decisions, explained
from postroad.catalogue.decisions import NotToJoin
from postroad.catalogue.explained import Said
from postroad.catalogue.models import Contribution, Record
from postroad.errors import Refusal
from postroad.web.shared.gates import STAFF, SignedIn, desks, needs

LONGEST_NUMBER = 18  # digits of a key


@require_http_methods(["GET", "HEAD", "POST"])
@needs(*STAFF, Role.CENTRE)
def record(request: SignedIn, pk: int) -> HttpResponse:
    shown = get_object_or_404(Record, pk=pk)
    if shown.moved_to_id:
        return redirect("staff-record", shown.moved_to_id)
    said = explained.said_of(shown)
    own = theirs(request)
    if request.method == "POST":
        try:
            messages.success(request, decide(request, shown, said, own))
        except Refusal as no:
            messages.warning(request, words.refusal(no))
        return redirect("staff-record", pk)
    return render(
        request,
        "staff/union.html",
        {
            "record": shown,
            "said": [(each, may(each.contribution, own)) for each in said],
            "near": explained.near(shown),
            "decided": explained.decided_of(shown),
            "all": own is None,
            "some": any(may(each.contribution, own) for each in said),
        },
    )


def theirs(request: SignedIn) -> set[int] | None:
    """The libraries about whose records she may decide; None: all of them."""
    if roles.has(request.user, Role.CENTRE):
        return None
    return {desk.library.pk for desk in desks(request.user) if Role.DIRECTOR in desk.roles}


def may(contribution: Contribution, own: set[int] | None) -> bool:
    return own is None or contribution.library_id in own


def decide(request: SignedIn, shown: Record, said: list[Said], own: set[int] | None) -> str:
    """Do what was pressed; what to say of it. Raises Refusal."""
    why, now = request.POST.get("why", "").replace("\0", "")[:300], timezone.now()
    step, _colon, key = request.POST.get("step", "").partition(":")
    mine = {each.contribution.pk: each.contribution for each in said}
    mine = {pk: each for pk, each in mine.items() if may(each, own)}
    if step == "split":
        off = {number(each) for each in request.POST.getlist("off")} & mine.keys()
        other = decisions.split(shown, off, request.user, now, why)
        return _("Taken off: they are record %(number)s now, and stay apart.") % {
            "number": other.pk
        }
    if step in {"pin", "unpin"} and number(key) in mine:
        one = mine[number(key)]
        if step == "unpin":
            decisions.unpin(one)
            return _("The next file of its library is weighed again.")
        decisions.pin(one, request.user, now, why)
        return _("It stays on this record, whatever its library sends.")
    typed = key or request.POST.get("record", "")
    into = Record.objects.filter(pk=number(typed), moved_to=None).first()
    if step != "join" or own is not None or into is None:
        raise NotToJoin(record=shown.pk, into=typed[:LONGEST_NUMBER])
    decisions.join(into, shown, request.user, now, why)
    return _("Joined. Links and requests for the other record lead here now.")


def number(typed: str) -> int:
    """A key that was typed or sent; 0, which is none, for anything else."""
    typed = typed.strip().rpartition("/")[2]
    return (
        int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < LONGEST_NUMBER else 0
    )
