"""`postroad demo`: load the demo consortium, if it is not there."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from postroad.demo import doors, facts, house, network, people, situations
from postroad.demo.story import Story, states
from postroad.directory.models import Library


class Command(BaseCommand):
    help = "Load the demo consortium into an empty database. Where it is already, nothing changes."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--requests", type=int, default=400, help="how many readers ask")
        parser.add_argument("--titles", type=int, help="how many titles there are, not all 20,000")
        parser.add_argument(
            "--seed", type=int, default=1673, help="another number makes another story"
        )

    def handle(
        self, *args: Any, requests: int, titles: int | None, seed: int, **options: Any
    ) -> None:
        if not self.is_there():
            self.load(requests, titles, seed)
        self.greet()

    def is_there(self) -> bool:
        if not Library.objects.exists():
            return False
        if not Library.objects.filter(code=facts.CENTRE, invented=True).exists():
            raise CommandError(
                "This database already has real libraries, so the demonstration was not loaded. "
                "Give it a folder of its own: POSTROAD_HOME=demo ./run demo"
            )
        return True

    def load(self, requests: int, titles: int | None, seed: int) -> None:
        """All or nothing: whoever stops it in the middle starts from an empty house again."""
        self.started = time.monotonic()
        self.stdout.write("Loading the demo consortium; this is done once.")
        now = timezone.now()
        with transaction.atomic():
            house.build(timezone.localdate(now), self.say, titles)
            situations.enter(timezone.localdate(now))
            doors.enter(now)
            self.say(f"three months of {requests} requests")
            Story(seed, now).tell(requests, self.count)
            network.say_what_is_not_as_usual(now)
        self.say("done: " + ", ".join(f"{n} {state}" for state, n in sorted(states().items())))

    def say(self, what: str) -> None:
        self.stdout.write(f"  {time.monotonic() - self.started:5.1f} s  {what}")
        self.stdout.flush()

    def count(self, done: int, wanted: int) -> None:
        if done % 100 == 0 and done < wanted:
            self.say(f"  {done} of {wanted}")

    def greet(self) -> None:
        self.stdout.write(f"\n{settings.CONSORTIUM or 'Postroad'}: a demonstration. Sign in as")
        for name, label in people.sign_ins():
            self.stdout.write(f"  {name:<10} {label}")
        self.stdout.write(f"with the password {people.PASSWORD}, or by the buttons on the page.")
        self.stdout.write(f"As the patron, search for “{house.TRY[0]}” and ask for it.\n")
