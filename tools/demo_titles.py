"""Take the demo's titles from free catalogues: facts only, each with the number it has there.

- Project Gutenberg's catalogue: title, author, dates, language, subjects, class (any use).
- Books digitised by the British Library: title, author, place, publisher, year (public domain).
- Copyright renewals, transcribed by the New York Public Library: title, author, year of
  registration of books, maps, plays and films (CC0).
- Sample records of the Library of Congress's marc2bibframe2: everything a record says (CC0).
"""

import gzip
import hashlib
import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pymarc
from stdnum import isbn as isbn_rules


@dataclass(frozen=True)
class Title:
    """One row of what the demo stores; its fields are the columns."""

    source: str  # PG, BL, CCE or LC
    number: str  # there
    format: str  # as the catalogue names formats
    title: str  # 245 $a
    rest: str = ""  # 245 $b
    author: str = ""  # heading: Surname, Forename
    dates: str = ""  # of the author: 1775-1817
    corporate: str = ""  # yes: the author is a body
    language: str = "eng"
    year: str = ""
    place: str = ""
    publisher: str = ""
    edition: str = ""
    extent: str = ""
    congress: str = ""  # class of the Library of Congress
    dewey: str = ""
    subjects: str = ""  # separated by |, subdivided by " -- "
    others: str = ""  # other people, separated by |
    isbn: str = ""
    issn: str = ""
    lccn: str = ""
    oclc: str = ""
    fiction: str = ""  # yes
    fame: int = 0  # 0 to 9: how widely the demo's libraries own it; our own judgement

    def row(self) -> list[object]:
        return [getattr(self, column) for column in COLUMNS]

    def key(self) -> tuple[str, str]:
        return key(self.title, self.author)


COLUMNS = [field.name for field in fields(Title)]
Row = dict[str, str]

LANGUAGES = {
    "en": "eng", "fr": "fre", "de": "ger", "it": "ita", "es": "spa", "pt": "por", "zh": "chi",
    "fi": "fin", "nl": "dut", "la": "lat", "el": "gre", "sv": "swe", "pl": "pol", "eo": "epo",
    "ca": "cat", "da": "dan", "hu": "hun", "ja": "jpn", "ru": "rus", "cy": "wel", "no": "nor",
}  # fmt: skip
GUTENBERG_SHARES = {
    "en": 7400, "fr": 620, "de": 480, "es": 330, "it": 260, "pt": 240, "zh": 160, "nl": 100,
    "fi": 90, "la": 50, "el": 50, "sv": 30, "pl": 25, "eo": 25, "ca": 20, "da": 20, "hu": 20,
    "ja": 15, "ru": 9, "cy": 10, "no": 10,
}  # fmt: skip
BRITISH_LIBRARY_SHARE = 3700
RENEWAL_SHARES = {"book": 6250, "map": 130, "play": 160, "film": 110}

