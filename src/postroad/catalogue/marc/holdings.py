"""What a record says of a serial's volumes: 866 to 868 as text, 863 to 865 as codes, and the volume
that stands on each copy. So do holdings records (MFHD), which belong to another record."""

from collections.abc import Iterable, Iterator

import pymarc

from postroad.catalogue.marc.copies import Copy
from postroad.catalogue.marc.fields import Fields, control, one, tidy
from postroad.catalogue.serials import Kind, Statement
from postroad.catalogue.serials import coded as codes
from postroad.catalogue.serials.statements import COPIES

TEXTS = {"866": Kind.BASIC, "867": Kind.SUPPLEMENT, "868": Kind.INDEX}
CODED = {"863": Kind.BASIC, "864": Kind.SUPPLEMENT, "865": Kind.INDEX}
NOT_THERE = frozenset({"withdrawn", "missing"})
MOST = 2000  # statements of one record


def statements_of(fields: Fields) -> tuple[Statement, ...]:
    """In the order of the record; those of one copy in one group."""
    said = [*texts(fields), *coded(fields)]
    return tuple(said[:MOST])


def texts(fields: Fields) -> Iterator[Statement]:
    for tag, kind in TEXTS.items():
        for field in fields.get(tag, ()):
            text = " ".join(sub.value.strip() for sub in field.subfields if sub.code == "a")
            public, inner = noted(field, "z"), noted(field, "x")
            if text.strip() or public or inner:
                yield Statement(tidied(text), kind, public, group_of(field), inner=inner)


def tidied(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def noted(field: pymarc.Field, code: str) -> str:
    return tidied("; ".join(sub.value for sub in field.subfields if sub.code == code))


def group_of(field: pymarc.Field) -> str:
    """What it is linked to: a number, in front of the first stop."""
    return one(field, "8").strip().split(".")[0].split("\\")[0]


def coded(fields: Fields) -> Iterator[Statement]:
    for tag, kind in CODED.items():
        captions = captions_of(fields.get(f"85{int(tag[2])}", ()))
        for field in fields.get(tag, ()):
            link = group_of(field)
            known = captions.get(link) or (next(iter(captions.values())) if captions else {})
            pairs = [(sub.code, sub.value) for sub in field.subfields]
            text = as_text(pairs, known)
            if text:
                run = codes.run_of(kind, known, pairs)
                note = noted(field, "z")
                yield Statement(text, kind, note, f"coded {link}", run, noted(field, "x"))


def captions_of(fields: Iterable[pymarc.Field]) -> dict[str, dict[str, str]]:
    """By the number that links them to what is counted."""
    return {
        group_of(field): {
            sub.code: sub.value for sub in field.subfields if sub.code in "abcdefghijklm"
        }
        for field in fields
    }


def as_text(pairs: list[tuple[str, str]], captions: dict[str, str]) -> str:
    """As people write it: v.1-49 (1950-1998)."""
    counts = [
        f"{captions.get(code, '?').strip('()')}{value}" if not is_hidden(captions, code) else value
        for code, value in pairs
        if code in codes.COUNTS and value.strip()
    ]
    times = [value for code, value in pairs if code in codes.TIMES and value.strip()]
    text = ":".join(counts)
    return tidied(f"{text} ({':'.join(times)})" if text and times else text or ":".join(times))


def is_hidden(captions: dict[str, str], code: str) -> bool:
    return bool(codes.BY_TIME.match(captions.get(code, "").strip()))


def volumes_of(copies: Iterable[Copy]) -> tuple[Statement, ...]:
    """What stands on the copies that are there, each by itself."""
    there = (copy.volume for copy in copies if copy.status not in NOT_THERE)
    volumes = dict.fromkeys(tidy(volume) for volume in there if volume.strip())
    return tuple(Statement(each, group=COPIES + each) for each in list(volumes)[:MOST])


def record_of(fields: Fields) -> str:
    """The record to which a holdings record belongs."""
    return control(fields, "004").strip()[:80]
