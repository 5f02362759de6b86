"""Writes the parts of the docs that are made from the code: `python tools/write_docs.py`.

Such a part stands between `<!-- made: NAME -->` and `<!-- end -->`. `tests/test_papers.py` compares
each with what is made here.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
BLOCK = re.compile(r"(<!-- made: ([\w-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)

Rows = Iterable[tuple[object, ...]]


def table(*headings: str) -> Callable[[Rows], str]:
    head = [f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}"]
    return lambda rows: "\n".join(
        [*head, *(f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |" for row in rows)]
    )


def code(text: object) -> str:
    return f"`{text}`"


# The diagrams and tables of the lifecycle


def diagram(moves: Mapping[str, tuple[frozenset[str], str | None]], first: str) -> str:
    """A side as Mermaid draws it: an arrow for each pair of states, with all its verbs."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for verb, (before, after) in moves.items():
        for state in sorted(before):
            if after is not None:
                arrows.setdefault((state, after), []).append(verb)
    lines = [f"  {start} --> {end}: {', '.join(verbs)}" for (start, end), verbs in arrows.items()]
    ends = sorted({end for _start, end in arrows} - {start for start, _end in arrows})
    return "\n".join(
        ["```mermaid", "stateDiagram-v2", f"  [*] --> {first}", *lines]
        + [f"  {end} --> [*]" for end in ends]
        + ["```"]
    )


def borrowing_diagram() -> str:
    from postroad.ill.lifecycle import BORROWING, State

    return diagram(BORROWING, State.ASKED)


def lending_diagram() -> str:
    from postroad.ill.lifecycle import LENDING, SupplyState

    return diagram(LENDING, SupplyState.ASKED)


def verbs() -> str:
    """Each verb, from where to where, on the side or sides that it moves."""
    from postroad.ill.lifecycle import BORROWING, LENDING

    def side(moves: Mapping[str, tuple[frozenset[str], str | None]], verb: str) -> str:
        if verb not in moves:
            return ""
        before, after = moves[verb]
        return f"{', '.join(sorted(before))} → {after or 'the same'}"

    names = dict.fromkeys([*BORROWING, *LENDING])
    return table("verb", "the request", "the supply")(
        (code(verb), side(BORROWING, verb), side(LENDING, verb)) for verb in names
    )


def clock_tables() -> str:
    from postroad.ill.lifecycle import OUTSIDE_CLOCK, REQUEST_CLOCKS, SUPPLY_CLOCKS
    from postroad.words.ill import OWNERS

    rows = table("state", "whose turn", "how long", "what rings")

    def told(name: str, clock: object) -> tuple[object, ...]:
        assert isinstance(clock, type(OUTSIDE_CLOCK))
        return name, OWNERS[clock.owner], limit(clock.unit, clock.limit), code(clock.rings)

    return "\n\n".join(
        (
            "Of the request:",
            rows(told(code(state), clock) for state, clock in REQUEST_CLOCKS.items()),
            "Of the supply:",
            rows(told(code(state), clock) for state, clock in SUPPLY_CLOCKS.items()),
            "Of a supply by an outside lender, as long as it is asked or promised:",
            rows([told("`asked`, `promised`", OUTSIDE_CLOCK)]),
        )
    )


def limit(unit: str, name: str) -> str:
    from postroad.directory.thresholds import DEFAULTS

    days, by_mail = DEFAULTS.get(name), DEFAULTS["mail-late"]
    return {
        "hours": f"{name} hour",
        "working": f"{days} working days (`{name}`)",
        "calendar": f"{days} days (`{name}`)",
        "road": f"while its parcel is not late: {days} days (`{name}`), {by_mail} by mail, "
        "and no day while deliveries are suspended",
        "policy": f"working days by the lender's policy (`{name}`)",
        "shelf": f"days by the borrowing library's policy (`{name}`)",
        "date": "to the end of the due day",
    }[unit]


def agreement() -> str:
    from postroad.ill.lifecycle import AGREE, HOLDER

    return table("the request is", "its open supply is", "the thing is with the")(
        (
            code(state),
            " or ".join(code(each) for each in sorted(supply)) or "none",
            HOLDER[state].value,
        )
        for state, supply in AGREE.items()
    )


# The words


def worded(words: Mapping[str, object]) -> str:
    return table("code", "words")((code(key), said) for key, said in words.items())


def words_of(name: str) -> Callable[[], str]:
    def made() -> str:
        from postroad.words import ill

        return worded(getattr(ill, name))

    return made