# What a patron of any library knows. The title begins so; the author's surname follows.
CLASSICS = """Pride and Prejudice/Austen|Emma/Austen|Sense and Sensibility/Austen|Persuasion/Austen
Walden/Thoreau|Moby Dick/Melville|Little Women/Alcott|The Scarlet Letter/Hawthorne
The House of the Seven Gables/Hawthorne|Frankenstein/Shelley|Dracula/Stoker|Jane Eyre/Brontë
Wuthering Heights/Brontë|Great Expectations/Dickens|A Tale of Two Cities/Dickens
A Christmas Carol/Dickens|David Copperfield/Dickens|Oliver Twist/Dickens|Bleak House/Dickens
Alice's Adventures in Wonderland/Carroll|Through the Looking-Glass/Carroll
Adventures of Huckleberry Finn/Twain|The Adventures of Tom Sawyer/Twain
Life on the Mississippi/Twain
The Picture of Dorian Gray/Wilde|The Importance of Being Earnest/Wilde|Treasure Island/Stevenson
The Strange Case of Dr. Jekyll/Stevenson|The Adventures of Sherlock Holmes/Doyle
The Hound of the Baskervilles/Doyle|The War of the Worlds/Wells|The Time Machine/Wells
The Call of the Wild/London|White Fang/London|The Age of Innocence/Wharton|Ethan Frome/Wharton
The House of Mirth/Wharton|The Great Gatsby/Fitzgerald|The Awakening/Chopin|My Ántonia/Cather
O Pioneers/Cather|Middlemarch/Eliot|Silas Marner/Eliot|Anna Karenina/Tolstoy|War and Peace/Tolstoy
Crime and Punishment/Dostoyevsky|The Brothers Karamazov/Dostoyevsky|Les Misérables/Hugo
The Count of Monte Cristo/Dumas|The Three Musketeers/Dumas|Madame Bovary/Flaubert
Around the World in Eighty Days/Verne|Twenty Thousand Leagues/Verne|Don Quixote/Cervantes
The Odyssey/Homer|The Iliad/Homer|Leaves of Grass/Whitman|Uncle Tom's Cabin/Stowe
Peter Pan/Barrie|The Secret Garden/Burnett|A Little Princess/Burnett|Anne of Green Gables/Montgomery
The Wonderful Wizard of Oz/Baum|The Jungle Book/Kipling|Kim/Kipling|Heart of Darkness/Conrad
Lord Jim/Conrad|The Turn of the Screw/James|The Portrait of a Lady/James|Dubliners/Joyce
Ulysses/Joyce|A Portrait of the Artist as a Young Man/Joyce|Metamorphosis/Kafka|The Trial/Kafka
Siddhartha/Hesse|The Wind in the Willows/Grahame|The Tale of Peter Rabbit/Potter
Black Beauty/Sewell|Robinson Crusoe/Defoe|Gulliver's Travels/Swift|Ivanhoe/Scott
The Last of the Mohicans/Cooper|Rip Van Winkle/Irving|The Legend of Sleepy Hollow/Irving
Narrative of the Life of Frederick Douglass/Douglass|The Souls of Black Folk/Du Bois
Up from Slavery/Washington|Incidents in the Life of a Slave Girl/Jacobs
The Federalist Papers/Hamilton
Autobiography of Benjamin Franklin/Franklin|Common Sense/Paine|On the Origin of Species/Darwin
The Prince/Machiavelli|The Republic/Plato|Meditations/Marcus|The Art of War/Sunzi
Candide/Voltaire|Faust/Goethe|Hamlet/Shakespeare|Macbeth/Shakespeare|Romeo and Juliet/Shakespeare
A Midsummer Night's Dream/Shakespeare|A Doll's House/Ibsen|Pygmalion/Shaw|The Waste Land/Eliot
Babbitt/Lewis|Main Street/Lewis|Winesburg, Ohio/Anderson|The Jungle/Sinclair
Winnie-the-Pooh/Milne|Mrs. Dalloway/Woolf|Jacob's Room/Woolf|The Sun Also Rises/Hemingway
The Mysterious Affair at Styles/Christie|The Murder of Roger Ackroyd/Christie
Civil Disobedience/Thoreau|On the Duty of Civil Disobedience/Thoreau|Cape Cod/Thoreau
The Maine Woods/Thoreau|Poems/Dickinson|Nature/Emerson|Essays/Emerson
The Blithedale Romance/Hawthorne
Looking Backward/Bellamy|The Bostonians/James|The Rise of Silas Lapham/Howells|Little Men/Alcott
Heidi/Spyri|Hans Brinker/Dodge|Just So Stories/Kipling|Pinocchio/Collodi|The Prophet/Gibran
The Scarlet Pimpernel/Orczy|Tarzan of the Apes/Burroughs|A Room with a View/Forster
Howards End/Forster|Far from the Madding Crowd/Hardy|Tess of the d'Urbervilles/Hardy
Vanity Fair/Thackeray|The Moonstone/Collins|The Woman in White/Collins|Utopia/More
Beyond Good and Evil/Nietzsche|Thus Spake Zarathustra/Nietzsche|The Yellow Wallpaper/Gilman
The Phantom of the Opera/Leroux|The Invisible Man/Wells|The Red Badge of Courage/Crane"""
WELL_KNOWN = {
    (title.casefold(), surname.casefold())
    for title, _, surname in (
        entry.strip().rpartition("/") for entry in re.split(r"[|\n]", CLASSICS)
    )
}


