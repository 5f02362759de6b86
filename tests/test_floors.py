"""Arrows that are not imports point down too: rows that refer to rows, and migrations."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field, Model

ROOT = Path(__file__).parent.parent
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()


def floors() -> dict[str, int]:
    """How high each folder stands, as the contract of the imports says."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    return {
        folder.strip(): height
        for height, layer in enumerate(reversed(layers))
        for folder in layer.split("|")
    }


FLOORS = floors()
OURS = [app for app in apps.get_app_configs() if app.name.startswith("postroad.")]


def references() -> Iterator[tuple[type[Model], Field]]:
    """Every field of ours that refers to a row in another folder of ours."""
    for app in OURS:
        for model in app.get_models():
            for field in (*model._meta.local_fields, *model._meta.local_many_to_many):
                other = field.related_model
                if isinstance(other, type) and is_ours(other) and folder(other) != folder(model):
                    yield model, field


def is_ours(model: type[Model]) -> bool:
    return model.__module__.startswith("postroad.")


def folder(model: type[Model]) -> str:
    return model.__module__.split(".")[1]


@pytest.mark.parametrize(
    ("model", "field"), list(references()), ids=lambda each: getattr(each, "__name__", str(each))
)
def test_a_row_refers_only_to_rows_of_lower_floors_and_they_do_not_know(model, field):
    below, here = FLOORS[folder(field.related_model)], FLOORS[folder(model)]
    assert below < here, f"{field} points up or sideways"
    assert field.remote_field.related_name == "+", f"{field} needs related_name='+'"


def test_migrations_wait_only_for_migrations_of_lower_floors():
    graph = MigrationLoader(None).disk_migrations
    labels = {app.label: app.name.split(".")[1] for app in OURS}
    wrong = [
        f"{label}.{name} waits for {other}"
        for (label, name), migration in graph.items()
        for other, _ in migration.dependencies
        if label in labels and other in labels and other != label
        if FLOORS[labels[other]] >= FLOORS[labels[label]]
    ]
    assert wrong == []


TABLE = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE)\s+([a-z]+)_[a-z]+\b")


def statements() -> Iterator[tuple[str, str, str]]:
    """The folder of each statement that is written out, the folder of its table, and the file."""
    for file in (ROOT / "src/postroad").rglob("*.py"):
        here = file.relative_to(ROOT / "src/postroad")
        if len(here.parts) > 1 and "migrations" not in here.parts:
            for label in TABLE.findall(file.read_text()):
                if label in {app.label for app in OURS}:
                    yield here.parts[0], label, str(here)


def test_a_statement_that_is_written_out_asks_only_its_own_tables_and_those_of_lower_floors():
    folders = {app.label: app.name.split(".")[1] for app in OURS}
    found = list(statements())
    assert len(found) > 10
    wrong = {
        f"{file} asks a table of {label}"
        for here, label, file in found
        if folders[label] != here and FLOORS[folders[label]] >= FLOORS[here]
    }
    assert wrong == set()


TABLES = {
    model._meta.db_table: app.name.split(".")[1]
    for app in OURS
    for model in app.get_models(include_auto_created=True)
}
ASKS = re.compile(r"cursor\(|\.raw\(|RawSQL|\b(?:FROM|JOIN|INTO|UPDATE) ")
LISTED = re.compile(r"^\| `([a-z_/]+\.py)` \| ((?:`[a-z]+_[a-z_]+`(?:, )?)+) \|", re.MULTILINE)


def sources() -> Iterator[tuple[str, str]]:
    for file in sorted((ROOT / "src/postroad").rglob("*.py")):
        if "migrations" not in file.parts:
            yield str(file.relative_to(ROOT / "src/postroad")), file.read_text()


def crossing() -> Iterator[tuple[str, set[str]]]:
    """Each file that asks by itself, with the tables of other rooms that it names."""
    for name, text in sources():
        if "/" in name and ASKS.search(text):
            named = set(re.findall(r"\b[a-z]+_[a-z_]+\b", " ".join(strings(text)))) & TABLES.keys()
            if others := {table for table in named if TABLES[table] != name.split("/")[0]}:
                yield name, others


def strings(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_statements_that_name_tables_of_other_rooms_are_listed_with_those_tables():
    chapter = ARCHITECTURE.split("## Statements that cross rooms")[1].split("\n## ")[0]
    listed = {file: set(re.findall(r"`(\w+)`", tables)) for file, tables in LISTED.findall(chapter)}
    assert listed == dict(crossing())
    by_model = {name for name, text in sources() if "_meta.db_table" in text}
    assert by_model == set(re.findall(r"`([a-z_/]+\.py)`", chapter)) - listed.keys()


def test_the_days_of_a_library_are_made_of_closures_in_one_place():
    """A calendar of weekdays alone may be made anywhere; one with closures or spells may not."""
    found = {
        name
        for name, text in sources()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id == "Calendar" and (len(node.args) > 2 or node.keywords)
    }
    assert found == {"directory/opening.py"}


def test_pages_and_programs_may_read_what_was_exchanged_with_peers_and_not_the_other_way_round():
    assert FLOORS["exchange"] < FLOORS["web"] == FLOORS["api"]
    assert FLOORS["exchange"] > max(FLOORS[room] for room in ("ill", "notices", "cases"))


def test_there_are_arrows_to_look_at():
    assert len(list(references())) > 10
