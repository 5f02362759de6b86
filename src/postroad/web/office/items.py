"""How the items of any library are read: /office/libraries/CODE/items/."""

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from postroad.web.office.keeping import library_of
from postroad.web.shared import items
from postroad.web.shared.gates import RECORDS, SignedIn, needs


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@needs(*RECORDS)
def page(request: SignedIn, code: str) -> HttpResponse:
    library = library_of(request.user, code)
    if library.is_outside:
        raise Http404
    address = reverse("office-library-items", args=[code])
    return items.page(request, library, address, {"office": "office"})
