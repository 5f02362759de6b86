"""What pages and boxes are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from postroad import form_errors
from postroad.guides import live
from postroad.guides.forms import values_are_known, whole

WORDS = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]
CHECKS = (whole, values_are_known)


class Card(blocks.StructBlock):  # type: ignore[misc]  # Wagtail has no types
    """A way to go: what it is, a sentence, and the page to which it leads."""

    title = blocks.CharBlock(max_length=80)
    text = blocks.TextBlock(max_length=300, rows=2)
    page = blocks.PageChooserBlock(required=False, help_text=_("A page of ours, or"))
    address = blocks.CharBlock(
        required=False,
        max_length=300,
        help_text=_("an address: /search for a page of this site, https://... for another site."),
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        address = cleaned.get("address") or ""
        if address and not is_address(address):
            said = ValidationError(_("Begin it with / or with https:// and leave out spaces."))
            raise StructBlockValidationError({"address": said})
        return cleaned


def is_address(text: str) -> bool:
    """Whether it leads to a page, here or elsewhere, and does nothing else."""
    ours = text.startswith("/") and not text.startswith("//")
    return (ours or text.startswith(("https://", "http://"))) and not any(
        sign.isspace() or sign in "\\<>\"'" for sign in text
    )


class Picture(blocks.StructBlock):  # type: ignore[misc]
    """A picture of the library of pictures; it cannot be shown without alternative text."""

    image = ImageBlock()
    caption = blocks.CharBlock(required=False, max_length=200)


class LiveChoice(blocks.ChoiceBlock):  # type: ignore[misc]
    """The name of a live box. Only a form looks through all that are on offer."""

    def to_python(self, value: Any) -> Any:
        return value

    def normalize(self, value: Any) -> Any:
        return value


class Plain(blocks.StreamBlock):  # type: ignore[misc]
    """What may stand anywhere, also in a box that many pages share."""

    text = blocks.RichTextBlock(
        features=WORDS,
        template="guides/_text.html",
        help_text=_(
            "Numbers of days that may change are not typed: write [[courier-late]] or another "
            "name from the list of thresholds, and readers see the number that holds."
        ),
    )
    note = blocks.RichTextBlock(
        features=["bold", "italic", "link"],
        template="guides/_note.html",
        help_text=_("One thing that readers must not miss, in a sentence or two."),
    )
    picture = Picture(template="guides/_picture.html", icon="image")
    cards = blocks.ListBlock(
        Card(),
        template="guides/_cards.html",
        icon="list-ul",
        min_num=1,
        max_num=12,
        help_text=_("Ways to go, side by side: a title, a sentence and a link each."),
    )
    live = LiveChoice(
        choices=live.choices,
        template="guides/_live.html",
        icon="time",
        label=_("Live box"),
        search_index=False,
        help_text=_("What readers see here is looked up while they read."),
    )

    def clean(self, value: Any) -> Any:
        """Mistakes are said in our words; a draft may still be empty."""
        if self.required and not self.is_deferred_validation and not value:
            empty = ValidationError(_("There is nothing here yet. Add some text first."))
            raise StreamBlockValidationError(non_block_errors=[empty])
        for block in fields_of(self):
            form_errors.speak(block.field)
            if isinstance(block, blocks.RichTextBlock):
                block.field.validators += [
                    each for each in CHECKS if each not in block.field.validators
                ]
        return super().clean(value)


class Body(Plain):
    """What a page is made of."""

    box = SnippetChooserBlock(
        "guides.Box",
        template="guides/_box.html",
        icon="clipboard-list",
        label=_("Shared box"),
        help_text=_("Written once, shown on many pages, changed in one place."),
    )
    answers = SnippetChooserBlock(
        "guides.Topic",
        template="guides/_answers_on.html",
        icon="help",
        label=_("Answers on a topic"),
    )


def fields_of(block: Any) -> Iterator[Any]:
    """The fields of a block and of all that it is made of."""
    if hasattr(block, "field"):
        yield block
    for child in getattr(block, "child_blocks", {}).values():
        yield from fields_of(child)
    if hasattr(block, "child_block"):
        yield from fields_of(block.child_block)
