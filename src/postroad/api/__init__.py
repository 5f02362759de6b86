"""Doors for programs. Empty until the first program knocks."""
