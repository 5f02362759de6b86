"""A library's own system, asked a few questions. Empty until its own issue."""
