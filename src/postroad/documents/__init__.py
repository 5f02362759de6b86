"""Article copies. Empty until its own issue."""
