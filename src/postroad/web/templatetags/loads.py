"""Words of a library's file and of what is in it."""

from django import template
from django.utils.translation import gettext as _

from postroad import words
from postroad.catalogue.models import ItemStatus
from postroad.web.templatetags.postroad import group_by_four

register = template.Library()
register.filter("file_size", words.loads.size)


@register.filter
def not_loaded(trouble: str) -> str:
    """Why a record will not be loaded."""
    return words.label(words.loads.NOT_LOADED, trouble)


@register.filter
def item_status(status: str) -> str:
    return str(ItemStatus(status).label) if status in ItemStatus else status


@register.filter
def barcode_or_none(barcode: str) -> str:
    """A barcode for the eye, or that there is none."""
    return group_by_four(barcode) if barcode else _("no barcode")
