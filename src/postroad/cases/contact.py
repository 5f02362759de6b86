"""Who answers for which topic, who is away, and who covers (R16): the rows that `cover` reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from postroad.accounts.models import User
from postroad.cases import access, cover
from postroad.cases.lifecycle import Side
from postroad.cases.models import Absence, Duty, Teammate, Thread, Topic


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the team on a day: her contact, her topics, why she is not there."""

    teammate: Teammate
    topics: tuple[Topic, ...]
    away: Absence | None


@dataclass(frozen=True, slots=True)
class Team:
    """All of it on a day, read at once."""

    day: date
    teammates: Mapping[int, Teammate]
    duties: tuple[Duty, ...]
    absences: tuple[Absence, ...]
    topics: tuple[Topic, ...]

    def in_charge(self, topic: Topic) -> Teammate | None:
        """Whose topic it is, there or not."""
        own = [cover.Duty(d.teammate_id, d.since) for d in self.duties if d.topic_id == topic.pk]
        found = cover.in_charge(own, self.day)
        return self.teammates.get(found) if found is not None else None

    def answers(self, topic: Topic) -> Teammate | None:
        """Who is there for it: she, or who covers."""
        whose = self.in_charge(topic)
        found = cover.there(self._away(), whose.pk, self.day) if whose else None
        return self.teammates.get(found) if found is not None else None

    def away(self, teammate: Teammate) -> Absence | None:
        own = [each for each in self.absences if each.teammate_id == teammate.pk]
        known = [cover.Away(e.pk, e.first_day, e.last_day) for e in own]
        holding = [each for each in known if each.holds(self.day)]
        longest = max(holding, key=lambda each: each.last, default=None)
        return next((each for each in own if longest and each.pk == longest.person), None)

    def people(self) -> list[Person]:
        found = []
        for each in self.teammates.values():
            topics = [topic for topic in self.topics if self.in_charge(topic) == each]
            found.append(Person(each, tuple(topics), self.away(each)))
        return found

    def _away(self) -> list[cover.Away]:
        return [
            cover.Away(each.teammate_id, each.first_day, each.last_day, each.cover_id)
            for each in self.absences
        ]


def team(day: date) -> Team:
    """In four statements."""
    mates = Teammate.objects.select_related("contact", "user").order_by("contact__name", "pk")
    return Team(
        day,
        {each.pk: each for each in mates},
        tuple(Duty.objects.filter(since__lte=day)),
        tuple(
            Absence.objects.filter(last_day__gte=day)
            .select_related("cover__contact")
            .order_by("first_day", "pk")
        ),
        tuple(Topic.objects.filter(removed_at=None)),
    )


def assignee(topic: Topic, day: date) -> User | None:
    """The account of who is there for a topic, if it may read what is sent to its office."""
    there = team(day).answers(topic)
    user = there.user if there else None
    office = Thread(between="visitor-office", office=topic.office)
    if user is None or Side.ANSWERER not in access.sides(access.seat(user), office):
        return None
    return user
