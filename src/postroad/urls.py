"""The roof: mounts the doors."""

from allauth.account import views as account_views
from django.urls import URLPattern, URLResolver, include, path, re_path
from wagtail import views as wagtail_views
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls
from wagtail.urls import serve_pattern

# Of Wagtail's public addresses all but its own sign-in, which nothing would throttle.
guides: list[URLPattern | URLResolver] = [
    path(
        "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/",
        wagtail_views.authenticate_with_password,
        name="wagtailcore_authenticate_with_password",
    ),
    path("guides/", wagtail_views.serve, {"path": "guides/"}, name="guides"),
    path("answers/", wagtail_views.serve, {"path": "answers/"}, name="answers"),
    path("news/", wagtail_views.serve, {"path": "news/"}, name="news"),
    re_path(serve_pattern, wagtail_views.serve, name="wagtail_serve"),
]

handler400 = "postroad.web.shared.refusals.unreadable"
handler500 = "postroad.web.shared.refusals.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("postroad.health")),
    path("office/operations/", include("postroad.worker.operations")),
    path("api/", include("postroad.api.urls")),
    path("", include("postroad.web.urls")),
    path("cms/logout/", account_views.logout),  # Wagtail's signs out whoever only looks at it
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    *guides,  # last: any address may be a guide, an answer or news
]
