"""The driver's addresses, under /courier/."""

from django.urls import path

from postroad.web.courier import done, door, files, find, phone, route, scan

urlpatterns = [
    path("", route.route, name="courier-route"),
    path("done/", done.done, name="courier-done"),
    path("door/", door.door, name="courier-door"),
    path("files/", files.files, name="courier-files"),
    path("find/", find.find, name="courier-find"),
    path("round/", phone.page, name="courier-round"),
    path("round.json", phone.facts, name="courier-round-facts"),
    path("round/scans/", phone.take, name="courier-round-scans"),
    path("worker.js", phone.worker, name="courier-worker"),
    path("scan/", scan.scan, name="courier-scan"),
    path("scan/all/", scan.take_all, name="courier-all"),
]
