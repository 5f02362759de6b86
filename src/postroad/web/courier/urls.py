"""The driver's addresses, under /courier/."""

from django.urls import path

from postroad.web.courier import route, scan

urlpatterns = [
    path("", route.route, name="courier-route"),
    path("scan/", scan.scan, name="courier-scan"),
]
