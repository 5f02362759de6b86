"""What other engines are given of a record."""

from postroad.catalogue.engines.tantivy import Entry


def texts(entry: Entry) -> tuple[str, str, str, str]:
    """The same words as our index has, by where they weigh alike."""
    title = f"{entry.title} {entry.other_titles}"
    names = f"{entry.author} {entry.contributors} {entry.responsibility}"
    rest = f"{entry.publisher} {entry.series} {entry.notes} {entry.year or ''}"
    return title, names, entry.subjects, rest
