"""The pages that everybody may see."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from postroad.web.public import (
    catalogue,
    cite,
    collections,
    contact,
    copies,
    delivery,
    delivery_map,
    delivery_week,
    e_report,
    e_resources,
    editions,
    guides,
    lend,
    libraries,
    marc,
    networks,
    openurl,
    question,
    returns,
    say,
    so_long,
    status,
    status_data,
    status_of,
    updates,
)

# Their addresses are printed and read out, so a slash too many leads there as well.
TYPED = ("status", "returns", "contact", "libraries", "updates", "why-so-long")

urlpatterns: list[URLPattern] = [
    *(path(f"{name}/", RedirectView.as_view(url=f"/{name}", query_string=True)) for name in TYPED),
    path("search", catalogue.results, name="search"),
    path("openurl", openurl.page, name="openurl"),
    path("search/guides", guides.find, name="search-guides"),
    path("collections/<slug:slug>", collections.collection, name="collection"),
    path("media/images/<path:picture>", guides.show, name="picture"),
    path("record/<int:pk>", catalogue.record, name="record"),
    path("record/<int:pk>/editions", editions.editions, name="record-editions"),
    path("record/<int:pk>/marc", marc.marc, name="record-marc"),
    *(
        path(f"record/<int:pk>/marc.{each}", marc.download, {"ending": each}, f"record-{each}")
        for each in marc.FORMATS
    ),
    *(
        path(f"record/<int:pk>/cite.{each}", cite.cite, {"ending": each}, f"record-{each}")
        for each in cite.FORMATS
    ),
    path("returns", returns.page, name="returns"),
    path("contact", contact.form, name="contact"),
    path("copies/<str:copy_link>/", copies.copy, name="copy"),
    path("copies/<str:copy_link>/code/", copies.code, name="copy-code"),
    path("case/<str:letter>/", contact.case, name="case"),
    path("libraries", libraries.libraries, name="libraries"),
    path("libraries/<slug:code>", libraries.library, name="library"),
    path("libraries/<slug:code>/closures.ics", libraries.calendar, name="library-calendar"),
    path("libraries/<slug:code>/e-resources", e_resources.of_library, name="library-e-resources"),
    path("delivery/", delivery_map.page, name="delivery-map"),
    path("delivery/stops/<slug:code>/", delivery.stop, name="delivery-stop"),
    path("delivery/stops/<slug:code>/week/", delivery_week.page, name="delivery-week"),
    path("delivery/routes/<path:route>/", delivery.route, name="delivery-route"),
    path("delivery/hubs/<path:hub>/", delivery.hub, name="delivery-hub"),
    path("e-resources/", e_resources.resources, name="e-resources"),
    path("e-resources/report/", e_report.report, name="e-resource-report"),
    path("e-resources/<slug:resource>/", e_resources.resource, name="e-resource"),
    path("networks/", networks.all_networks, name="networks"),
    path("networks/<slug:network>/", networks.front, name="network"),
    path("networks/<slug:network>/search", networks.search, name="network-search"),
    path("networks/<slug:network>/members", networks.members, name="network-members"),
    path("networks/<slug:network>/rules", networks.rules, name="network-rules"),
    path("networks/<slug:network>/join", networks.join, name="network-join"),
    path("status", status.page, name="status"),
    path("status.csv", status_data.as_csv, name="status-csv"),
    path("status.json", status_data.as_json, name="status-json"),
    path("status.atom", status_data.as_atom, name="status-atom"),
    path("status/<slug:code>", status_of.of_library, name="status-of"),
    path("why-so-long", so_long.page, name="why-so-long"),
    path("say/<str:link>", say.say, name="say"),
    path("question/<str:question_link>/", question.question, name="question-by-mail"),
    path("lend/<str:answer_link>/", lend.request, name="lend"),
    path("lend/<str:answer_link>/slip.pdf", lend.slip, name="lend-slip"),
    path("lend/<str:answer_link>/<slug:answer_step>/", lend.step, name="lend-step"),
    path("updates", updates.sign_up, name="updates"),
    path("updates/sent", updates.sent, name="updates-sent"),
    path("updates/link", updates.lost_link, name="updates-lost"),
    path("updates/link/sent", updates.link_sent, name="updates-link-sent"),
    path("updates/confirm/<str:token>", updates.confirm, name="updates-confirm"),
    path("updates/mine/<str:token>", updates.mine, name="updates-mine"),
    path("updates/leave/<str:token>", updates.leave, name="updates-leave"),
    path("updates/feed.atom", updates.feed, name="updates-feed"),
    path("updates/feed/<str:topic>.atom", updates.feed, name="updates-feed-of"),
]
