"""Postroad: interlibrary loan, union catalogue and courier delivery in one house."""

__version__ = "0.1.0"
