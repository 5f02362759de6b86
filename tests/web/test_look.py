"""The look: weight, contrast, no inline styles, a word for each sign, a table for each chart."""

import gzip
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import get_template
from django.test import Client, RequestFactory
from playwright.sync_api import Page

from postroad.accounts.models import Role
from postroad.ill.milestones import Place
from postroad.web import context
from postroad.web.shared import troubles
from postroad.web.shared.charts import Bar, Bars, Line
from postroad.web.shared.pieces import Stone
from postroad.web.shared.signs import SIGNS
from tests import barcodes, lots
from tests.browser import assert_accessible, weight

WEB = Path(context.__file__).parent
STYLES = WEB / "static" / "postroad.css"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
MONDAY = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # noon in Boston

TEXT = ("ink", "quiet", "spruce", "spruce-deep", "brick", "ochre", "sky")
GROUNDS = ("paper", "card", "wash")
TONES = ("spruce", "brick", "ochre", "sky")
PAIRS = [
    *((text, ground) for text in TEXT for ground in GROUNDS),
    *(("on", tone) for tone in (*TONES, "spruce-deep")),
    *((tone, f"{tone}-wash") for tone in TONES),
    *(("ink", f"{tone}-wash") for tone in TONES),
    *(("paper", tone) for tone in ("ink",)),
]
EDGES = [("edge", ground) for ground in GROUNDS]  # of fields and stones: 3 to 1 is asked of these


def render(text: str, **facts: object) -> str:
    return Template("{% load postroad %}" + text).render(Context(facts))


def tokens(scheme: str) -> dict[str, str]:
    """The colours of a scheme; the dark one says only what differs."""
    blocks = re.findall(r":root \{(.*?)\}", STYLES.read_text(), re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6});", block)) for block in blocks[:2])
    return light if scheme == "light" else light | dark


def luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(scheme: str, text: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[text], colours[ground]) >= 5.4


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_the_edge_of_a_field_can_be_seen(scheme: str, edge: str, ground: str) -> None:
    colours = tokens(scheme)
    assert contrast(colours[edge], colours[ground]) >= 3.0


def test_the_dark_scheme_changes_every_colour() -> None:
    light, dark = tokens("light"), tokens("dark")
    assert [name for name in light if light[name] == dark[name]] == []


def test_the_stylesheet_is_light_and_knows_each_colour_it_uses() -> None:
    text = STYLES.read_text()
    assert len(gzip.compress(text.encode())) < 20_000
    declared = set(re.findall(r"(--[\w-]+):", text))
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= declared


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
def test_no_template_has_a_style_or_script_of_its_own(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:", text, re.I)
    # JSON-LD is read by search engines and run by nobody, so the content policy lets it be.
    runs = r'<script(?! type="application/ld\+json">)(?![^>]*\ssrc=)'
    assert re.findall(runs, text, re.I) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
def test_every_template_can_be_read(path: Path) -> None:
    get_template(str(path.relative_to(WEB / "templates")))


def without_comments(path: Path) -> str:
    return re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", path.read_text(), flags=re.DOTALL)


def test_a_line_of_a_template_is_long_only_where_it_cannot_be_broken() -> None:
    # A tag, an attribute, or a sentence with its facts, to which what follows may adhere.
    sentence = (
        r">?\{% blocktranslate[^%]*%\}.*\{% endblocktranslate %\}(</\w+>|\{% [^%]* %\}|[.,:;])*"
    )
    one_piece = re.compile(rf"\s*(\{{%[^%]*%\}}|{sentence}|[\w-]+=\".*\")")
    broken = [
        f"{path.relative_to(WEB)}: {line.strip()}"
        for path in TEMPLATES
        for line in path.read_text().splitlines()
        if len(line) > 120 and not one_piece.fullmatch(line)
    ]
    assert broken == []


def test_no_template_shows_a_space_before_a_comma() -> None:
    """djangofmt breaks a line between two tags that stand side by side in a block of HTML."""
    steers = r"\{% (?:if|elif|else|endif|for|empty|endfor|with|endwith)\b[^%]*%\}\s*"
    torn = re.compile(rf"\s(?:{steers})*[,.;:!?)](?=[\s<{{])")
    assert {
        str(path.relative_to(WEB)): found.group()
        for path in TEMPLATES
        for found in torn.finditer(without_comments(path))
    } == {}


def test_what_people_wrote_begins_where_its_place_begins() -> None:
    """There each space and each line break is shown, so that none may come from the template."""
    texts = "".join(path.read_text() for path in TEMPLATES)
    begun = re.findall(r"<(?:pre|textarea|p class=\"words\")[^>]*>(\s*)", texts)
    assert set(begun) == {""}


@pytest.mark.parametrize("name", SIGNS)
def test_every_sign_has_a_word_and_is_hidden_from_the_ear(name: str) -> None:
    assert str(SIGNS[name].word)
    drawn = render("{% sign name %}", name=name)
    assert 'aria-hidden="true"' in drawn
    assert SIGNS[name].lines in drawn


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_sentence_ends_with_two_periods(path: Path) -> None:
    """A moment ends with "a.m." or "p.m.", so no period may follow it."""
    for given, text in re.findall(
        r"\{% blocktranslate ([^%]*)%\}(.*?)\{% endblocktranslate %\}", path.read_text(), re.DOTALL
    ):
        for name in re.findall(r"(\w+)=[\w.]+\|moment\b", given):
            assert f"{{{{ {name} }}}}." not in text


def test_templates_name_only_signs_that_there_are() -> None:
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r'{% sign "([^"]+)"|\bsign="([^"]+)"', path.read_text())
        for name in name
        if name
    }
    assert named <= set(SIGNS)


