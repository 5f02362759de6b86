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
    "situation-changed-meanwhile": gettext_lazy(
        "%(by)s changed “%(name)s” in the meantime. Nothing of yours was saved. Below is what you "
        "entered: look again at what it will change, or start from how it stands now."
    ),
    "situation-over": gettext_lazy("“%(name)s” has ended in the meantime. Nothing was changed."),
    "situation-has-begun": gettext_lazy(
        "“%(name)s” has begun, so its first day stays. Nothing was changed."
    ),
}
