"""The pages that everybody may see."""

from django.urls import URLPattern, path

from postroad.web.public import catalogue, libraries

urlpatterns: list[URLPattern] = [
    path("search", catalogue.results, name="search"),
    path("record/<int:pk>", catalogue.record, name="record"),
    path("libraries", libraries.libraries, name="libraries"),
    path("libraries/<slug:code>", libraries.library, name="library"),
]
