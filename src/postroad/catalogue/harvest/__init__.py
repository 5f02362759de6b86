"""Records that are fetched from a library's system by OAI-PMH, and how they are kept up to date.

`client` asks, `taking` writes what comes, `leaving` takes away what was deleted, `running` goes on
page by page and keeps where it stands, `doctor` says what is wrong with a source, `turns` is the
job. What is kept of it stands in `rows`. Pure reading of the protocol: `protocols.oai`.
"""
