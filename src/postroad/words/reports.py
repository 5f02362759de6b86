"""With what words the counts say no."""

from django.utils.translation import gettext_lazy

from postroad.words.labels import Words

REFUSALS: Words = {
    "count-week-taken": gettext_lazy(
        "The count week from %(first)s through %(last)s has some of these days. Withdraw it first, "
        "or choose other days. Nothing was saved."
    ),
    "no-count-week": gettext_lazy(
        "This week cannot be answered now: it has not begun, or the delivery office withdrew it. "
        "Nothing was saved."
    ),
    "count-week-answered": gettext_lazy(
        "A colleague answered at the same moment. Look at what they said; you can change it."
    ),
}
