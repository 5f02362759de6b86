"""Every list has one order: rows that tie in all that a reader sees are told apart by their key, so
that none stands on two pages or on none."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

SOURCE = Path(__file__).parent.parent / "src/postroad"
# Keys, and what a constraint makes one, where rows of one library or request are meant.
DECIDE = frozenset({"pk", "key", "path", "username", "attempt"})
# Orders of what was grouped or is without double, and those that are put together elsewhere.
ELSEWHERE = frozenset(
    {
        'order_by("location")',
        'order_by("record_id", "library_id")',
        'order_by("-last", "-record_id")',
        'order_by("value")',
        'order_by("name")',
        'order_by("due_at")',
        "order_by(*order)",
        "order_by(*queue.order)",
        "order_by(*lists.order_of(shown.query))",
    }
)


def orders() -> Iterator[tuple[str, str, str]]:
    """Where rows are put in an order, by what, and by what last."""
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text()
        if "migrations" in path.parts or "order_by" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "order_by":
                said = ", ".join(ast.unparse(each) for each in node.args).replace("'", '"')
                if node.args:
                    last = ast.unparse(node.args[-1]).strip("'").lstrip("-")
                    yield f"{path.relative_to(SOURCE)}:{node.lineno}", f"order_by({said})", last


def test_every_order_of_rows_ends_in_what_tells_them_apart():
    found = list(orders())
    assert len(found) > 150
    open_ends = [
        (place, said)
        for place, said, last in found
        if not {last} & DECIDE and said not in ELSEWHERE
    ]
    assert open_ends == []


def test_no_exception_is_kept_for_nothing():
    assert {said for _place, said, _last in orders()} >= ELSEWHERE


MODELS = [
    model
    for model in apps.get_models()
    if model.__module__.startswith("postroad.") and model._meta.ordering
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_the_order_of_a_table_ends_in_what_tells_rows_apart(model):
    last = str(model._meta.ordering[-1]).lstrip("-")
    unique = {field.name for field in model._meta.fields if field.unique}
    unique |= {constraint.fields[-1] for constraint in model._meta.total_unique_constraints}
    assert last in {"pk", *unique}
