"""What stands in the template of a notice besides its paragraphs; `layout.py` reads it."""

from django.template import Library

from postroad.notices import layout

register = Library()


@register.simple_tag
def item(words: str) -> str:
    """One line of a list."""
    return f"{layout.ITEM}{words}"


@register.simple_tag
def button(words: str) -> str:
    """The one link of the notice."""
    return f"{layout.BUTTON}{words}"
