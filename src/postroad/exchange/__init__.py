"""Talk with peer ILL systems. Empty until ISO 18626 comes.

It stands below the doors, so that a page may show what was said, and above all that a message may
set going.
"""
