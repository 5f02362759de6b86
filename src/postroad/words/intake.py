"""Why a request is left to staff."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from postroad.ill.intake import Concern
from postroad.words.labels import Words, label

CONCERNS: Words = {
    Concern.NO_CARD: gettext_lazy("the patron no longer has a library card"),
    Concern.BLOCKED: gettext_lazy("the patron's card is blocked"),
    Concern.EXPIRED: gettext_lazy("the patron's card has expired"),
    Concern.LIMIT: gettext_lazy("the patron has as many open requests as the library allows"),
    Concern.OWN_COPY: gettext_lazy("a copy is in at the patron's own or the pickup library"),
    Concern.OWN_VOLUME: gettext_lazy("the library has it itself: it can be copied there"),
    Concern.DUPLICATE: gettext_lazy("the patron has already asked for this title"),
    Concern.NEED_BY: gettext_lazy("the date it is needed by has passed"),
    Concern.COPYRIGHT: gettext_lazy(
        "the library has had five copies from this title under the guidelines already"
    ),
    Concern.POLICY: gettext_lazy("this library reviews every request"),
    "not-checked": gettext_lazy("the automatic checks did not finish in time"),
}


def concerns(codes: Iterable[str]) -> list[str]:
    """Why intake leaves a request to staff."""
    return [label(CONCERNS, code) for code in codes]
