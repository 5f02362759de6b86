"""The guides, answers and news that a new consortium starts with; editors make them their own.

Each is a file in `texts/`: title, intro and age, then the blocks of its body. A folder beside a
guide's file, of the same name, holds its tabs.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from postroad.guides import planting
from postroad.guides.models import (
    AnswerPage,
    Answers,
    Box,
    FrontPage,
    GuidePage,
    Guides,
    News,
    NewsPage,
    Topic,
)

LEAD = (
    "Hundreds of libraries in Massachusetts and Rhode Island share their shelves. "
    "Find it here, ask for it, and pick it up at your own library."
)
BLOCK = re.compile(r"^\[(text|note|cards|live|box|answers)(?: ([^\]\n]+))?\]\n", re.MULTILINE)
TEXTS = files("postroad.guides").joinpath("texts")
TOPICS = ("Asking", "Delivery and returns", "For library staff")
REVIEW = timedelta(days=365)  # from the day of a text until it should be read again

Block = tuple[str, Any]


def publish(today: date) -> None:
    """Put the first texts under the front page; those already there stay as they are."""
    for place, name in enumerate(TOPICS):
        Topic.objects.get_or_create(name=name, defaults={"place": place})
    for title, body in boxes():
        if not Box.objects.filter(title=title).exists():
            Box.objects.create(title=title, body=body)
    guides = [GuidePage(**facts) for facts in read("guides", today)]
    add(Guides.objects.get(), guides)
    for guide in GuidePage.objects.filter(slug__in=[each.slug for each in guides], depth=4):
        if TEXTS.joinpath("guides", guide.slug).is_dir():
            add(guide, (GuidePage(**facts) for facts in read(f"guides/{guide.slug}", today)))
    if answers := Answers.objects.first():
        add(answers, (AnswerPage(**facts) for facts in read("answers", today)))
    add(News.objects.get(), (NewsPage(**facts) for facts in read("news", today, day="day")))
    open_the_front_door()


def open_the_front_door() -> None:
    """The text of the front page, unless an editor wrote there before."""
    front = FrontPage.objects.first()
    if front is not None and not front.lead and not front.body:
        front.lead, front.body = LEAD, blocks(TEXTS.joinpath("front.html").read_text("utf-8"))
        front.save()


def add(parent: Any, pages: Iterable[GuidePage | AnswerPage | NewsPage]) -> None:
    there = set(parent.get_children().values_list("slug", flat=True))
    planting.plant(parent, [page for page in pages if page.slug not in there])


def read(folder: str, today: date, day: str = "updated_on") -> list[dict[str, Any]]:
    """The pages in this folder of texts, in the order of their numbers."""
    texts = sorted((each for each in TEXTS.joinpath(folder).iterdir() if each.is_file()), key=str)
    return [page(text, today, day) for text in texts]


def page(text: Traversable, today: date, day: str) -> dict[str, Any]:
    head, rest = divided(text.read_text(encoding="utf-8"))
    facts = dict(line.split(": ", 1) for line in head.strip().splitlines())
    written = today - timedelta(days=int(facts.pop("days ago")))
    made: dict[str, Any] = {
        "slug": text.name.removesuffix(".html").split("-", 1)[1],
        "body": blocks(rest),
        day: written,
        **facts,
    }
    if day == "updated_on":
        made["review_by"] = written + REVIEW
    if "topic" in facts:
        made["topic"] = Topic.objects.get(name=facts["topic"])
    return made


def divided(text: str) -> tuple[str, str]:
    """What stands before the first block, and the blocks."""
    first = BLOCK.search(text)
    return (text[: first.start()], text[first.start() :]) if first else (text, "")


def blocks(text: str) -> list[Block]:
    """[kind name] and what follows it, up to the next."""
    _before, *parts = BLOCK.split(text)
    return list(made(*zip(*[iter(parts)] * 3, strict=True)))


def made(*parts: tuple[str, str | None, str]) -> Iterator[Block]:
    for kind, name, text in parts:
        if kind == "cards":
            yield kind, [card(line) for line in text.strip().splitlines()]
        elif kind == "live":
            yield kind, name
        elif kind == "box":
            yield kind, Box.objects.get(title=name)
        elif kind == "answers":
            yield kind, Topic.objects.get(name=name)
        else:
            yield kind, text.strip()


def card(line: str) -> dict[str, str]:
    """Title | sentence | address"""
    title, text, address = (part.strip() for part in line.split("|"))
    return {"title": title, "text": text, "address": address}


def boxes() -> Iterator[tuple[str, list[Block]]]:
    for text in sorted(TEXTS.joinpath("boxes").iterdir(), key=str):
        head, rest = divided(text.read_text(encoding="utf-8"))
        yield head.strip().removeprefix("title: "), blocks(rest)
