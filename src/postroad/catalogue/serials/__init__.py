"""Which volumes and years of a serial a library says that it has. No Django here.

`statements` reads what libraries write, by `tokens` and `grammar`; `coded` reads what they code
(MARC 853 and 863); both give `runs`. `answers` says of a volume or a year whether it is there, is
not there, or is not known.
"""

from postroad.catalogue.serials.answers import Answer, Asked, answer, together
from postroad.catalogue.serials.runs import Kind, Point, Reading, Run
from postroad.catalogue.serials.statements import Statement, read

__all__ = [
    "Answer",
    "Asked",
    "Kind",
    "Point",
    "Reading",
    "Run",
    "Statement",
    "answer",
    "read",
    "together",
]
