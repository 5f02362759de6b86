"""Writes the parts of the docs that are made from the code: `python tools/write_docs.py`.

Such a part stands between `<!-- made: NAME -->` and `<!-- end -->`. `tests/test_papers.py` compares
each with what is made here.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

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


def diagram(name: str) -> Callable[[], str]:
    """A part as Mermaid draws it: an arrow for each pair of states, with all its verbs."""

    def made() -> str:
        from postroad.ill.lifecycle import ROWS

        arrows: dict[tuple[str, str], list[str]] = {}
        for verb, row in ROWS.items():
            part = getattr(row, name)
            for start in sorted(part.starts, key=str) if part else ():
                for end in part.ends:
                    if start != end:
                        arrows.setdefault((start or "[*]", end), []).append(verb)
        lines = [
            f"  {start} --> {end}: {', '.join(verbs)}" for (start, end), verbs in arrows.items()
        ]
        return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "  closed --> [*]", "```"])

    return made


def verbs() -> str:
    """Each verb, and from where to where it moves the wish, the attempt and the thing."""
    from postroad.ill.lifecycle import ROWS
    from postroad.ill.lifecycle.verbs import When

    def moves(part: Any) -> str:
        if part is None:
            return ""
        starts = ", ".join(sorted(str(state or "new") for state in part.starts))
        last = ", with the last thing" if part.when == When.LAST else ""
        return f"{starts} → {' or '.join(part.ends) or 'the same'}{last}"

    return table("verb", "the request", "the supply", "the loan", "undone by")(
        (
            code(verb),
            *(moves(part) for part in (row.wish, row.supply, row.loan)),
            code(row.undone_by) if row.undone_by else "",
        )
        for verb, row in ROWS.items()
    )


def clock_tables() -> str:
    from postroad.ill.lifecycle import LOAN_CLOCKS, OUTSIDE_CLOCK, SUPPLY_CLOCKS, WISH_CLOCKS
    from postroad.ill.lifecycle.questions import QUESTIONS
    from postroad.words.ill import OWNERS

    rows = table("state", "whose turn", "how long", "what rings")

    def told(name: str, clock: object) -> tuple[object, ...]:
        assert isinstance(clock, type(OUTSIDE_CLOCK))
        return name, OWNERS[clock.owner], limit(clock.unit, clock.limit), code(clock.rings)

    return "\n\n".join(
        (
            "Of the request:",
            rows(told(code(state), clock) for state, clock in WISH_CLOCKS.items()),
            "Of the supply:",
            rows(told(code(state), clock) for state, clock in SUPPLY_CLOCKS.items()),
            "Of a supply by an outside lender:",
            rows([told("`asked`, `promised`", OUTSIDE_CLOCK)]),
            "Of the loan:",
            rows(told(code(state), clock) for state, clock in LOAN_CLOCKS.items()),
            "Of a question:",
            table("kind", "who answers", "how long", "what rings", "it stops", "it ends with")(
                (
                    *told(code(kind), each.clock),
                    ", ".join(map(code, sorted(each.blocks))),
                    ", ".join(map(code, sorted(each.ended_by))),
                )
                for kind, each in QUESTIONS.items()
            ),
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
        "day": f"until the day that was named (`{name}`)",
        "date": "to the end of the due day",
    }[unit]


def agreement() -> str:
    from postroad.ill.lifecycle import (
        HOLDER,
        ON_LOAN,
        WAITING,
        Holder,
        LoanState,
        State,
        SupplyState,
        wish_of,
    )

    def hand(state: State) -> str:
        supplies = {State.REFERRED: sorted(WAITING)}
        open_ones = supplies.get(state, [SupplyState.SUPPLYING] if state in ON_LOAN else [])
        return " or ".join(code(each) for each in open_ones) or "none"

    return table("the request is", "its wish is", "its supply in hand is", "the thing is with the")(
        (
            code(state),
            code(wish_of(state)),
            hand(state),
            (HOLDER[LoanState(state)] if state in ON_LOAN else Holder.LENDER).value,
        )
        for state in State
    )


# The words


def worded(words: Mapping[str, object]) -> str:
    return table("code", "words")((code(key), said) for key, said in words.items())


def words_of(name: str, room: str = "ill") -> Callable[[], str]:
    def made() -> str:
        return worded(getattr(import_module(f"postroad.words.{room}"), name))

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
    for name in PolicyForm.Meta.fields:  # others stand in rows of their own
        if name not in form.fields:  # only where the library's network has rules
            continue
        field = form.fields[name]
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
        also = DJANGOS if name == "migrate" else frozenset()
        ours = [option(action) for action in actions if action.dest not in NOT_OURS | also]
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
# Of the command that is Django's but for a refusal; its own help tells them.
DJANGOS = frozenset(
    ("app_label", "migration_name", "interactive", "database", "fake", "fake_initial")
) | {"plan", "run_syncdb", "check_unapplied", "prune"}

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
    "wish-diagram": diagram("wish"),
    "supply-diagram": diagram("supply"),
    "loan-diagram": diagram("loan"),
    "verbs": verbs,
    "clocks": clock_tables,
    "agreement": agreement,
    "states": words_of("STATES"),
    "supply-states": words_of("SUPPLY_STATES"),
    "loan-states": words_of("LOAN_STATES"),
    "outcomes": words_of("OUTCOMES"),
    "endings": words_of("ENDINGS"),
    "reasons": words_of("REASONS"),
    "concerns": words_of("CONCERNS", "intake"),
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
