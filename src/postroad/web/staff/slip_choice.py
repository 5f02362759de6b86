"""How our slips are printed: /staff/library/slips/."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from postroad.accounts.models import Role
from postroad.delivery import slips
from postroad.delivery.models import SlipChoice
from postroad.form_errors import InOurWords
from postroad.web.shared import gates
from postroad.web.shared.gates import SignedIn, needs
from postroad.web.staff.counter import show


class ChoiceForm(InOurWords, forms.ModelForm[SlipChoice]):
    class Meta:
        model = SlipChoice
        fields: ClassVar[list[str]] = ["paper", "symbology", "item_barcode"]
        labels: ClassVar[dict[str, Any]] = {
            "paper": gettext_lazy("Paper"),
            "symbology": gettext_lazy("Barcodes"),
            "item_barcode": gettext_lazy("Print the item's own barcode too"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "paper": gettext_lazy("You can still choose another each time you print."),
            "symbology": gettext_lazy(
                "Choose what the labels of your items have. What that kind cannot hold, such as "
                "letters in Codabar, is printed in Code 128, which every scanner reads."
            ),
            "item_barcode": gettext_lazy(
                "For items whose own barcode is inside the cover, or hidden by the slip."
            ),
        }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Role.DIRECTOR)
def page(request: SignedIn) -> HttpResponse:
    kept = slips.choice_of(gates.desk(request).library)
    form = ChoiceForm(request.POST if request.method == "POST" else None, instance=kept)
    if form.is_bound and form.is_valid():
        form.save()
        messages.success(request, _("Saved. Slips are printed like this from now on."))
        return redirect("staff-library-slips")
    return show(
        request, "staff/slip_choice.html", {"form": form}, status=422 if form.is_bound else 200
    )
