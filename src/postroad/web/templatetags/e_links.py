"""How a reader gets into a licensed resource, in words."""

from django import template

from postroad import words
from postroad.words.resources import GETTING_IN

register = template.Library()


@register.filter
def how_one_gets_in(how: str) -> str:
    return words.label(GETTING_IN, how)
