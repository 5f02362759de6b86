"""Bytes to values and back. Empty until the first protocol comes."""
