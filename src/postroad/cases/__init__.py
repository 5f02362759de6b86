"""Cases with a clock and an owner. Empty until its own issue."""
