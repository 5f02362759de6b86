"""Rows of article copies."""

from postroad.documents.models.copy import Copy, CopyQuerySet, Key
from postroad.documents.models.incoming import Incoming
from postroad.documents.models.use import Use, UseQuerySet

__all__ = ["Copy", "CopyQuerySet", "Incoming", "Key", "Use", "UseQuerySet"]
