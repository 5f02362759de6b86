"""With what words a situation says no."""

from django.utils.translation import gettext_lazy

from postroad.words.labels import Words

REFUSALS: Words = {
    "situation-ends-before": gettext_lazy(
        "“%(name)s” would end before it begins: its last day is before its first, or has passed. "
        "Nothing was changed."
    ),
    "situation-nowhere": gettext_lazy(
        "No member library lies where “%(name)s” holds. Nothing was changed."
    ),
}
