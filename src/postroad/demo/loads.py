"""Files of records that a library of the demonstration has sent. All of it is invented."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from postroad.accounts.models import Role, User
from postroad.catalogue import incoming, loads
from postroad.catalogue.load_models import Load
from postroad.demo.people import HOME
from postroad.directory.models import Library

HEAD = "Title,Author,Year,Call number,Barcode"
TOWN = (  # of the town's own history: no other library has these
    ("The mills of Lee, a walk in pictures", "Dickinson, Dora", 1998),
    ("Marble for the Capitol", "Gross, Eliza", 1961),
    ("Paper makers of the Housatonic", "Hurlbut, Amos", 1884),
    ("Town meeting, and other plays", "Bassett, Clara", 1932),
    ("Letters from October Mountain", "Whitney, Jane", 1911),
    ("A minister's garden", "Hyde, Alvan", 1834),
    ("Stage coaches at Morgan House", "Porter, Edward", 1953),
    ("The school on the hill", "Crosby, Ruth", 1947),
    ("Songs of the quarry men", "Ferrara, Luca", 1926),
    ("The flood of 1886", "Sturges, Henry", 1887),
    ("Lime, a trade", "Heath, Thomas", 1902),
    ("Where the trolley ran", "Clarke, Miles", 1974),
)
SHELF = "377770000009"  # how their barcodes begin
GONE = 2  # of them, that are not in the list that comes later
BAD = """=LDR  00000nam a2200000 a 4500
=001  lee-901
=100  1\\$aNoble, Samuel
=245  10$aThe covered bridges (invented)
=952  \\\\$p37777000000981$oT 974.4 NOB$cLOCAL

=LDR  00000nam a2200000 a 4500
=001  lee-902
=100  1\\$aUnknown, Anna
=952  \\\\$p37777000000982$oT 974.4$cLOCAL

=LDR  nam a
=001  lee-903
=100  1\\$aPease, Olive
=245  10$aEast Lee {sic} remembered (invented)
=952  \\\\$p37777000000983$oT 974.4 PEA$cLOCAL
"""


def make(now: datetime) -> None:
    """One that is done, one that asks, and one with troubles, by the page's own way."""
    library = Library.objects.get(code=HOME)
    by = User.objects.filter(username=Role.DIRECTOR.value).first()
    sent = (
        (21, "our-town.csv", Load.Kind.FULL, a_list(TOWN)),
        (2, "our-town-now.csv", Load.Kind.FULL, a_list(TOWN[GONE:])),
        (1, "found-in-the-attic.mrk", Load.Kind.CHANGES, BAD),
    )
    for days, name, kind, text in sent:
        at = now - timedelta(days=days)
        load = incoming.receive([text.encode()], name, library, kind, by=by, at=at)
        loads.queue(load, at)
        loads.work_off(now)
        Load.objects.filter(pk=load.pk).update(finished_at=at + timedelta(minutes=1))


def a_list(books: Sequence[tuple[str, str, int]]) -> str:
    rows = [
        f'"{title} (invented)","{author}",{year},T 974.4 {author[:3].upper()},{SHELF}{place:02}'
        for place, (title, author, year) in enumerate(books, start=1 + len(TOWN) - len(books))
    ]
    return "\n".join([HEAD, *rows])
