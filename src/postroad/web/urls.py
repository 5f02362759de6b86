"""The addresses of the pages, by audience. Each address has its row in docs/reference/access.md."""

from django.urls import URLPattern, URLResolver, include, path

from postroad.web.shared.patterns import patterns

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("postroad.web.public.urls")),
    path("patterns", patterns, name="patterns"),
    path("accounts/", include("postroad.web.signin")),
    path("patron/", include("postroad.web.patron.urls")),
    path("staff/", include("postroad.web.staff.urls")),
    path("courier/", include("postroad.web.courier.urls")),
    path("office/", include("postroad.web.office.urls")),
]
