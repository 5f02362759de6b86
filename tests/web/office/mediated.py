"""A request that no member can supply, as the center's pages find it, and how they are pressed."""

import re
from html import unescape
from typing import Any

from django.test import Client

from postroad.directory.models import Policy
from postroad.ill import loans, mediation
from postroad.ill.acts import Act
from postroad.ill.lifecycle import State
from tests.cast import Cast, outside
from tests.ill.story import MONDAY, Story, begin


def unfilled(cast: Cast) -> Story:
    """No member lends it: Lenox, which owns the only copy, does not lend. Two others may."""
    outside("Yale University")
    outside("Athenaeum of Nantucket")
    Policy.objects.filter(library=cast.lenox).update(lends=False)
    story = begin(cast, note="Any edition will do.")
    story.listen()
    assert story.ill.state == State.CENTRE
    return story


def path(story: Story, step: str = "") -> str:
    return f"/office/centre/{story.ill.ref}/" + (f"{step}/" if step else "")


def page(client: Client, address: str) -> str:
    text = re.sub(r"<[^>]+>", " ", client.get(address).content.decode())
    return " ".join(unescape(text).split())


def press(client: Client, story: Story, step: str, **typed: Any) -> Any:
    answer = client.post(path(story, step), typed, follow=True)
    story.look()
    return answer


def said(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def asked_outside(story: Story) -> None:
    mediation.refer_outside(
        story.ill,
        Act(story.cast.centre, MONDAY),
        lender=outside(),
        system="OCLC WorldShare",
        number="201993144",
    )
    story.look()


def sent(story: Story) -> None:
    asked_outside(story)
    mediation.outside_shipped(story.supply, Act(story.cast.centre, MONDAY), barcode="39002")
    story.look()


def homeward(story: Story) -> None:
    sent(story)
    for verb in (loans.receive, loans.check_out, loans.return_item, loans.ship_return):
        verb(story.loan, Act(story.cast.borrower, MONDAY))
        story.look()
