"""Which library a row of a delivery office's spreadsheet means: a timetable, a table of codes."""

from postroad.delivery.timetable_rows import Asked
from postroad.directory.called import named
from postroad.directory.models import Library, Membership

STRANGE = 50  # names of a file that are looked for by a part
FEW = 5  # libraries among which the one that is meant is looked for


class Libraries:
    """Members by code, by name and town, by town alone where it has one; asked once."""

    def __init__(self) -> None:
        members = list(Library.objects.filter(membership=Membership.MEMBER, active=True))
        self.by_code = {each.code.casefold(): each for each in members}
        self.by_name: dict[tuple[str, str], list[Library]] = {}
        self.by_town: dict[str, list[Library]] = {}
        self.strange = 0  # rows whose library is not called that
        for each in members:
            town, name = each.town.casefold(), each.name.casefold()
            for key in ((name, town), (name, "")):
                self.by_name.setdefault(key, []).append(each)
            self.by_town.setdefault(town, []).append(each)

    def asked(self, typed: str) -> list[Library]:
        """By a part of its name, as people find libraries elsewhere; not for a file of others."""
        self.strange += 1
        if self.strange > STRANGE:
            return []
        return [each for each in named(typed, FEW) if each.membership == Membership.MEMBER]

    def meant(self, row: Asked) -> Library | None:
        typed, town = row.library.casefold(), row.town.casefold()
        if typed in self.by_code:
            return self.by_code[typed]
        if typed:
            found = self.by_name.get((typed, town)) or self.by_name.get((typed, "")) or []
            found = found or self.asked(row.library)
            found = [e for e in found if not town or e.town.casefold() == town]
        else:
            found = self.by_town.get(town, []) if town else []
        return found[0] if len(found) == 1 else None
