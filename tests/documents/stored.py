"""A copy in storage, without a look into its file: what becomes of it is what is asked about."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.files.base import ContentFile

from postroad.directory.models import Library
from postroad.documents import storage
from postroad.documents.models import Copy
from tests.documents import files
from tests.ill.story import MONDAY

REF = "4K7Q2M9A"


def a_copy(
    supplier: Library, ref: str = REF, now: datetime = MONDAY, *, views: int = 5, days: int = 30
) -> Copy:
    content = files.article()
    name = storage.store().save(f"{secrets.token_hex(16)}.pdf", ContentFile(content))
    return Copy.objects.create(
        ref=ref,
        supplier=supplier,
        name="scan.pdf",
        kind="pdf",
        size=len(content),
        sha256=sha256(content + name.encode()).hexdigest(),
        pages=3,
        notice_added=True,
        stored_as=name,
        made_at=now,
        expires_at=now + timedelta(days=days),
        views_left=views,
    )
