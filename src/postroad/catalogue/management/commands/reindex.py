"""postroad reindex"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from postroad.catalogue import search


class Command(BaseCommand):
    help = "Make the search index anew. Until it is done, the old one answers."

    def handle(self, **_: Any) -> None:
        started = time.monotonic()
        try:
            count = search.rebuild()
        except (search.IndexBusy, search.IndexTrouble) as why:
            raise CommandError(f"The index was not made: {why.facts}. The old one stays.") from why
        self.stdout.write(f"{count:,} records indexed in {time.monotonic() - started:.1f} s")
