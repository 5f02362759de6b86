"""OAI-PMH 2.0 as a harvester speaks it: questions to addresses, answers to values. No socket.

`asking` makes the address of a question and mends one that somebody typed, `answers` reads the
small answers (Identify, ListMetadataFormats, ListSets), `listing` the records of ListRecords one
by one, `stamps` reads and writes datestamps, `values` is what comes out.

Why our own: the client of the package `oaipmh` 4.0 (the living fork of pyoai) was tried first. One
control character, or one datestamp without its Z, loses a whole answer, also where it is told to
ignore bad characters; a repeated resumption token keeps it going for ever; a wrong namespace is an
empty list without a word; it reads an answer of any size into memory, follows redirects to any
machine, and keeps the token within a generator, where a killed process loses it. `oaipmh-scythe`
and `sickle` hold the token in the same way and follow any redirect; `sickle` had its last release
in 2020. With all that made ours, a few names of elements are left. The *server* of `oaipmh` is the
one that is not ours in the tests.
"""