def refusals() -> str:
    """The sentences with their facts in brackets, as nobody has said no yet."""
    from postroad.words.refusals import REFUSALS

    plain = {code: re.sub(r"%\((\w+)\)s", r"[\1]", str(said)) for code, said in REFUSALS.items()}
    return worded(plain)


def history() -> str:
    from postroad.web.shared.history import FOR_STAFF

    plain = {verb: re.sub(r"%\((\w+)\)s", r"[\1]", str(said)) for verb, said in FOR_STAFF.items()}
    return table("verb", "the sentence for staff")(
        (code(verb), said) for verb, said in plain.items()
    )


def notice_kinds() -> str:
    from postroad.notices.models import Kind

    return worded({kind.value: kind.label for kind in Kind})


def limits_of_policy() -> str:
    """What a director may set, in the words of the page, with the usual."""
    from postroad.directory.models import Policy
    from postroad.web.shared.policy import PolicyForm

    form, usual = PolicyForm(), Policy()
    rows = []
    for name, field in form.fields.items():
        least, most = PolicyForm.LIMITS.get(name, ("", ""))
        value = getattr(usual, name)
        said = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
        said = said if said != [] else "lends all"
        rows.append((field.label, code(name), said, f"{least} to {most}" if least != "" else ""))
    return table("on the page", "column", "the usual", "may be")(rows)


def commands() -> str:
    """Our own commands with their options, as the commands themselves know them."""
    from django.core.management import get_commands, load_command_class

    parts = []
    for name, app in sorted(get_commands().items()):
        if not str(app).startswith("postroad."):
            continue
        command = load_command_class(str(app), name)
        actions = command.create_parser("postroad", name)._actions
        ours = [option(action) for action in actions if action.dest not in NOT_OURS]
        usual = table("option", "what", "usual")
        parts += [f"## `{name}`", str(command.help), *([usual(ours)] if ours else [])]
    return "\n\n".join(parts)


def option(action: argparse.Action) -> tuple[str, str, object]:
    """As it is typed, what it does, and what holds without it."""
    name = action.option_strings[0] if action.option_strings else action.dest
    value = f" {action.metavar}" if isinstance(action.metavar, str) else ""
    usual = "" if action.default in (None, False) else action.default
    return code(name + value), action.help or "", usual


NOT_OURS = {
    *("help", "version", "verbosity", "settings", "pythonpath", "traceback", "no_color"),
    *("force_color", "skip_checks"),
}

RULE = re.compile(r"^    def test_r(\d+)_(\w+)|^(?:async )?def test_r(\d+)_(\w+)", re.MULTILINE)


def kept(rule: int) -> Callable[[], str]:
    """The sentences of the tests that bear the name of a rule, each with its file."""

    def lines() -> str:
        found = sorted(
            (path.relative_to(ROOT).as_posix(), (name or other).replace("_", " "))
            for path in (ROOT / "tests").rglob("test_*.py")
            for number, name, one, other in RULE.findall(path.read_text())
            if int(number or one) == rule
        )
        if not found:
            return "No test bears its name yet."
        return "\n".join(f"- {says} ([{path}](../../{path}))" for path, says in found)

    return lines


MADE: Mapping[str, Callable[[], str]] = {
    **{f"rule-{number}": kept(number) for number in range(1, 17)},
    "borrowing-diagram": borrowing_diagram,
    "lending-diagram": lending_diagram,
    "verbs": verbs,
    "clocks": clock_tables,
    "agreement": agreement,
    "states": words_of("STATES"),
    "supply-states": words_of("SUPPLY_STATES"),
    "outcomes": words_of("OUTCOMES"),
    "endings": words_of("ENDINGS"),
    "reasons": words_of("REASONS"),
    "concerns": words_of("CONCERNS"),
    "why-not": words_of("WHY_NOT"),
    "no-renewal": words_of("NO_RENEWAL"),
    "owners": words_of("OWNERS"),
    "refusals": refusals,
    "history": history,
    "notice-kinds": notice_kinds,
    "policy": limits_of_policy,
    "commands": commands,
}


def anew(page: str) -> str:
    """The text of a page with its made parts made anew."""
    return BLOCK.sub(lambda found: f"{found[1]}{MADE[found[2]]()}\n{found[4]}", page)


def main() -> None:
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postroad.settings")
    import django

    django.setup()
    for path in DOCS.rglob("*.md"):
        before = path.read_text()
        if (after := anew(before)) != before:
            path.write_text(after)
            print(path.relative_to(ROOT))  # noqa: T201  # tells whoever ran it


if __name__ == "__main__":
    main()
