"""Rows of article copies."""

from postroad.documents.models.use import Use, UseQuerySet

__all__ = ["Use", "UseQuerySet"]
