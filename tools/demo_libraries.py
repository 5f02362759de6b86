"""Take the demo's libraries from the federal surveys, and invent what those do not say.

Real: names, towns, kinds, coordinates, yearly loans and volumes of public libraries (IMLS Public
Libraries Survey, fiscal year 2015) and names, towns, coordinates and size classes of colleges
(IPEDS 2020); both are works of the federal government. Invented: everything in the second half.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

SMALL_WORDS = {"of", "the", "at", "and", "in", "da", "by", "for", "&"}
WRITTEN_OUT = {
    "LIB": "Library",
    "LIB.": "Library",
    "PUB.": "Public",
    "ASSOC.": "Association",
    "ASSOC.,": "Association,",
    "NO.": "North",
    "W.": "West",
    "O'CONNELL": "O'Connell",
    "O'NEILL": "O'Neill",
    "MCAULIFFE": "McAuliffe",
    "INC.": "Inc.",
}
CUT_SHORT = {"MANCHESTER-BY-THE-SE": "MANCHESTER-BY-THE-SEA"}
CODE_LENGTH = 16


@dataclass(frozen=True)
class Place:
    """One row of what the demo stores; its fields are the columns."""

    name: str
    town: str
    state: str
    kind: str
    latitude: float
    longitude: float
    county: str = ""
    loans: int = 0
    volumes: int = 0
    parent: str = ""  # of a branch: the key of its system
    key: str = ""
    code: str = ""
    network: str = ""
    open_days: str = ""
    delivery_code: str = ""
    route: str = ""
    place: int = 0
    days: str = ""
    invented: bool = False


def title_case(text: str) -> str:
    """ "MCAULIFFE BRANCH LIBRARY" as people write it."""
    words = text.replace("`", "'").split()
    return " ".join(cased(word, first=place == 0) for place, word in enumerate(words))


def cased(word: str, *, first: bool) -> str:
    if word in WRITTEN_OUT and (word != "W." or first):
        return WRITTEN_OUT[word]
    if re.fullmatch(r"(?:[A-Z]\.)+", word):
        return word
    if word.lower() in SMALL_WORDS and not first:
        return word.lower()
    parts = word.split("-")
    return "-".join(
        part.lower() if part.lower() in {"by", "the"} else part.capitalize() for part in parts
    )


def table(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as rows:
        yield from csv.DictReader(rows)


def count(text: str) -> int:
    """A number of the survey; a negative one means that it was not given."""
    return max(0, int(text or 0))


# ------------------------------------------------------------------ facts


def public_libraries(folder: Path) -> list[Place]:
    """Main libraries and branches; no bookmobiles."""
    pls = folder / "libraries-pls"
    systems = {
        row["FSCSKEY"]: row for row in table(pls / "systems_ma_ri_fy2015_with_ill_counts.csv")
    }
    outlets = [row for row in table(pls / "outlets_ma_ri_fy2015.csv") if row["C_OUT_TY"] != "BS"]
    outlets.sort(key=lambda row: (row["C_OUT_TY"] == "BR", row["FSCSKEY"], row["FSCS_SEQ"]))
    heads: set[str] = set()
    found = []
    for row in outlets:
        # Providence has no main library in the survey: its first branch, or each town's one
        # main library, speaks for the system.
        is_head = row["FSCSKEY"] not in heads
        heads.add(row["FSCSKEY"])
        found.append(outlet(row, systems[row["FSCSKEY"]], is_head=is_head))
    return found


def outlet(row: dict[str, str], system: dict[str, str], *, is_head: bool) -> Place:
    name = title_case(row["LIBNAME"])
    is_named = "LIBRARY" in row["LIBNAME"] and "BRANCH" not in row["LIBNAME"]
    if row["C_OUT_TY"] == "BR" and not is_named:
        name = f"{title_case(system['LIBNAME'])}, {re.sub(r' Branch Library$', ' Branch', name)}"
    town = CUT_SHORT.get(row["CITY"], row["CITY"])
    return Place(
        name=name,
        town=title_case(town),
        state=row["STABR"],
        kind="public",
        latitude=round(float(row["LATITUDE"]), 4),
        longitude=round(float(row["LONGITUD"]), 4),
        county=row["CNTY"],
        loans=count(system["LOANTO"]) if is_head else 0,
        volumes=count(system["BKVOL"]) if is_head else 0,
        parent="" if is_head else row["FSCSKEY"],
        key=row["FSCSKEY"],
    )


NOT_A_LIBRARY = re.compile(
    r"Central Office|Online|Regional|Lifelong|Unbound|Mortuary|Hospital School|Becker|Pine Manor"
)
VOLUMES_OF_SIZE = {1: 20_000, 2: 80_000, 3: 250_000, 4: 700_000, 5: 1_500_000}


def colleges(folder: Path) -> Iterator[Place]:
    """Degree-granting and not for profit; without offices, online arms and two that have closed."""
    path = folder / "libraries-academic-ipeds" / "degree_granting_ma_ri_2020.csv"
    for row in table(path):
        size = int(row["INSTSIZE"])
        if row["CONTROL"] == "3" or size < 1 or NOT_A_LIBRARY.search(row["INSTNM"]):
            continue
        name = re.sub(r"^The | Inc$", "", row["INSTNM"])
        name = re.sub(r"^(University of Massachusetts)[- ]", r"\1 ", name)
        name = name.removesuffix("-Providence").replace("St John", "St. John")
        name = name.replace("Franklin W Olin", "Franklin W. Olin").replace("Law-Boston", "Law")
        name = name.replace("Laboure", "Labouré")
        yield Place(
            name=f"{name} Library",
            town=row["CITY"].strip(),
            state=row["STABBR"],
            kind="academic",
            latitude=round(float(row["LATITUDE"]), 4),
            longitude=round(float(row["LONGITUD"]), 4),
            volumes=VOLUMES_OF_SIZE[size],
        )


# ------------------------------------------------------------------ inventions

SCHOOLS = """Jefferson School|Pittsfield|MA
Jefferson School|Lowell|MA
Jefferson School|Brockton|MA
Jefferson School|Cranston|RI
Whetstone Brook High School|Greenfield|MA
Old Mill Middle School|Attleboro|MA
Turnpike Regional High School|Shrewsbury|MA
Salt Marsh Elementary School|Newburyport|MA
Blackbird Pond School|Northampton|MA
Cobblestone Middle School|Salem|MA
Stagecoach High School|Marlborough|MA
Granite Hill High School|Quincy|MA
Alewife Elementary School|Arlington|MA
Cranberry Bog School|Wareham|MA
Lighthouse High School|Gloucester|MA
Three Rivers Regional School|Palmer|MA
Apple Valley Academy|Amherst|MA
Harborside Vocational High School|New Bedford|MA
Spindle City Academy|Fall River|MA
Birchwood Middle School|Fitchburg|MA
Dune Road School|Falmouth|MA
Ferry Landing School|Newport|RI
Ocean View Regional High School|Westerly|RI
Loom Street Middle School|Pawtucket|RI
Quahog Point Elementary School|Narragansett|RI
Sawmill River School|Montague|MA"""
SPECIALS = """Tidewater Hospital Medical Library|New Bedford|MA
Connecticut Valley Medical Center Library|Springfield|MA
Seven Hills Hospital Health Sciences Library|Worcester|MA
Museum of Early Roads, Research Library|Sturbridge|MA
Institute for Estuary Science Library|Plymouth|MA
Society of Bell Founders Library|Canton|MA
Whaling Voyage Archive|Nantucket|MA
Bay State Bar Library|Boston|MA
Clockmakers' Guild Library|Waltham|MA
Paper Mill Museum Library|Holyoke|MA
Narragansett Harbor Hospital Library|Providence|RI
Gilded Age House Museum Library|Newport|RI
Turner Hill Botanic Garden Library|Ipswich|MA"""
# The code RED is real, and so is this library; the survey does not have it.
REDWOOD = "Redwood Library and Athenaeum|Newport|RI"
CENTRE = "Old Post Road Interlibrary Loan Center|Sudbury|MA"
REAL_DELIVERY_CODES = {
    "Jamestown Philomenian Library": "JAM",
    "Brown University Library": "BRO",
    "Redwood Library and Athenaeum": "RED",
}

NETWORK_OF_COUNTY = {
    "BERKSHIRE": "hilltown",
    "FRANKLIN": "hilltown",
    "HAMPSHIRE": "hilltown",
    "HAMPDEN": "hilltown",
    "WORCESTER": "milestone",
    "MIDDLESEX": "lantern",
    "NORFOLK": "lantern",
    "SUFFOLK": "harborlight",
    "ESSEX": "millrace",
    "PLYMOUTH": "cranberry",
    "BRISTOL": "herring-run",
    "BARNSTABLE": "dunes",
    "DUKES": "dunes",
    "NANTUCKET": "dunes",
}
REGION_OF_NETWORK = {
    "hilltown": "WEST",
    "milestone": "CENTRAL",
    "lantern": "METRO",
    "harborlight": "BOSTON",
    "millrace": "NORTH",
    "cranberry": "SOUTH",
    "herring-run": "SOUTH",
    "dunes": "CAPE",
    "salt-pond": "RI",
}
STOPS_A_ROUTE = 18
WITHOUT_DELIVERY = 7


def everything(folder: Path) -> list[Place]:
    """All libraries of the demo with code, network, delivery and opening days, by code."""
    public = public_libraries(folder)
    town_of = {(place.town, place.state): place for place in reversed(public)}
    found = [*public, *colleges(folder)]
    for kind, lines in (("school", SCHOOLS), ("special", SPECIALS), ("centre", CENTRE)):
        found += [invented(line, kind, town_of) for line in lines.split("\n")]
    found.append(replace(invented(REDWOOD, "special", town_of), invented=False))
    found = with_counties(found, public)
    found = [replace(place, network=network_of(place)) for place in with_codes(found)]
    found = with_delivery(with_delivery_codes(found))
    return sorted(
        (replace(place, open_days=open_days(place)) for place in found),
        key=lambda place: place.code,
    )


def invented(line: str, kind: str, town_of: dict[tuple[str, str], Place]) -> Place:
    name, town, state = line.split("|")
    where = town_of[town, state]
    return Place(
        name=name,
        town=town,
        state=state,
        kind=kind,
        latitude=where.latitude,
        longitude=where.longitude,
        county=where.county,
        volumes={"school": 9_000, "special": 12_000, "centre": 0}[kind],
        invented=True,
    )


def with_counties(places: list[Place], public: list[Place]) -> list[Place]:
    """A college stands in the county of the nearest public library."""
    return [
        place
        if place.county
        else replace(place, county=min(public, key=lambda near: distance(near, place)).county)
        for place in places
    ]


def distance(one: Place, other: Place) -> float:
    """Squared and flat, in degrees of latitude: good enough to compare."""
    east = (one.longitude - other.longitude) * 0.74
    return (one.latitude - other.latitude) ** 2 + east**2


def slug(text: str) -> str:
    text = text.upper().replace("É", "E").replace("'", "").replace(".", "")
    return re.sub(r"[^A-Z0-9]+", "-", text).strip("-")


def shorten(text: str) -> str:
    """Cut at a hyphen where one is near, else in the word."""
    if len(text) <= CODE_LENGTH:
        return text
    cut = text[: CODE_LENGTH + 1].rpartition("-")[0]
    return cut if len(cut) >= CODE_LENGTH - 6 else text[:CODE_LENGTH].strip("-")


SHORTER = [
    (r"^University of Massachusetts Medical.*", "UMASS-MEDICAL"),
    (r"^University of Massachusetts (\w+).*", r"UMASS-\1"),
    (r"^Massachusetts Institute of Technology.*", "MIT"),
    (r"^University of Rhode Island.*", "URI"),
    (r"^Rhode Island School of Design.*", "RISD"),
    (r"^Roger Williams University School of Law.*", "ROGER-WMS-LAW"),
    (r"^Hellenic College.*", "HELLENIC-C"),
    (r"^Pope St\. John XXIII.*", "POPE-JOHN-SEM"),
    (r"^College of Our Lady of the Elms.*", "ELMS-C"),
    (r" Library$| of Technology| of Theology", ""),
    (r"\bMassachusetts\b", "MASS"),
    (r"\bCommunity College\b", "CC"),
    (r"\bState University\b", "STATE-U"),
    (r"\bUniversity\b", "U"),
    (r"\bCollege\b", "C"),
    (r"\bInstitute\b", "INST"),
    (r"\bSchool\b", "SCH"),
    (r"\b(?:of|the|at|and)\b", ""),
]


def code_wishes(place: Place, parent: str, clashes: Counter[str]) -> Iterator[str]:
    """Codes for a library, the nicest first."""
    town = slug(place.town)
    words = slug(re.sub(r"\b(?:Public|Free|Memorial|Library|The|of)\b", "", place.name))
    if place.kind == "public" and not parent:
        yield from [] if clashes[town] > 1 and place.state == "RI" else [town]
        yield f"{town}-{place.state}" if clashes[town] > 1 else words
        yield words
        yield f"{town[: CODE_LENGTH - 7]}-{words}"
    elif parent:
        own = slug(
            re.sub(r"\b(?:Branch|Library|Public|Memorial)\b", "", place.name.split(", ")[-1])
        )
        full = own if own.startswith(parent) else f"{parent}-{own}"
        yield from [full] if len(full) <= CODE_LENGTH else []
        yield from [] if town.startswith(parent) or clashes[town] else [town]
        yield f"{parent[:8].strip('-')}-{own}"
        yield f"{parent[:8].strip('-')}-{own.rpartition('-')[2]}"
    elif place.kind == "academic":
        short = place.name
        for pattern, shorter in SHORTER:
            short = re.sub(pattern, shorter, short)
        yield slug(short)
    elif place.kind == "centre":
        yield "CENTER"
    else:
        yield slug(" ".join(place.name.split()[:2]))
        yield f"{slug(place.name.split()[0])[:8]}-{town}"
    yield from (f"{town[: CODE_LENGTH - 3]}-{number}" for number in range(2, 60))


def with_codes(places: list[Place]) -> list[Place]:
    """Each with a code of its own; branches after their main library, whose code they extend."""
    clashes = Counter(
        slug(town)
        for town, _ in {
            (place.town, place.state)
            for place in places
            if place.kind == "public" and not place.parent
        }
    )
    taken: set[str] = set()
    head: dict[str, str] = {}
    done = []
    for place in places:
        parent = head[place.parent] if place.parent else ""
        wishes = (shorten(wish) for wish in code_wishes(place, parent, clashes))
        code = next(wish for wish in wishes if wish and wish not in taken)
        taken.add(code)
        if place.key:
            head.setdefault(place.key, code)
        done.append(replace(place, code=code, parent=parent))
    return done


def region_network(place: Place) -> str:
    if place.state == "RI":
        return "salt-pond"
    if place.county == "MIDDLESEX" and place.latitude > 42.5:
        return "millrace"
    if place.county == "NORFOLK" and place.latitude < 42.2:
        return "cranberry"
    return NETWORK_OF_COUNTY[place.county]


def network_of(place: Place) -> str:
    """Invented: by place for public libraries, by kind for the others; a few have none."""
    if place.kind == "centre" or (place.kind == "public" and not place.parent and place.loans < 20):
        return ""
    if place.kind == "academic":
        return "bay-scholars" if place.state == "RI" else "quadrangle"
    if place.kind in {"school", "special"}:
        return "chalkboard"
    return region_network(place)


def with_delivery_codes(places: list[Place]) -> list[Place]:
    """Three letters for each library in Rhode Island (R7): three real ones, the others invented."""
    taken = set(REAL_DELIVERY_CODES.values())
    done = []
    for place in places:
        code = REAL_DELIVERY_CODES.get(place.name, "")
        if place.state == "RI" and not code:
            code = next(wish for wish in letters(place.code) if wish not in taken)
            taken.add(code)
        done.append(replace(place, delivery_code=code))
    return done


def letters(code: str) -> Iterator[str]:
    """The first letter of a code with two later ones, as they come."""
    text = re.sub(r"[^A-Z]", "", code)
    for second in range(1, len(text) - 1):
        for third in range(second + 1, len(text)):
            yield text[0] + text[second] + text[third]
    yield from (text[0] + "X" + chr(letter) for letter in range(ord("A"), ord("Z") + 1))


def with_delivery(places: list[Place]) -> list[Place]:
    """Routes of neighbours, each with an order of stops and the days of each stop."""
    quiet = sorted(
        (place for place in places if place.kind == "public" and not place.parent),
        key=lambda place: (place.loans, place.code),
    )
    without = {place.code for place in quiet if place.state == "MA"} & {
        place.code for place in quiet[:WITHOUT_DELIVERY]
    }
    without |= {"SAWMILL-RIVER", "SOCIETY-OF"}
    regions: dict[str, list[Place]] = {}
    for place in places:
        if place.code not in without:
            regions.setdefault(REGION_OF_NETWORK[region_network(place)], []).append(place)
    stops = {}
    for region, members in sorted(regions.items()):
        for number, chunk in enumerate(split(members), start=1):
            for order, place in enumerate(round_trip(chunk), start=1):
                days = when_open(delivery_days(place, number), open_days(place))
                stops[place.code] = replace(
                    place, route=f"{region} {number}", place=order, days=days
                )
    return [stops.get(place.code, place) for place in places]


def split(places: list[Place]) -> Iterator[list[Place]]:
    """Halved along the longer side until a van can do it in a day."""
    if len(places) <= STOPS_A_ROUTE:
        yield places
        return
    wide = spread(place.longitude * 0.74 for place in places)
    tall = spread(place.latitude for place in places)
    places = sorted(
        places,
        key=lambda place: (place.longitude if wide > tall else -place.latitude, place.code),
    )
    middle = len(places) // 2
    yield from split(places[:middle])
    yield from split(places[middle:])


def spread(numbers: Iterable[float]) -> float:
    known = list(numbers)
    return max(known) - min(known)


def round_trip(places: list[Place]) -> Iterator[Place]:
    """From the stop nearest to the middle of the state on, always to the nearest one left."""
    here = replace(places[0], latitude=42.35, longitude=-71.5)
    left = list(places)
    while left:
        here = min(left, key=lambda place: (distance(place, here), place.code))
        left.remove(here)
        yield here


ONE_DAY = ("M------", "-T-----", "--W----", "---T---", "----F--")


def delivery_days(place: Place, route: int) -> str:
    """The busier, the more days; Rhode Island's vans go each working day."""
    if place.kind == "centre" or (place.state == "RI" and place.kind != "school"):
        return "MTWTF--"
    busy = place.loans
    if place.kind == "academic":
        busy = place.volumes // 25
    if place.parent:
        busy = 25_000 if place.parent == "BOSTON" else 4_000
    for least, days in ((20_000, "MTWTF--"), (8_000, "MT-TF--"), (3_000, "M-W-F--")):
        if busy >= least:
            return days
    return "-T-T---" if busy >= 600 else ONE_DAY[route % 5]


def when_open(wanted: str, opening: str) -> str:
    """Of the days wanted those on which somebody is there to let the van in, or else the first."""
    days = "".join(w if o != "-" else "-" for w, o in zip(wanted, opening, strict=True))
    if days.strip("-"):
        return days
    first = opening.strip("-")[0]
    place = opening.index(first)
    return "-" * place + first + "-" * (6 - place)


def open_days(place: Place) -> str:
    if place.kind in {"school", "special", "centre"}:
        return "MTWTF--"
    if place.kind == "academic":
        return "MTWTFSS" if place.volumes >= 250_000 else "MTWTFS-"
    if place.parent:
        return "MTWTFS-" if place.parent == "BOSTON" else "-TWTFS-"
    if place.loans >= 25_000:
        return "MTWTFSS"
    if place.loans >= 3_000:
        return "MTWTFS-"
    return "-TWT-S-" if place.loans >= 300 else "--W--S-"
