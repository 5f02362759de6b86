"""What became of scans that were uploaded together."""

from django.utils.translation import gettext_lazy

from postroad.ill.filing import Why
from postroad.words.labels import Words

WHY: Words = {
    Why.NO_COVER: gettext_lazy("It has no cover sheet on top: choose the request below."),
    Why.TWO_COVERS: gettext_lazy(
        "The sheet on top bears the numbers of several requests: choose the right one below."
    ),
    Why.NOT_OURS: gettext_lazy(
        "The number on its cover sheet is not that of a copy that your library was asked for: "
        "choose the right one below."
    ),
    Why.DELIVERED: gettext_lazy(
        "For the request on its cover sheet a copy was already sent. To send this file in its "
        "place, open that request; or choose another below."
    ),
    Why.OVER: gettext_lazy(
        "The request on its cover sheet is over for your library: nobody waits for it any more."
    ),
    Why.NOT_NOW: gettext_lazy(
        "The request on its cover sheet changed just now, or waits for an answer: look at it, then "
        "choose it below."
    ),
}
