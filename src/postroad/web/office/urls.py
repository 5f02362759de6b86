"""The offices' addresses, under /office/."""

from django.urls import path

from postroad.web.office import (
    cards,
    cases,
    closures,
    contact,
    delivery,
    joining,
    libraries,
    lists,
    mail,
    notices,
    people,
    status,
    stops,
    thresholds,
)
from postroad.web.office.centre import queue, request

urlpatterns = [
    path("cases/", cases.cases, name="office-cases"),
    path("cases/new/", cases.new, name="office-case-new"),
    path("cases/saved-answers/", cases.canned, name="office-cases-canned"),
    path("cases/<slug:case_number>/", cases.case, name="office-case"),
    path("cases/<slug:case_number>/<slug:case_step>/", cases.act, name="office-case-act"),
    path("contact/", contact.topics, name="office-contact"),
    path("centre/", queue.queue, name="office-centre"),
    path("centre/lenders/", request.lenders, name="office-centre-lenders"),
    path("centre/<slug:ref>/", request.one, name="office-centre-request"),
    path("centre/<slug:ref>/<slug:step>/", request.act, name="office-centre-act"),
    path("closures/", closures.wide, name="office-closures"),
    path("closures/end/", closures.end, name="office-closures-end"),
    path("delivery/", delivery.today, name="office-delivery"),
    path("delivery/parcels/", delivery.parcel_list, name="office-delivery-parcels"),
    path("delivery/parcels/<slug:number>/", delivery.parcel, name="office-delivery-parcel"),
    path("delivery/parcels/<slug:number>/slip/", delivery.slip, name="office-delivery-slip"),
    path("delivery/stops/", stops.stop_list, name="office-delivery-stops"),
    path("delivery/stops/<slug:code>/", stops.stop, name="office-delivery-stop"),
    path("delivery/pauses/", stops.pauses, name="office-delivery-pauses"),
    path("libraries/", libraries.library_list, name="office-libraries"),
    path("libraries/add/", libraries.add, name="office-library-add"),
    path("libraries/file/", libraries.file, name="office-libraries-file"),
    path("libraries/file/<int:upload>/", libraries.file_one, name="office-libraries-file-one"),
    path("libraries/<slug:code>/", libraries.library, name="office-library"),
    path("libraries/<slug:code>/record/", libraries.record, name="office-library-record"),
    path("libraries/<slug:code>/confirm/", libraries.confirm, name="office-library-confirm"),
    path("libraries/<slug:code>/retire/", libraries.retire, name="office-library-retire"),
    path("libraries/<slug:code>/joining/", joining.overview, name="office-joining"),
    path("libraries/<slug:code>/joining/policy/", joining.policy, name="office-joining-policy"),
    path(
        "libraries/<slug:code>/joining/delivery/", joining.delivery, name="office-joining-delivery"
    ),
    path("libraries/<slug:code>/joining/file/", joining.stock, name="office-joining-stock"),
    path("libraries/<slug:code>/cards/", cards.card_list, name="office-cards"),
    path("libraries/<slug:code>/cards/add/", cards.add, name="office-card-add"),
    path("libraries/<slug:code>/cards/file/", cards.file, name="office-cards-file"),
    path(
        "libraries/<slug:code>/cards/file/<int:upload>/",
        cards.file_one,
        name="office-cards-file-one",
    ),
    path("libraries/<slug:code>/cards/<int:card>/", cards.card, name="office-card"),
    *(
        path(
            f"libraries/<slug:code>/{kind}/add/",
            libraries.part,
            {"kind": kind},
            name=f"office-library-{kind}-add",
        )
        for kind in libraries.PARTS
    ),
    *(
        path(
            f"libraries/<slug:code>/{kind}/<int:{kind}>/",
            libraries.part,
            {"kind": kind},
            name=f"office-library-{kind}",
        )
        for kind in libraries.PARTS
    ),
    path("thresholds/", thresholds.all_thresholds, name="office-thresholds"),
    path("thresholds/<slug:threshold>/", thresholds.threshold, name="office-threshold"),
    path("people/", people.people, name="office-people"),
    path("people/add/", people.add, name="office-person-add"),
    path("people/<int:person>/", people.person, name="office-person"),
    path("mail/", mail.mail, name="office-mail"),
    path("mail/<int:notice>/again/", mail.send_again, name="office-mail-again"),
    path("mail/<slug:name>/", mail.letter, name="office-letter"),
    path("mail/<slug:name>/html/", mail.letter_as_html, name="office-letter-html"),
    path("status/", status.overview, name="office-status"),
    path("status/words/<int:statement>/", status.decide, name="office-status-decide"),
    path("status/evidence/<int:seen>/", status.withdraw, name="office-status-evidence"),
    path("status/pauses/<int:suggestion>/", status.pause, name="office-status-pause"),
    path("status/lists/", lists.lists, name="office-status-lists"),
    path("status/lists/<int:status_list>/", lists.one, name="office-status-list"),
    path("status/files/<int:file>/", lists.file, name="office-status-import"),
    path("status/doubtful/", lists.doubtful, name="office-status-doubtful"),
    path("status/doubtful/<int:listed>/", lists.choose, name="office-status-choose"),
    path("status/libraries/<slug:code>/", status.of_library, name="office-status-of"),
    path("notices/", notices.notices, name="office-notices"),
]
