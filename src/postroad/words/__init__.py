"""What codes, days and refusals are called, in the reader's language: one home for each word.

Pages and notices both ask here, so that they cannot word the same thing differently. Each room has
its file; a rule knows none of them. Where two readers need other words for one code, both stand
side by side.
"""

from postroad.words import (
    accounts,
    answer_links,
    cases,
    catalogue,
    copies,
    copyout,
    delivery,
    directory,
    document_delivery,
    documents,
    files,
    harvests,
    homeward,
    hours,
    ill,
    ill_refusals,
    intake,
    languages,
    loads,
    materials,
    networks,
    notices,
    questions,
    records,
    situations,
    wanted,
)
from postroad.words.labels import Words, clock, day, label, moment
from postroad.words.refusals import refusal

__all__ = [
    "Words",
    "accounts",
    "answer_links",
    "cases",
    "catalogue",
    "clock",
    "copies",
    "copyout",
    "day",
    "delivery",
    "directory",
    "document_delivery",
    "documents",
    "files",
    "harvests",
    "homeward",
    "hours",
    "ill",
    "ill_refusals",
    "intake",
    "label",
    "languages",
    "loads",
    "materials",
    "moment",
    "networks",
    "notices",
    "questions",
    "records",
    "refusal",
    "situations",
    "wanted",
]
