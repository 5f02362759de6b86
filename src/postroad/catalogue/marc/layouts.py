"""Where library systems write their items: a layout is data, so that a library's can be changed.

Documented in docs/reference/marc.md. The subfields of Polaris and Follett Destiny are those of
their makers' manuals, those of Evergreen stand in its `marc_export`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from postroad.catalogue.marc import statuses


@dataclass(frozen=True, slots=True)
class Layout:
    """The field of an item, what each of its subfields holds, and what the system's words mean."""

    system: str
    tag: str
    barcode: str = ""
    call_number: str = ""
    location: str = ""
    volume: str = ""
    current: str = ""  # where it is now, if not at its location
    status: str = ""  # how it is, in a word or a sign of the system
    kind: str = ""  # type of item: some are for use in the library only
    circulates: str = ""  # N or false: in the library only
    flags: str = ""  # "noncirculating", "hidden"
    lost: str = ""
    damaged: str = ""
    on_loan: str = ""  # the day when it is due
    not_for_loan: str = ""
    withdrawn: str = ""
    holding: str = ""  # another field, with call number and location, that it names in `link`
    link: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    def as_rules(self) -> dict[str, Any]:
        """As it is kept."""
        return {**asdict(self), "words": dict(self.words)}


def of_rules(rules: Mapping[str, Any]) -> Layout:
    """A layout as it was kept; what a later version does not know is left aside."""
    known = {each.name for each in fields(Layout)}
    return Layout(**{name: value for name, value in rules.items() if name in known})


KOHA = Layout(
    system="koha",
    tag="952",
    barcode="p",
    call_number="o",
    location="c",
    volume="h",
    kind="y",
    lost="1",
    damaged="4",
    on_loan="q",
    not_for_loan="75",
    withdrawn="0",
)
SYMPHONY = Layout(
    system="symphony",
    tag="999",
    barcode="i",
    call_number="a",
    location="ml",
    volume="v",
    current="k",
    kind="t",
    circulates="s",
    words={"ILL": "out"},
)
SYMPHONY_949 = replace(SYMPHONY, system="symphony-949", tag="949")
PENN_STATE = replace(
    SYMPHONY_949, system="symphony-psu", words={**SYMPHONY.words, **statuses.PENN_STATE}
)
SIERRA = Layout(
    system="sierra",
    tag="945",
    barcode="i",
    call_number="abk",
    location="l",
    volume="c",
    status="s",
    on_loan="h",
    words=statuses.SIERRA,
)
ALMA = Layout(
    system="alma",
    tag="876",
    barcode="p",
    call_number="khijm",
    location="bc",
    volume="3",
    status="j",
    kind="h",
    holding="852",
    link="0",
    words=statuses.ALMA,
)
POLARIS = Layout(
    system="polaris",
    tag="852",
    barcode="p",
    call_number="khim",
    location="abd",
    volume="v",
    status="r",
    on_loan="u",
    circulates="7",
)
DESTINY = Layout(
    system="destiny",
    tag="852",
    barcode="p",
    call_number="khim",
    location="ab",
    volume="3",
    flags="x",
)
EVERGREEN = Layout(
    system="evergreen",
    tag="852",
    barcode="p",
    call_number="khijm",
    location="bc",
    volume="3",
    status="s",
    flags="x",
    words={str(code): status for code, status in statuses.EVERGREEN.items()},
)
TLC = replace(EVERGREEN, system="tlc", words={})
HOLDINGS = replace(EVERGREEN, system="holdings", words={})
# In the order in which they are tried where nothing is known of a library.
PRESETS = {
    each.system: each
    for each in (
        *(KOHA, SYMPHONY, SYMPHONY_949, PENN_STATE, SIERRA, ALMA),
        *(EVERGREEN, POLARIS, DESTINY, TLC, HOLDINGS),
    )
}
TRIED = (KOHA, SYMPHONY, SYMPHONY_949, SIERRA, ALMA, HOLDINGS)
