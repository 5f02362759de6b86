"""Pages for a patron: ask, follow, renew, cancel."""