@pytest.mark.parametrize(
    ("value", "day", "ago"),
    [
        (date(2026, 12, 3), "Thursday 3 December", "in 10 days"),
        (date(2026, 11, 24), "Tuesday 24 November", "tomorrow"),
        (datetime(2026, 11, 24, 3, 0, tzinfo=UTC), "Monday 23 November", "today"),
        (date(2026, 11, 22), "Sunday 22 November", "yesterday"),
        (date(2025, 12, 31), "Wednesday 31 December 2025", "327 days ago"),
        (None, "", ""),
    ],
)
@time_machine.travel(MONDAY, tick=False)
def test_a_day_is_said_where_the_reader_is(value: date | None, day: str, ago: str) -> None:
    assert render("{{ value|day }}|{{ value|ago }}", value=value) == f"{day}|{ago}"


def test_a_number_is_grouped_for_the_eye_and_stays_one_number() -> None:
    shown = render("{{ number|group_by_four }}", number="8K3M2Q7TX")
    assert re.findall(r"<span>(\w+)</span>", shown) == ["8K3M", "2Q7T", "X"]
    assert re.sub(r"<[^>]+>", "", shown) == "8K3M2Q7TX"


def test_a_hostile_number_stays_text() -> None:
    assert "<script" not in render("{{ number|group_by_four }}", number="<script>alert(1)</script>")


@time_machine.travel(MONDAY, tick=False)
def test_mileposts_say_what_is_done_where_it_is_and_what_is_expected() -> None:
    shown = render(
        "{% mileposts stones %}",
        stones=[
            Stone("Shipped", Place.PASSED, date(2026, 11, 20)),
            Stone("On its way", Place.HERE, date(2026, 11, 21), "With the driver.", late=True),
            Stone("Ready", Place.AHEAD, date(2026, 12, 3)),
        ],
    )
    assert shown.count("<li") == 3
    assert shown.count('aria-current="step"') == 1
    assert "Thu 3\N{NO-BREAK SPACE}Dec" in shown  # breaks after the weekday, if it must
    shown = shown.replace("\N{NO-BREAK SPACE}", " ")
    assert "late, was expected Sat 21 Nov" in shown
    assert "expected Thu 3 Dec" in shown


def test_bars_stand_in_their_table_and_none_is_lost() -> None:
    bars = Bars("Lent", "Library", "loans", [Bar("Lee", 1000), Bar("Otis", 1), Bar("Becket", 0)])
    assert [width for _bar, width in bars.rows] == ["100.0%", "1.0%", "0%"]
    shown = render("{% chart bars %}", bars=bars)
    assert "<table" in shown
    assert shown.count('<th scope="row">') == 3


def test_bars_bear_having_nothing_to_show() -> None:
    assert Bars("Lent", "Library", "loans", []).rows == []
    assert Bars("Lent", "Library", "loans", [Bar("Lee", 0)]).rows[0][1] == "0%"


