"""Live boxes: a page holds the name of one, and those who know its figures are above us.

They offer their names through Wagtail's hook `live_boxes`: a function that returns choices of a
form, in groups. What stands behind a name is looked up when the page is shown.
"""

from collections.abc import Iterable, Sequence

from wagtail import hooks

HOOK = "live_boxes"
Choices = Sequence[tuple[object, object]]


def choices() -> list[tuple[object, object]]:
    """All that is on offer just now."""
    offered: Iterable[Choices] = (offer() for offer in hooks.get_hooks(HOOK))
    return [choice for each in offered for choice in each]
