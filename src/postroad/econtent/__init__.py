"""Licensed titles: the terms under which they may be used."""
