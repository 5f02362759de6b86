"""`{{ stop.drop_days|weekdays }}`: "M-W-F--" as people say it."""

from django import template
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from postroad.directory import opening

register = template.Library()


@register.filter
def weekdays(days: str) -> str:
    named = [str(WEEKDAYS_ABBR[day]) for day in sorted(opening.weekdays(days))]
    return ", ".join(named) if named else _("no day")
