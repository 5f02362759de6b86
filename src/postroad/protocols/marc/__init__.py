"""MARC 21 records out of a file, one after the other, however badly the file was written.

Read are ISO 2709 (`iso2709`; UTF-8 or MARC-8, whatever the leader claims) and MARCXML (`marcxml`;
in any encoding that it declares, also within OAI-PMH), both also packed by gzip. `reading.records`
tells them apart by their bytes. What a record means is no business of this package: it hands out
pymarc's records.

Of what goes wrong, each has its own kind:

- A record that cannot be read comes as a `Trouble`, with its place in the file, and reading goes on
  behind it. One that could be mended comes as a `Read` that says what was mended.
- A file that ends where it should not gives what came before, then a `Trouble` that `breaks_off`.
- A file that is no MARC at all, or of which not even the first record can be reached, raises
  `NotMarc` with the reason. So does XML with a document type, which may hide entities.

Nothing else is raised, whatever the bytes, but what the file itself raises when it is read. However
long the file, no more than a few megabytes of it are held at once.
"""
