"""Labelled pairs of records: one edition or two. How each was labelled stands in its file."""
