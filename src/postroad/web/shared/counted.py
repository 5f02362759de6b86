"""A number of pieces as it was typed."""


def whole(text: str) -> int:
    """-1 for what is no number: no rule takes that."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