@time_machine.travel(MONDAY, tick=False)
def test_a_line_has_its_table_beside_it() -> None:
    start = date(2026, 11, 2)
    line = Line("Moved", "parcels", [(start + timedelta(days=n), n * 10.0) for n in range(3)])
    assert line.path == "0,160 300,83 600,6"
    shown = render("{% chart line %}", line=line)
    assert "<table" in shown
    assert re.findall(r'<td class="figure">(\d+)</td>', shown) == ["0", "10", "20"]


def test_a_line_bears_one_day_or_none() -> None:
    assert Line("Moved", "parcels", []).path == ""
    assert Line("Moved", "parcels", [(date(2026, 11, 2), 0)]).path == "0,160"


def test_the_pager_keeps_the_rest_of_the_address() -> None:
    request = RequestFactory().get("/search?q=tide&page=2")
    page = Paginator(range(1000), 10).page(2)
    shown = Template("{% load postroad %}{% pager page %}").render(
        Context({"request": request, "page": page})
    )
    assert 'href="?q=tide&amp;page=3"' in shown
    assert "11 to 20 of 1,000" in shown


@pytest.mark.parametrize("name", ["403", "403_csrf"])
def test_bad_days_have_a_page_that_needs_nothing(name: str) -> None:
    page = get_template(f"{name}.html").render()
    assert "postroad.css" in page
    assert page.count("<h1>") == 1
    assert re.search(r"not(hing)? (was|is)|no data|nothing", page, re.I)  # that nothing was lost


@pytest.mark.parametrize("trouble", troubles.ALL, ids=lambda each: str(each.title))
def test_a_trouble_has_a_page_that_needs_nothing(
    rf: RequestFactory, trouble: troubles.Trouble
) -> None:
    answer = troubles.page(rf.get("/"), trouble)
    page = answer.content.decode()
    assert answer.status_code == trouble.status
    assert "postroad.css" in page
    assert page.count("<h1>") == 1
    assert ("Retry-After" in answer) == (trouble.status == 503)


@pytest.mark.parametrize("sent", [{"note": "x" * 3_000_000}, {str(n): "" for n in range(1_500)}])
@pytest.mark.django_db
def test_too_much_at_once_is_told_from_what_cannot_be_read(sent: dict[str, str]) -> None:
    client = Client(raise_request_exception=False)
    answer = client.post("/accounts/login/", sent)
    assert answer.status_code == 413
    assert "That was too much at once" in answer.content.decode()
    assert client.get("/", headers={"host": "nobody.example"}).status_code == 400


@pytest.mark.parametrize(
    ("path", "held", "audience"),
    [
        ("/staff/lending/", {Role.LENDING}, "staff"),
        ("/search", {Role.LENDING, Role.PATRON}, "staff"),
        ("/search", {Role.PATRON}, "patron"),
        ("/search", set(), "public"),
        ("/patron/requests/", {Role.LENDING, Role.PATRON}, "patron"),
        ("/courier/route/", {Role.DRIVER}, "courier"),
        ("/", {Role.CENTRE}, "office"),
        ("/staff/requests/ABCD1234/", {Role.CENTRE}, "office"),
    ],
)
def test_the_navigation_is_for_who_reads(path: str, held: set[Role], audience: str) -> None:
    assert context.audience(path, frozenset(held)) == audience


@pytest.mark.parametrize(
    ("path", "held", "audience", "marked"),
    [
        ("/libraries/lee", set(), "public", ["libraries"]),
        ("/record/7", set(), "public", ["search"]),
        ("/patron/ask/7/", {Role.PATRON}, "patron", ["search"]),
        ("/staff/", {Role.LENDING}, "staff", ["staff"]),
        ("/staff/requests/ABCD1234/", {Role.BORROWING}, "staff", ["staff-borrowing"]),
        ("/staff/requests/ABCD1234/", {Role.LENDING}, "staff", ["staff-lending"]),
        ("/news/", set(), "public", ["guides"]),
        ("/about/", set(), "public", []),
    ],
)
def test_the_nearest_way_is_marked_and_others_are_not(
    path: str, held: set[Role], audience: str, marked: list[str]
) -> None:
    posts = context.signposts(path, audience, frozenset(held))
    assert [post.name for post in posts if post.here] == marked


