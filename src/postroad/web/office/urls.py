"""The offices' addresses, under /office/."""

from django.urls import path

from postroad.web.office import closures, delivery, mail, notices, status, stops
from postroad.web.office.centre import queue, request

urlpatterns = [
    path("centre/", queue.queue, name="office-centre"),
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
    path("mail/", mail.mail, name="office-mail"),
    path("mail/<int:notice>/again/", mail.send_again, name="office-mail-again"),
    path("mail/<slug:name>/", mail.letter, name="office-letter"),
    path("mail/<slug:name>/html/", mail.letter_as_html, name="office-letter-html"),
    path("status/", status.overview, name="office-status"),
    path("status/words/<int:statement>/", status.decide, name="office-status-decide"),
    path("status/evidence/<int:seen>/", status.withdraw, name="office-status-evidence"),
    path("status/pauses/<int:suggestion>/", status.pause, name="office-status-pause"),
    path("status/libraries/<slug:code>/", status.of_library, name="office-status-of"),
    path("notices/", notices.notices, name="office-notices"),
]
