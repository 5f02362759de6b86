"""The words of a count week, for the office and for libraries."""

from django.utils.translation import gettext_lazy

NAMES = {
    "items_sent": gettext_lazy("Items sent"),
    "items_received": gettext_lazy("Items received"),
    "bins_sent": gettext_lazy("Bins sent"),
    "bins_received": gettext_lazy("Bins received"),
}
