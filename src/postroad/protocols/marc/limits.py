"""How much of a file is held in memory at once."""

LONGEST = 4_000_000  # bytes of one record; the format itself ends at 99,999
CHUNK = 1 << 18  # bytes that are read from the file in one go
