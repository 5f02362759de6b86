"""What every test may ask for, besides pytest-django's own fixtures.

- `cast`: everybody in tests/cast.py, saved.
- `shared`: the folder of shared data; the test skips with a reason where there is none.
- `site`: the address of a running Postroad that uses this test's database.
- `page`, `phone`: pages of a real browser, 1280 and 360 pixels wide, there: `page.goto("/")`.
- `browse(width=…, dark=…, scripts=…)`: makes any other page.

`tests/browser.py` has `assert_accessible(page)` and `weight(page, address)`; numbers of queries are
pinned by pytest-django's `django_assert_num_queries`. Tests that ask for `site`, `page`, `phone` or
`browse` are marked `browser` by themselves.
"""

import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import DataError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField
from django.test import SimpleTestCase
from hypothesis import HealthCheck
from hypothesis import settings as of_examples
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from postroad import gc_tuning
from postroad.worker import empty
from tests import keeping, lots
from tests.cast import Cast, gather

HERE = Path(__file__).parent
ROOT = HERE.parent
# Rows and rules: what stands in these is asked of one database in each run, of PostgreSQL where the
# lot falls, once in three; at night of both. What is marked `both` always is, in whatever folder.
RULES = {
    "accounts",
    "cases",
    "catalogue",
    "delivery",
    "directory",
    "ill",
    "notices",
    "reports",
    "worker",
}
# No rule fails because the machine has more to do.
of_examples.register_profile(
    "patient", deadline=None, derandomize=False, suppress_health_check=[HealthCheck.too_slow]
)
of_examples.register_profile("by day", of_examples.get_profile("patient"), max_examples=30)
of_examples.load_profile("patient" if lots.NIGHT else "by day")
SHARED = Path(os.environ.get("POSTROAD_SHARED", ROOT.parent / "shared")).resolve()


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """A sign-in that failed in one test must not slow the next, nor may its thresholds hold."""
    for each in settings.CACHES:
        caches[each].clear()
    caches["process"].set("situations", [])  # as a process that has looked: none holds


@pytest.fixture(scope="session", autouse=True)
def _columns_have_their_length() -> Iterator[None]:
    """SQLite keeps what is longer than its column; PostgreSQL refuses it, and so do all tests."""

    def to_save(
        field: CharField[str, str], value: object, connection: BaseDatabaseWrapper
    ) -> object:
        if isinstance(value, str) and field.max_length and len(value) > field.max_length:
            raise DataError(f"{field}: longer than {field.max_length}: {value!r}")
        return kept(field, value, connection)

    kept = CharField.get_db_prep_save
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CharField, "get_db_prep_save", to_save)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """On SQLite, start as a first start does: with the empty database, not with all migrations."""
    if connection.vendor == "sqlite":
        target = Path(connection.settings_dict["TEST"]["NAME"])
        target.write_bytes(gzip.decompress(empty.PACKED.read_bytes()))


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The file that was just laid is not to be deleted first; it goes with its folder."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[keeping.OnSqlite | keeping.OnPostgresql]:
    """What the migrations put into the tables is there in every test."""
    with django_db_blocker.unblock(), keeping.kept() as state:
        yield state


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody in tests/cast.py, saved."""
    return gather()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data that stands beside the clone."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"no shared data at {SHARED}: set POSTROAD_SHARED")
    return SHARED


@pytest.fixture(scope="session")
def _browser(django_db_setup: None) -> Iterator[Browser]:
    from tests import browser

    with browser.running() as chromium:
        yield chromium


@pytest.fixture
def site(transactional_db: None, live_server: LiveServer) -> str:
    """The address of a running Postroad, on this test's database."""
    return live_server.url


@pytest.fixture
def browse(_browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody would: `browse(width=360, dark=True, scripts=False)`."""
    contexts = []

    def open_page(*, width: int = 1280, dark: bool = False, scripts: bool = True) -> Page:
        context = _browser.new_context(
            base_url=site,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            locale="en-US",
            timezone_id="America/New_York",
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(browse: Callable[..., Page]) -> Page:
    return browse()


@pytest.fixture
def phone(browse: Callable[..., Page]) -> Page:
    return browse(width=360)


def pytest_sessionstart() -> None:
    """Thousands of tests make much and keep little: to look for cycles seldom saves a tenth."""
    from tests import network  # it knows the worker, and so needs the settings

    gc_tuning.settle()
    network.guard()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if {"site", "browse"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
        if item.get_closest_marker("postgres") or (in_rules(item) and writes_for_good(item)):
            item.add_marker("both")
        if is_a_rule(item) and lots.drawn(item.nodeid, 3):
            item.add_marker("drawn")
    ours: dict[bool, list[pytest.Item]] = {True: [], False: []}
    for item in items:
        ours[belongs(item)].append(item)
    if ours[False]:
        config.hook.pytest_deselected(items=ours[False])
    turns: dict[int, list[pytest.Item]] = {0: [], 1: [], 2: [], 3: []}
    for item in ours[True]:
        turns[turn(item)].append(item)
    items[:] = [*turns[0], *spread(turns[1], turns[2]), *turns[3]]


def is_a_rule(item: pytest.Item) -> bool:
    """Whether it is the same to this test which of the two databases it is asked of."""
    told = any(item.get_closest_marker(mark) for mark in ("both", "once", "postgres", "browser"))
    mine = in_rules(item) or item.get_closest_marker("rule")
    return not told and bool(mine) and asks_a_database(item)


def in_rules(item: pytest.Item) -> bool:
    return item.path.is_relative_to(HERE) and item.path.relative_to(HERE).parts[0] in RULES


def writes_for_good(item: pytest.Item) -> bool:
    """As two at once do, and whoever is killed: there the two databases differ most."""
    mark = item.get_closest_marker("django_db")
    asked = "transactional_db" in getattr(item, "fixturenames", ())
    return asked or bool(mark and mark.kwargs.get("transaction"))


def turn(item: pytest.Item) -> int:
    """When it is run: what takes long before what does not, what asks no database at the end."""
    if item.get_closest_marker("first"):
        return 0
    if item.get_closest_marker("browser"):
        return 1
    return 2 if asks_a_database(item) else 3


def spread(few: list[pytest.Item], many: list[pytest.Item]) -> list[pytest.Item]:
    """The few evenly among the many: while one process waits for a browser, others have work."""
    together = [*few, *many]
    place = {
        item: (number + 0.5) / len(kind) for kind in (few, many) for number, item in enumerate(kind)
    }
    return sorted(together, key=place.__getitem__)


def belongs(item: pytest.Item) -> bool:
    """Whether a test has something to say here: some are about PostgreSQL alone, some about none.

    Where nothing may be skipped, what needs the shared data is left out if there is none.
    """
    if item.get_closest_marker("postgres"):
        return connection.vendor == "postgresql"
    if item.get_closest_marker("once") or not asks_a_database(item):
        return connection.vendor == "sqlite"
    if os.environ.get("POSTROAD_NO_SKIPS") and "shared" in getattr(item, "fixturenames", ()):
        return (SHARED / "data").is_dir()
    return True


def asks_a_database(item: pytest.Item) -> bool:
    """Only such a test can end otherwise on another; the rest pytest-django lets have none."""
    fixtures = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    of_django = issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
    return bool(fixtures or of_django or item.get_closest_marker("django_db"))