@pytest.mark.parametrize(
    ("path", "held", "row", "under", "here"),
    [
        (
            "/office/situations/7/change/",
            {Role.CENTRE},
            "ILL center, Cases, Open and closed, Notices to staff, Records, Catalog, Libraries",
            "Closures, Situations, Status",
            ["Open and closed", "Situations"],
        ),
        (
            "/office/thresholds/desk/",
            {Role.OPERATOR},
            "Status, Records, Operations, Catalog, Libraries",
            "Library records, Networks, People, Thresholds, Agreements",
            ["Records", "Thresholds"],
        ),
        (
            "/office/delivery/",
            {Role.DELIVERY},
            "Delivery, Cases, Open and closed, Notices to staff, Catalog, Libraries",
            "",
            ["Delivery"],
        ),
        (
            "/office/status/",
            {Role.OPERATOR},
            "Status, Records, Operations, Catalog, Libraries",
            "",
            ["Status"],
        ),
    ],
)
def test_what_belongs_together_is_one_way_with_a_second_row(
    path: str, held: set[Role], row: str, under: str, here: list[str], settings: SimpleNamespace
) -> None:
    settings.DEMO = False
    posts = context.signposts(path, "office", frozenset(held))
    assert ", ".join(str(post.label) for post in posts) == row
    below = [each for post in posts if post.here for each in post.under]
    assert ", ".join(str(post.label) for post in below) == under
    assert [str(post.label) for post in [*posts, *below] if post.here] == here


@pytest.mark.parametrize("roles", [[role] for role in Role] + [list(Role)])
def test_no_reader_has_more_ways_than_fit_into_the_row(
    roles: list[Role], settings: SimpleNamespace
) -> None:
    settings.DEMO = True
    for audience in context.WAYS:
        posts = context.signposts("/", audience, frozenset(roles))
        assert len(posts) <= (12 if len(roles) > 1 else 8), audience


def test_every_way_of_the_navigation_leads_somewhere() -> None:
    above = {way for ways in context.WAYS.values() for way in ways}
    ways = above | {way for each in above for way in each.under}
    assert [way.name for way in ways if not context.address_of(way)] == []


WINDOWS = [(width, dark) for width in (1280, 700, 320) for dark in (False, True)]


@pytest.mark.parametrize(("width", "dark"), lots.some(WINDOWS, 3, apart="windows"))
def test_every_piece_is_accessible(
    browse: Callable[..., Page], settings: SimpleNamespace, width: int, dark: bool
) -> None:
    settings.DEMO = True
    page = browse(width=width, dark=dark)
    page.goto("/patterns")
    assert_accessible(page, always=True)


def test_a_piece_of_every_kind_weighs_less_than_a_page_may(
    page: Page, settings: SimpleNamespace
) -> None:
    settings.DEMO = True
    assert weight(page, "/patterns") < 60_000


def test_a_scanner_reads_the_barcode_from_the_screen(
    page: Page, settings: SimpleNamespace, tmp_path: Path
) -> None:
    settings.DEMO = True
    page.goto("/patterns")
    picture = tmp_path / "barcode.png"
    page.locator(".slip .barcode").screenshot(path=picture)
    assert barcodes.read(picture) == ["P4F7K2M9Q8TX"]


def test_the_patterns_are_not_for_the_public(client, settings):
    settings.DEMO = settings.DEBUG = False
    assert client.get("/patterns").status_code == 404


def test_every_file_that_a_page_names_is_there():
    named = {
        name
        for page in TEMPLATES
        for name in re.findall(r"""{% static ["']([^"']+)["']""", page.read_text())
    }
    assert named
    assert {name for name in named if finders.find(name) is None} == set()


def test_no_title_of_a_page_has_markup_in_it():
    """A browser shows it as it is written."""
    title = re.compile(r"{% block title %}(.*?){% endblock", re.DOTALL)
    wrong = [
        path.name
        for path in TEMPLATES
        for found in title.findall(path.read_text())
        if "group_by_four" in found or "<" in found
    ]
    assert wrong == []


def test_a_line_names_a_single_one_by_its_own_word():
    line = Line("Items dropped a day", "items", [(date(2026, 11, 23), 1)], "item")
    assert line.unit_of_most == "item"
    assert Line(line.title, "items", [(date(2026, 11, 23), 2)], "item").unit_of_most == "items"
