"""Pages for the ILL centre: what no member could supply, and what was asked for outside."""
