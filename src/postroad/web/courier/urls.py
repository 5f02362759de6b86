"""The driver's addresses, under /courier/."""

from django.urls import path

from postroad.web.courier import find, route, scan

urlpatterns = [
    path("", route.route, name="courier-route"),
    path("find/", find.find, name="courier-find"),
    path("scan/", scan.scan, name="courier-scan"),
    path("scan/all/", scan.take_all, name="courier-all"),
]
