"""Postroad: interlibrary loan, union catalogue and courier delivery in one house."""
