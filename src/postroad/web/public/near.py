"""From where miles are counted: the reader's own library, or a library or town that she types."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from postroad.catalogue import members
from postroad.catalogue.members import MILES, Placed
from postroad.directory import called
from postroad.directory.models import Library
from postroad.web.shared.pieces import Choice, Near

NEAR, HOW_FAR = "near", "miles"  # in the address
LONGEST = 80  # signs of what is typed
MOST_MEANT = 6


@dataclass(frozen=True, slots=True)
class Centre:
    """The place that was chosen, if it is known."""

    typed: str = ""
    called: str = ""
    place: tuple[float, float] | None = None
    miles: str = ""
    mistake: str = ""
    meant: Sequence[Library] = ()

    def rings(self, placed: Placed) -> tuple[tuple[str, frozenset[str]], ...]:
        return members.rings(placed, self.place) if self.place else ()


def centre(typed: QueryDict, home: Library | None) -> Centre:
    """What the address says; where it names no place, the library on the reader's card."""
    said = " ".join(typed.get(NEAR, "").split())[:LONGEST]
    miles = typed.get(HOW_FAR, "")
    miles = miles if miles in map(str, MILES) else ""
    if not said:
        found = Centre("", home.name, place_of(home), miles) if home else Centre(miles=miles)
        if miles and found.place is None:
            return Centre(miles="", mistake=_("Type the library or town to count the miles from."))
        return found
    libraries = [each for each in called.named(said) if place_of(each)]
    if not libraries:
        return Centre(
            said, mistake=_("No library or town is called “%(typed)s”.") % {"typed": said}
        )
    if len({(each.town, each.state) for each in libraries}) > 1 and not in_one_town(
        said, libraries
    ):
        sentence = _("More than one place may be meant by “%(typed)s”. Choose one.")
        return Centre(said, mistake=sentence % {"typed": said}, meant=libraries[:MOST_MEANT])
    first = libraries[0]
    name = first.name if len(libraries) == 1 else first.town
    return Centre(said, name, place_of(first), miles)


def in_one_town(said: str, libraries: Sequence[Library]) -> bool:
    """Whether only one town has just this name; libraries in others are called after it."""
    towns = {(each.town, each.state) for each in libraries if each.town.lower() == said.lower()}
    return len(towns) == 1 and libraries[0].town.lower() == said.lower()


def place_of(library: Library) -> tuple[float, float] | None:
    if library.latitude is None or library.longitude is None:
        return None
    return library.latitude, library.longitude


def labels(centre: Centre) -> dict[str, str]:
    if centre.place is None:
        return {}
    sentence = _("Within %(miles)s miles of %(place)s")
    return {str(far): sentence % {"miles": far, "place": centre.called} for far in MILES}


def form(typed: QueryDict, centre: Centre) -> Near:
    """What the form keeps of the address, and the libraries that may be meant."""
    kept = [
        (name, value)
        for name, values in typed.lists()
        if name not in (NEAR, HOW_FAR, "page")
        for value in values
        if value
    ]
    return Near(
        typed=centre.typed,
        kept=kept,
        distances=MILES,
        miles=centre.miles,
        mistake=centre.mistake,
        meant=[Choice(named(each), address(typed, each)) for each in centre.meant],
    )


def named(library: Library) -> str:
    return f"{library.name}, {library.state}"


def address(typed: QueryDict, library: Library) -> str:
    query = typed.copy()
    query[NEAR] = library.code
    query.pop("page", None)
    return "?" + query.urlencode()
