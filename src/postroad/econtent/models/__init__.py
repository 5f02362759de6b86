"""Licensed resources, who may use them, and the titles that they hold."""

from postroad.econtent.models.history import FundingEnd, ResourceChange
from postroad.econtent.models.links import FailingLink, LinkReport, LinkTurn
from postroad.econtent.models.lists import OPEN, BadLine, FileState, ListFile
from postroad.econtent.models.resource import Allowed, Resource, ResourceQuerySet, Right
from postroad.econtent.models.titles import Title, TitleList, TitleQuerySet

__all__ = [
    "OPEN",
    "Allowed",
    "BadLine",
    "FailingLink",
    "FileState",
    "FundingEnd",
    "LinkReport",
    "LinkTurn",
    "ListFile",
    "Resource",
    "ResourceChange",
    "ResourceQuerySet",
    "Right",
    "Title",
    "TitleList",
    "TitleQuerySet",
]