def everything(folder: Path) -> list[Title]:
    """All titles, no work twice within the same year, by author and title."""
    british = list(british_library(folder))
    renewals = list(registrations(folder))
    years = years_of_works([*british, *renewals])
    found: dict[object, Title] = {}
    for title in samples(folder):
        found.setdefault((*title.key(), title.year, title.format), title)
    works = {title.key() for title in found.values()}
    for title in [*gutenberg(folder, years), *pick(british, BRITISH_LIBRARY_SHARE)]:
        if title.key() not in works:
            works.add(title.key())
            found[title.key()] = title
    for kind, share in RENEWAL_SHARES.items():
        new = [row for row in renewals if row.format == kind and row.key() not in works]
        for title in pick(new, share):
            if title.key() not in works:
                works.add(title.key())
                form = "book" if kind == "play" else kind
                found[title.key()] = replace(title, format=form, fame=min(2, title.fame // 4))
    by_number = {(title.source, title.number): title for title in reversed(found.values())}
    return sorted(
        by_number.values(), key=lambda row: (row.source, row.author, row.title, row.number)
    )


def pick(titles: list[Title], share: int) -> list[Title]:
    """The most telling, and among equals those that a hash of the number prefers."""
    return sorted(titles, key=lambda row: (-row.fame, digest(row.number)))[:share]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def years_of_works(titles: Iterable[Title]) -> dict[tuple[str, str], str]:
    """The first known year of each work."""
    years: dict[tuple[str, str], str] = {}
    for title in titles:
        years[title.key()] = min(years.get(title.key(), title.year), title.year)
    return years


def tsv(path: Path) -> Iterator[Row]:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as rows:
        names = next(rows).rstrip("\n").split("\t")
        for row in rows:
            yield dict(zip(names, row.rstrip("\n").split("\t"), strict=False))


def plain(text: str) -> str:
    """Small letters and digits, nothing else: to compare."""
    text = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in text if sign.isalnum())


def key(title: str, author: str) -> tuple[str, str]:
    """The work: title without its first article, and the author's surname."""
    title = re.sub(r"^(?:the|a|an|le|la|les|der|die|das|el|il) ", "", title.casefold())
    return plain(title), plain(author.partition(",")[0])


# ------------------------------------------------------------------ Project Gutenberg

NOT_ONE_BOOK = re.compile(
    r"\b(?:volume|vol|v|no|number|part|tome|band|index of|teil|deel|osa|issue|bd|parte?|livre)\b"
    r"\.?\s*[0-9ivxlc]|\b(?:complete works|entire project|index of|project gutenberg|volumes?"
    r"|(?:première|deuxième|seconde|troisième|quatrième) partie|\d回|series (?:one|two)"
    r"|\d+\. (?:band|teil|bind|osa)|young folks|junior deluxe|one syllable|condensed|book [0-9ivx]+"
    r"|genome|encyclop|quotes and images|widger|chapters?|supplement)\b|[\[\]{}_*=]|\.\.\.|\bno\. ",
    re.I,
)
PERIODICAL = re.compile(r"periodicals|newspapers", re.I)
FICTION = re.compile(r"fiction|\bstories\b|\bnovels?\b|fairy tales", re.I)
NOBODY = {"Various", "Anonymous", "Unknown", "Anonymus"}
BODY = re.compile(
    r"\b(?:United States|Great Britain|Society|Company|Association|Church|Library|Committee"
    r"|Institut\w*|Department|Bureau|Congress|Office|University|Museum|Club|Project|School|Army"
    r"|Agency|Board|Commission|Co\.|Service|Federal|Council|Party|Army|Firm|League|College)\b"
)


def gutenberg(folder: Path, years: dict[tuple[str, str], str]) -> Iterator[Title]:
    """The classics, then the lowest numbers of each language: those are the best known."""
    left = dict(GUTENBERG_SHARES)
    candidates = [title_of_gutenberg(row, years) for row in gutenberg_rows(folder)]
    editions = Counter(title.key() for title, _ in candidates)
    candidates = [
        (replace(title, fame=fame(title, editions[title.key()])), code)
        for title, code in candidates
    ]
    seen: set[tuple[str, str]] = set()
    for title, code in sorted(
        candidates, key=lambda found: (-found[0].fame // 8, int(found[0].number))
    ):
        if left[code] and title.key() not in seen:
            left[code] -= 1
            seen.add(title.key())
            yield title


def gutenberg_rows(folder: Path) -> Iterator[Row]:
    for row in tsv(folder / "bib-gutenberg" / "gutenberg_works.tsv.gz"):
        free = row["rights"].startswith("Public domain")
        if row["language"] in GUTENBERG_SHARES and free and row["lcsh"] and row["title"]:
            whole = not NOT_ONE_BOOK.search(row["title"]) and not PERIODICAL.search(row["lcsh"])
            if whole and 2 <= len(row["title"]) <= 150:
                yield row


def title_of_gutenberg(row: Row, years: dict[tuple[str, str], str]) -> tuple[Title, str]:
    main, rest = split_title(
        " ".join(row["title"].replace("$b", "").split()).removesuffix(", Complete")
    )
    author = "" if row["author"] in NOBODY else row["author"].strip()
    lcc = row["lcc"].split("|")[0]
    is_body = bool(author) and "," not in author and bool(BODY.search(author))
    dates = "" if is_body or not author else life(row["birth"], row["death"])
    title = Title(
        source="PG",
        number=row["gutenberg_id"],
        format="score" if re.fullmatch(r"M", lcc) else "book",
        title=main,
        rest=rest,
        author=author,
        dates=dates,
        corporate="yes" if is_body else "",
        language=LANGUAGES[row["language"]],
        year=plausible(years.get(key(main, author), ""), row["birth"], row["death"]),
        congress=lcc,
        subjects="|".join(row["lcsh"].split("|")[:4]),
        fiction="yes" if is_fiction(row["lcsh"], lcc) else "",
    )
    return title, row["language"]


def life(birth: str, death: str) -> str:
    """1775-1817; before our era no dates, since the source writes them with a minus sign."""
    if "-" in birth or "-" in death or not (birth or death):
        return ""
    return f"{birth}-{death}"


def plausible(year: str, birth: str, death: str) -> str:
    """The year if it is in its author's grown-up life: else it is that of a later edition."""
    if not (year.isdigit() and birth.isdigit() and death.isdigit()):
        return ""
    return year if int(birth) + 15 <= int(year) <= int(death) + 2 else ""


def is_fiction(subjects: str, lcc: str) -> bool:
    return (
        bool(FICTION.search(subjects))
        and "history and criticism" not in subjects
        and lcc[:1] in {"P", ""}
    )


def split_title(text: str) -> tuple[str, str]:
    """The title proper and the rest of the title."""
    text = text.strip(" .:;,").replace("--", "—")
    for mark in (" : ", ": ", "; Or, ", "; or, ", "; "):
        main, found, rest = text.partition(mark)
        if found and len(main) > 1:
            rest = rest if "r, " not in mark else "or, " + rest
            return main.strip(" :;,"), rest.strip(" :;,.")
    return text, ""


RETOLD = re.compile(r"\b(?:retold|told|book|edition|play|scenes?|complete|notes|story of)\b")


def fame(title: Title, editions: int = 1) -> int:
    surname = title.author.split(",")[0].casefold()
    name = re.sub(r"^(the|a|an) ", "", title.title.casefold())
    for begin, known in WELL_KNOWN:
        if known == surname.split(" ")[-1] or known == surname or surname.startswith(known):
            wanted = re.sub(r"^(the|a|an) ", "", begin)
            is_long = len(wanted) > 5 and len(name) <= len(wanted) + 22
            if name == wanted or (is_long and name.startswith(wanted) and not RETOLD.search(name)):
                return 9 if title.language == "eng" else 6
    if title.source != "PG":
        return 0
    low = 3 if int(title.number) < 1000 else 2 if int(title.number) < 4000 else 1
    low -= int(int(title.number) > 12000)
    return min(7, low + min(3, editions - 1))


# ------------------------------------------------------------------ British Library

IN_BRACKETS = re.compile(r"\s*\[[^\]]*\]?")
TAIL = re.compile(
    r"[.,;:]?\s+(?:(?:by|edited by|with|second|third|new|by the author|translated|illustrated"
    r"|a new edition|popular edition|fourth|compiled|written by|few ms|ms\.? notes?)\b.*|etc)$",
    re.I,
)
FOREIGN = {
    "ger": {"der", "die", "das", "und", "von", "aus", "zur", "des", "einer", "im"},
    "fre": {"le", "les", "du", "et", "des", "sur", "une", "par", "aux"},
    "ita": {"il", "della", "di", "del", "dei", "sulla", "nella", "storia"},
    "spa": {"el", "los", "las", "y", "del", "historia", "por", "sobre"},
    "dut": {"het", "een", "van", "der", "en", "voor"},
    "dan": {"og", "af", "til", "med"},
    "por": {"da", "do", "os", "dos", "uma", "ao"},
}
ENGLISH = {"the", "and", "of", "with", "in", "a", "to", "from", "an", "or", "for", "at", "my", "on"}


def british_library(folder: Path) -> Iterator[Title]:
    for row in tsv(folder / "bib-bl-19c" / "bl_books.tsv.gz"):
        title = title_of_british_library(row)
        if title:
            yield title


def title_of_british_library(row: Row) -> Title | None:
    if not re.fullmatch(r"1[6-9][0-9]{2}", row.get("date", "")) or row["date"] > "1915":
        return None
    text = IN_BRACKETS.sub("", row["title"].strip("[]")) if "[" in row["title"] else row["title"]
    text = text.split(" ... ")[0].split("...")[0]
    text = re.split(r"\.\s+(?=[A-Z])", text)[0]
    text = TAIL.sub("", text).strip(" .,;:'\"")
    main, rest = split_title(text)
    author = british_author(row["first_author"])
    place = re.sub(r"[\[\]]", "", re.split(r"[;,:]", row["pubplace"])[0]).strip(" .")
    bad = not 6 <= len(main) <= 90 or len(rest) > 90 or author is None or len(place) > 20
    if bad or re.search(r"[\[\]*?<>]|\betc\b|&c|^[a-z]|\b(?:and|of|the|by|in)$", text):
        return None
    language = guess(text)
    if not language or not re.fullmatch(r"[A-Z][\w .'-]*", place):
        return None
    return Title(
        source="BL",
        number=row["bl_sysnum"],
        format="book",
        title=main,
        rest=rest,
        author=author or "",
        language=language,
        year=row["date"],
        place=place,
        publisher=british_publisher(row["publisher"]),
        fiction="yes" if re.search(r"\b(?:novel|tale|tales|romance|story)\b", text.lower()) else "",
        congress=subject_class(text),
        fame=(2 if author else 0) + (1 if row["publisher"] else 0) - (language != "eng"),
    )


def british_publisher(text: str) -> str:
    return (
        text.strip(" .[]") + ("." if text.strip().endswith("Co.") else "") if len(text) < 40 else ""
    )


def british_author(text: str) -> str | None:
    """Surname, Forename; empty for nobody, None for what is not a plain name."""
    text = text.strip(" .")
    if not text:
        return ""
    surname, comma, forename = text.partition(", ")
    forename = re.sub(
        r" (?:Sir|Mrs|Miss|Lady|Lord|[A-Z]\.[A-Z].*|of .*|the .*|M\.D|D\.D"
        r"|Journalist|Dramatist|Novelist|Historian|Poet|Author|Artist|Writer|Traveller|Barrister"
        r"|Viscount|Baron|Bart|Captain|Rev|Missionary|Actor|Publisher|Bookseller|Topographer)$",
        "",
        forename,
    )
    if not comma or len(surname) < 3 or not re.fullmatch(r"[\w'.-]+(?: [\w'.-]+){0,3}", forename):
        return None
    if re.search(r"\d|afterwards|pseud| (?:of|and|the) ", text) or len(surname.split()) > 2:
        return None
    return f"{proper(surname)}, {proper_forename(forename)}"


def proper_forename(text: str) -> str:
    return " ".join(f"{word}." if len(word) == 1 else word for word in text.split())


def proper(text: str) -> str:
    """A surname in capitals as it is written: MACDONALD, O'NEILL, SMITH-JONES."""
    if not text.isupper():
        return text
    text = "-".join(part.capitalize() for part in text.split("-"))
    text = " ".join(part[:1].upper() + part[1:] for part in text.split(" "))
    text = re.sub(r"\b(O|D|L)'(\w)", lambda match: f"{match[1]}'{match[2].upper()}", text)
    return re.sub(r"\bMc(\w)", lambda match: "Mc" + match[1].upper(), text)


def guess(text: str) -> str:
    """The language of a title, from its small words; empty if they do not tell."""
    words = re.findall(r"\w+", text.casefold())
    votes = Counter({"eng": sum(word in ENGLISH for word in words)})
    for language, small in FOREIGN.items():
        votes[language] = sum(word in small for word in words)
    (best, most), (_, second) = votes.most_common(2)
    return best if most and most > second else ""


# A class for those whose title says what they are about: so that call numbers make sense.
CLASSES = (
    (r"\bpoems?\b|\bsongs\b|\bverses?\b|\bballads?\b|\blyrics\b|\bpoésies\b|\bgedichte\b", "PR"),
    (r"\bplays?\b|\btragedy\b|\bcomedy\b|\bdrama\b|\bone act\b|\bthree acts\b", "PN"),
    (r"\bcook|\brecipes?\b|\bkitchen\b", "TX"),
    (r"\bgarden|\bflowers?\b|\bfarm", "SB"),
    (r"\bgeolog|\bmineral|\bfossil", "QE"),
    (r"\bchemi", "QD"),
    (r"\bphysics\b|\batom|\bnuclear|\belectric", "QC"),
    (r"\bmathemat|\balgebra|\bgeometry|\bcalculus|\barithmetic|\bstatistic", "QA"),
    (r"\bbiolog|\bbirds?\b|\bzoolog|\banimals?\b|\binsects?\b|\bfishes\b", "QL"),
    (r"\bplants?\b|\bbotan|\btrees?\b", "QK"),
    (r"\bmedic|\bhealth|\bdisease|\bnurs|\bsurg|\bphysician", "R"),
    (r"\bpsycholog|\bmind\b|\bpersonality\b", "BF"),
    (r"\bphilosoph|\blogic\b|\bethics\b", "B"),
    (r"\bbible|\bchurch|\bgod\b|\bchrist|\breligio|\bprayer|\bsermon|\bjesus\b|\bgospel", "BV"),
    (r"\blaw\b|\blaws\b|\bcourts?\b|\bconstitution", "KF"),
    (r"\bbusiness|\beconom|\bmarket|\bmoney|\bbank|\baccounting|\btrade\b|\bindustr", "HF"),
    (r"\bsociolog|\bsocial\b|\bmarriage|\bfamily\b", "HM"),
    (r"\beducat|\bschools?\b|\bteach|\bcollege", "LB"),
    (r"\bmusic|\bpiano|\bopera", "ML"),
    (r"\bpaint|\bart\b|\bdrawing|\bsculpture|\barchitect", "N"),
    (r"\bsport|\bbaseball|\bgames?\b|\bfootball|\bgolf|\bswimming|\bdanc", "GV"),
    (r"\bengine|\bradio\b|\bairplane|\bmachine|\bautomobile|\baviation", "T"),
    (r"\bnew england\b|\bmassachusetts|\bboston\b|\bcape cod\b|\bvermont\b|\bmaine\b", "F"),
    (r"\bamerica\b|\bamerican\b|\bunited states\b|\blincoln\b|\bwashington\b|\bcivil war\b", "E"),
    (r"\blondon\b|\bengland\b|\bscotland\b|\bireland\b|\bwales\b|\bbritish\b|\bhistory of\b", "DA"),
    (r"\bfrance\b|\bfrench\b|\bparis\b", "DC"),
    (r"\bgerman", "DD"),
    (r"\bitaly\b|\brome\b|\bvenice\b|\bitalian\b", "DG"),
    (r"\brussia|\bsoviet", "DK"),
    (r"\bindia\b|\bchina\b|\bjapan\b|\basia\b|\begypt\b|\bafrica\b|\bpersia\b", "DS"),
    (r"\btravels?\b|\bvoyages?\b|\btour\b|\bjourney|\bguide to\b|\bgeograph|\bwanderings\b", "G"),
    (r"\blife of\b|\bmemoirs?\b|\bautobiograph|\bbiograph|\bletters of\b", "CT"),
    (r"\bwar\b|\barmy\b|\bbattle|\bnaval\b|\bnavy\b|\bmilitary\b", "D"),
    (r"\bwriting\b|\bliterature\b|\bessays?\b|\bshakespeare", "PN"),
)


def subject_class(text: str) -> str:
    text = text.casefold()
    return next((name for pattern, name in CLASSES if re.search(pattern, text)), "")


# ------------------------------------------------------------------ copyright renewals

KINDS = {"A": "book", "F": "map", "DP": "play", "L": "film"}
NAME = r"[A-Z][\w'’]+(?:-[A-Z]\w+)?"
DIRECT = re.compile(rf"((?:{NAME}|[A-Z]\.)(?: (?:{NAME}|[A-Z]\.)){{0,2}}) ({NAME})")
INVERTED = re.compile(r"([A-Z][A-Z'’ -]+), ([A-Z][A-Za-z'’. -]+)")
BAD_NAME = re.compile(
    r"\b(?:Company|Inc|Corp\w*|Press|Publish\w*|Institute|Products?|Productions?|Films?|Books?"
    r"|Society|Associat\w*|University|College|School|Church|Department|Author|Library|Staff"
    r"|Filmstrips|Seder|Board|Club|House|Bros|Sons|Ltd|Estate|Bank|Bureau|Union|Council)\b"
)
BAD_TITLE = re.compile(
    r"\b(?:vol|no|pts?|report|reporter|digest|supplement|suppl|rev|cumulative|statutes|laws"
    r"|annotated|edition|catalog|catalogue|workbook|manual|test|tests|grade|pattern|lesson"
    r"|lessons|key|unit|units|quarterly|book [0-9i]+|pamphlet|yearbook|annual|code|cases|bulletin"
    r"|teacher's|pupil's|teachers|guidebook|exercises|chart|questions|examination|answers|set"
    r"|almanac|calendar|kit|worksheets?|forms?|service|tax|program|sheet|comics?|sec|series"
    r"|illus|introd|text|pictures by|nm|prev|pub|trans|ed|arr|words|drawings|with|map with"
    r"|ser|2d|writings of|1st|2nd|3rd)\b"
    r"|[\[\]{}|*<>#]|\d{2}|\b[ivx]+\.|[0-9]\b|\(",
    re.I,
)
NOVEL = re.compile(r"[;,:] (?:a |an )?(?:novel|story|mystery|western|detective story)\b.*", re.I)


def registrations(folder: Path) -> Iterator[Title]:
    rows = list(tsv(folder / "bib-nypl-cce-renewals" / "renewals.tsv.gz"))
    books = [title for title in map(title_of_renewal, rows) if title]
    prolific = Counter(title.author for title in books if title.author)
    storytellers = {title.author for title in books if title.fiction and title.author}
    for title in books:
        known = min(5, prolific[title.author]) if title.author else 0
        known += 2 * bool(title.fiction) + bool(title.congress) + (title.author in storytellers)
        yield replace(title, fame=known)


def title_of_renewal(row: Row) -> Title | None:
    match = re.fullmatch(r"(A|F|DP|L)[0-9]+", row["oreg"])
    if not match or not re.match(r"19[2-6]", row["odat"]):
        return None
    kind = KINDS[match[1]]
    if kind == "film":
        return film(row)
    if kind == "map":
        return printed_map(row)
    return printed_book(row, kind)


def clean(text: str) -> str:
    """Without the quotation marks of the file, in single spaces."""
    return " ".join(text.replace('""', '"').replace("--", "—").split()).strip(' ".;,')


def printed_book(row: Row, kind: str) -> Title | None:
    text = clean(row["title"])
    text = re.split(
        r",? (?:by|By|[Tt]ranslated|[Ii]llustrated|[Ww]ith illus|Illus\b|ed\. by)", text
    )[0]
    if kind == "book":
        text = re.split(r"(?<![ .][A-Z])\.\s+(?=[A-Z])", text)[0].strip(" .;,")
    said_novel = bool(NOVEL.search(text))
    text = NOVEL.sub("", text)
    author = renewal_author(row["author"].strip())
    if not author or BAD_TITLE.search(text) or not 4 <= len(text) <= 80:
        return None
    main, rest = split_title(text)
    if len(main) < 3 or not main[0].isupper() or main.isupper():
        return None
    return Title(
        source="CCE",
        number=row["oreg"],
        format=kind,
        title=main,
        rest=rest,
        author=author,
        year=row["odat"][:4],
        congress="PS" if kind == "play" else subject_class(text),
        fiction="yes" if said_novel else "",
        language=guess(text) if guess(text) in {"spa", "fre", "ger", "ita"} else "eng",
    )


def renewal_author(text: str) -> str:
    """Surname, Forename, or nothing if the text is not one plain name."""
    text = text.rstrip(".") if not re.search(r" [A-Z]\.$", text) else text
    if BAD_NAME.search(text.title()) or "&" in text or "," in text.partition(", ")[2]:
        return ""
    if match := INVERTED.fullmatch(text):
        surname = proper(match[1].strip())
        return f"{surname}, {forenames(match[2])}" if len(surname) > 2 else ""
    if match := DIRECT.fullmatch(text):
        return f"{match[2]}, {match[1]}"
    return ""


def forenames(text: str) -> str:
    words = text.strip().split()
    return " ".join(word if "." in word else proper(word) for word in words)


def printed_map(row: Row) -> Title | None:
    text = clean(row["title"]).split(".  ")[0].split(". ")[0]
    if BAD_TITLE.search(text) or not 6 <= len(text) <= 60 or "Tobin" in row["author"]:
        return None
    main, rest = split_title(text)
    body = re.sub(r",? (?:employer|sole|as ).*", "", row["author"].strip()).rstrip(".")
    is_firm = body.endswith(("Company", "Gousha"))
    return Title(
        source="CCE",
        number=row["oreg"],
        format="map",
        title=main,
        rest=rest,
        author=body if is_firm else "",
        corporate="yes" if is_firm else "",
        year=row["odat"][:4],
        congress="G",
        subjects="Maps",
        fame=bool(is_firm),
    )


def film(row: Row) -> Title | None:
    match = re.match(
        r'"?([A-Z0-9\' ,.!?-]{4,60}), [a&] photoplay in (\w+) reels?(?: by (.*))?', row["title"]
    )
    if not match:
        return None
    maker = (match[3] or row["author"]).strip().rstrip(".").strip('"')
    reels = f"{match[2].lower()} reels"
    return Title(
        source="CCE",
        number=row["oreg"],
        format="film",
        title=film_title(match[1]),
        author="",
        publisher=maker if len(maker) < 50 else "",
        year=row["odat"][:4],
        extent=reels,
        subjects="Silent films|Feature films",
        fame=1,
    )


def film_title(text: str) -> str:
    words = text.strip(' "').lower().split()
    small = {"of", "the", "a", "an", "and", "in", "on", "to", "my", "o'", "at", "for", "from"} - {
        "my"
    }
    return " ".join(
        word if word in small and place else word[:1].upper() + word[1:]
        for place, word in enumerate(words)
    )


# ------------------------------------------------------------------ Library of Congress samples

CARD = " /:;=,"
# Not the German sample: its umlauts were lost on the way ("Universita t").
SAMPLES = ("british_library", "gwu", "loc_general", "nlm", "oclc", "princeton")
Text = Callable[[str, str], str]


def samples(folder: Path) -> Iterator[Title]:
    for name in SAMPLES:
        path = folder / "marcxml" / f"lc_marc2bibframe2_{name}.xml"
        for record in pymarc.parse_xml_to_array(str(path)):  # type: ignore[no-untyped-call]
            title = title_of_sample(record)
            if title:
                yield title


def title_of_sample(record: pymarc.Record) -> Title | None:
    form = sample_format(record)
    if not form or "245" not in record:
        return None
    text = ". ".join(part for part in (tidy(part) for part in said(record, "245", "anp")) if part)
    rest = tidy(" ".join(said(record, "245", "b")))
    if not text or len(text) > 240 or "\ufffd" in text:
        return None
    author, dates, corporate = sample_author(record)
    coded = control(record, "008")
    year = coded[7:11] if re.fullmatch(r"1[4-9]\d\d|20[0-2]\d", coded[7:11]) else ""
    language = coded[35:38] if re.fullmatch(r"[a-z]{3}", coded[35:38]) else "und"
    return Title(
        source="LC",
        number=control(record, "001").strip(),
        format=form,
        title=upper_first(text),
        rest=rest[:200],
        author=author,
        dates=dates,
        corporate=corporate,
        language=language,
        year=year,
        place=imprint(record, "a"),
        publisher=imprint(record, "b"),
        edition=tidy(" ".join(said(record, "250", "a")))[:80],
        extent=" ".join(said(record, "300", "ab"))[:100].strip(CARD),
        congress=" ".join(said(record, "050", "ab")[:2])[:40],
        dewey="".join(said(record, "082", "a")[:1]).replace("/", "")[:16],
        subjects="|".join(sample_subjects(record)),
        others="|".join(name for name, _ in people(record, "700"))[:200].rpartition("|")[0]
        or "|".join(name for name, _ in people(record, "700"))[:120],
        isbn="|".join(isbns(record)),
        issn="".join(re.findall(r"\d{4}-\d{3}[\dX]", " ".join(said(record, "022", "a")))[:1]),
        lccn="".join(
            re.findall(r"[a-z]{0,3} ?\d{8,10}", " ".join(said(record, "010", "a")))[:1]
        ).strip(),
        oclc="".join(
            re.findall(r"\(OCoLC\)(?:oc[mn]|on)?0*(\d+)", " ".join(said(record, "035", "a")))[:1]
        ),
        fiction="yes"
        if coded[33:34] in {"1", "f", "j"} and form in {"book", "large-print"}
        else "",
        fame=2 if language == "eng" and form in {"book", "large-print"} and year > "1990" else 1,
    )


def control(record: pymarc.Record, tag: str) -> str:
    """What this control field holds, or nothing."""
    return next((field.data or "" for field in record.get_fields(tag)), "")


def said(record: pymarc.Record, tag: str, codes: str) -> list[str]:
    """These subfields of the first field with this tag, or of all for numbers."""
    found = record.get_fields(tag)
    found = found if tag in {"020", "035", "022"} else found[:1]
    return [
        " ".join(sub.value.split())
        for field in found
        for sub in field.subfields
        if sub.code in codes and sub.value.strip()
    ]


def tidy(text: str) -> str:
    text = re.sub(
        r"\s*\[(?:electronic resource|sound recording|filmstrip|motion picture)[^\]]*\]", "", text
    )
    text = unicodedata.normalize("NFC", html.unescape(text)).strip().strip(CARD)
    return (
        text[:-1] if text.endswith(".") and not re.search(r"(?:\b\w|etc|\.\.)\.$", text) else text
    )


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def sample_format(record: pymarc.Record) -> str:
    """As the catalogue would say; empty for manuscripts, archives and what has no name there."""
    kind, level = str(record.leader)[6], str(record.leader)[7]
    coded = control(record, "008")
    online = "electronic resource" in " ".join(said(record, "245", "h"))
    if kind == "a" and level in "ms":
        if online or coded[23:24] in {"o", "q", "s"}:
            return "eresource"
        return "serial" if level == "s" else "large-print" if coded[23:24] == "d" else "book"
    if kind == "j" and online:
        return "eresource"
    names = {"i": "audiobook", "j": "music", "c": "score", "e": "map", "g": "film"}
    return names.get(kind, "") if level == "m" else ""


def people(record: pymarc.Record, tag: str) -> Iterator[tuple[str, str]]:
    for field in record.get_fields(tag):
        name = tidy(" ".join(sub.value for sub in field.subfields if sub.code in "abcq"))
        dates = "".join(sub.value for sub in field.subfields if sub.code == "d").strip(" .,")
        if name and not any(sub.code == "t" for sub in field.subfields):
            yield name, dates


def sample_author(record: pymarc.Record) -> tuple[str, str, str]:
    for tag, corporate in (("100", ""), ("110", "yes")):
        for name, dates in people(record, tag):
            return name, dates if re.search(r"\d", dates) else "", corporate
    return "", "", ""


def imprint(record: pymarc.Record, code: str) -> str:
    for tag in ("264", "260"):
        for text in said(record, tag, code)[:1]:
            name = tidy(text).strip("[]")
            return "" if name.startswith(("S.l", "s.n", "Place of")) else name[:60]
    return ""


def sample_subjects(record: pymarc.Record) -> Iterator[str]:
    seen: set[str] = set()
    for field in record.get_fields("650", "651", "600", "610"):
        if field.indicators and field.indicators[1] not in "0127":
            continue
        head = tidy(" ".join(sub.value for sub in field.subfields if sub.code in "abcdt"))
        parts = [tidy(sub.value) for sub in field.subfields if sub.code in "vxyz"]
        text = " -- ".join([head, *parts]).replace("|", "")
        if head and text not in seen and len(seen) < 5:
            seen.add(text)
            yield text[:120]


def isbns(record: pymarc.Record) -> Iterator[str]:
    """Those with a right check digit, as 13 digits, no number twice."""
    found = re.findall(
        r"(?<!\d)(?:97[89])?\d{9}[\dX](?!\d)", " ".join(said(record, "020", "a")).replace("-", "")
    )
    right = [isbn_rules.to_isbn13(number) for number in found if isbn_rules.is_valid(number)]
    yield from list(dict.fromkeys(right))[:3]
