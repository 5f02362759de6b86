"""Licensed titles. Empty until its own issue."""
