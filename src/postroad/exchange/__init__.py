"""Talk with peer ILL systems. Empty until ISO 18626 comes."""
