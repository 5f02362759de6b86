"""Pages for everybody: catalogue, libraries, front door."""
