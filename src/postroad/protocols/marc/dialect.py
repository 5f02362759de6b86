"""Which MARC it is: records of UNIMARC look like those of MARC 21, and mean something else."""

import re

import pymarc

from postroad.protocols.marc.plain import Plain

UNIMARC = "it is UNIMARC, which is not read: ask the library's system for MARC 21"
GENERAL_DATA = re.compile(r"[0-9]{8}[a-ku-z| ]")  # 100 $a: the day of entry, the type of date


def is_unimarc(record: pymarc.Record) -> bool:
    """The title in 200, the coded data in 100, and nothing where MARC 21 has its title."""
    if isinstance(record, Plain):
        tags = {tag for tag, _text in record.texts}
    else:
        tags = {field.tag for field in record.fields}
    if "200" not in tags or "100" not in tags or "245" in tags:
        return False
    coded = (sub for field in record.get_fields("100") for sub in field.subfields)
    return any(sub.code == "a" and GENERAL_DATA.match(sub.value) for sub in coded)
