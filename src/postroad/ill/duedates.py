"""What a due day means, and the two days that follow from it: that of the reader, who brings the
thing back to her library, and that on which it is due at its lender.

No Django here: calendars and numbers in, days out. Who lends to whom on which terms is said by
agreements (`directory/agreements.py`), and kept on each attempt as it was on that day (R14).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from postroad.directory.opening import Calendar


@dataclass(frozen=True, slots=True)
class Due:
    """Both days; `home` is None where "due" means back at the borrowing library."""

    back: date
    home: date | None = None

    @property
    def columns(self) -> dict[str, date | None]:
        """As a loan keeps it."""
        return {"due_back": self.back, "due_home": self.home}


@dataclass(frozen=True, slots=True)
class Ends:
    """What is known of the two ends of a loan: when their desks are open, by when it cannot have
    been brought back, and how many days the way home takes."""

    borrower: Calendar
    lender: Calendar
    today: date
    way_home: int


def at_home(day: date, ends: Ends) -> Due:
    """Of a day on which it is due at its lender, which is moved to one on which that is open: its
    reader has so much less as the way home takes, and a closed day gives way to the open one
    before it; what has passed, to the first on which she can bring it."""
    home = open_from(ends.lender, day)
    leaves = ends.borrower.last_open(home - timedelta(days=ends.way_home))
    return Due(open_from(ends.borrower, max(ends.today, leaves)), home)


def open_from(at_work: Calendar, day: date) -> date:
    """The first open day from `day` on; the day itself where nobody knows one."""
    return at_work.next_open(day) or day
