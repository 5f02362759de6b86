"""Signing in and out, and the page where each one's work begins. Mounted at /accounts/.

Of django-allauth's pages only these are mounted: nobody signs up here, and addresses of mail are
given by the library.
"""

from typing import Any

from allauth.account import views
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, re_path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from postroad.accounts import invitations, roles
from postroad.accounts.forms import SetPassword
from postroad.accounts.invitations import LinkIsOver
from postroad.accounts.models import Role, User
from postroad.web.shared import gates

START = {
    Role.PATRON: "patron-requests",
    Role.BORROWING: "staff-borrowing",
    Role.LENDING: "staff-lending",
    Role.DIRECTOR: "staff-library",
    Role.CENTRE: "office-centre",
    Role.DRIVER: "courier-route",
    Role.DELIVERY: "office-delivery",
    Role.EDITOR: "wagtailadmin_home",
    Role.OPERATOR: "office-operations",
}

# What the demonstration's buttons say beside each role.
DEMO = {
    Role.PATRON: _("finds a book, asks for it, sees where it is, renews it"),
    Role.BORROWING: _("receives what comes, lends it, takes it back, sends it home"),
    Role.LENDING: _("finds on the shelf what others ask for, and ships it"),
    Role.DIRECTOR: _("decides what the library lends and when it is closed"),
    Role.CENTRE: _("looks outside for what no member could supply"),
    Role.DRIVER: _("picks up and drops along the route, with a scanner"),
    Role.DELIVERY: _("keeps routes, stops and days, and looks for what is late"),
    Role.EDITOR: _("writes guides and news"),
    Role.OPERATOR: _("checks that everything is running"),
}


@require_GET
@never_cache
@login_required
def start(request: HttpRequest) -> HttpResponse:
    """Where this person's work begins; one's own books come after work."""
    filled = sorted(roles.held(request.user), key=lambda role: role is Role.PATRON)
    return redirect(START[filled[0]] if filled else "/")


@require_POST
def demo(request: HttpRequest, role: str) -> HttpResponse:
    """Sign in as the demonstration's account for this role, whose name is the role's own.

    It leads to the page that was wanted before, if that is one of this role's.
    """
    if not settings.DEMO or role not in Role.values:
        raise Http404
    user = get_object_or_404(User, username=role, is_active=True)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    wanted = get_next_redirect_url(request)
    return redirect(wanted if wanted and gates.open_to(Role(role), wanted) else START[Role(role)])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password by the link of an invitation; opening it alone does nothing."""
    try:
        person = invitations.person_of(token)
    except LinkIsOver:
        return render(request, "account/invitation.html", {"over": True}, status=410)
    form = SetPassword(person, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            accepted = invitations.accept(token, form.cleaned_data["password1"])
        except LinkIsOver:
            return render(request, "account/invitation.html", {"over": True}, status=410)
        login(request, accepted, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("account-start")
    status = 422 if form.is_bound else 200
    facts = {"form": form, "person": person}
    return render(request, "account/invitation.html", facts, status=status)


class SignIn(views.LoginView):  # type: ignore[misc]  # allauth has no types
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        buttons = DEMO.items() if settings.DEMO else ()
        return {**super().get_context_data(**kwargs), "demo_buttons": buttons}


urlpatterns = [
    path("login/", SignIn.as_view(), name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("invitation/<path:token>/", invitation, name="account_invitation"),
    path("demo/<slug:role>/", demo, name="account-demo"),
    path("start/", start, name="account-start"),
]
