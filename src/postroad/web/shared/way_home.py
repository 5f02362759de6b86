"""How something goes home, in words: for /returns and for the scan page *Send home*."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from postroad import words
from postroad.ill.homeward import Advice, Way
from postroad.ill.returns import Home

TONES = {
    Way.VAN: ("ok", "van"),
    Way.VAN_HELD: ("note", "van"),
    Way.MAIL: ("ok", "parcel"),
    Way.HOLD_ON: ("warn", "warn"),
    Way.ASK_US: ("warn", "warn"),
    Way.HERE: ("ok", "home"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer, in words."""

    advice: Advice
    heading: str
    todo: str
    tone: str
    sign: str
    reasons: Sequence[tuple[str, str]]  # a sentence, and the rule under which it stands
    when: str = ""  # what nobody has said, where the answer turns on that


def shown(home: Home) -> list[Shown]:
    """The answer; two, where nobody has said from where it is sent."""
    if len(home.ways) == 1:
        return [in_words(home, home.ways[0])]
    whens = (_("If the van stops where it is now"), _("If it does not"))
    return [in_words(home, *each) for each in zip(home.ways, whens, strict=True)]


def in_words(home: Home, advice: Advice, when: str = "") -> Shown:
    tone, sign = TONES[advice.way]
    return Shown(
        advice,
        words.label(words.homeward.WAYS_HOME, advice.way),
        words.homeward.todo(advice, home.library.name),
        tone,
        sign,
        reasons(home, advice),
        when,
    )


def reasons(home: Home, advice: Advice) -> list[tuple[str, str]]:
    name = home.library.name
    return [(words.homeward.because(reason, name), reason.rule) for reason in advice.reasons]


def stays(home: Home) -> bool:
    """Whether it is not to leave yet, though it is made ready for the way home."""
    return home.way.way in (Way.HOLD_ON, Way.ASK_US)


def beware(home: Home) -> str:
    """What the desk must know before it lets go of it; nothing, if all is as usual."""
    advice = home.way
    if advice.beware is None:
        return ""
    why = words.homeward.because(advice.beware, home.library.name)
    return f"{why} {words.homeward.todo(advice, '')}".strip()
