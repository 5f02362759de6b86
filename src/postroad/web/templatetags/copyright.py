"""The copyright warning, whose words are those of the copy itself."""

from dataclasses import dataclass

from django import template

from postroad.documents import notice

register = template.Library()


@dataclass(frozen=True, slots=True)
class Notice:
    """37 CFR 201.14."""

    heading: str
    paragraphs: tuple[str, ...]


@register.simple_tag
def copyright_words() -> Notice:
    return Notice(f"{notice.HEADING.title()}: {notice.SUBJECT.title()}", notice.PARAGRAPHS)
