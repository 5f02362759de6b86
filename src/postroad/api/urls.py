"""The addresses for programs, under /api/."""

from django.urls import path

from postroad.api import holds, sorting

urlpatterns = [
    path("holds/", holds.tell, name="api-holds"),
    path("sort/", sorting.many, name="api-sort-list"),
    path("sort/<path:barcode>", sorting.one, name="api-sort"),
]
