"""Licensed resources, who may use them, and the titles that they hold."""

from postroad.econtent.models.resource import Allowed, Resource, Right
from postroad.econtent.models.titles import Title, TitleList

__all__ = ["Allowed", "Resource", "Right", "Title", "TitleList"]
