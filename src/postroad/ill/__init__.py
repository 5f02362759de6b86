"""One request from ask to return."""
