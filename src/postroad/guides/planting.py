"""Many pages at once, published, each with its first version: in a few statements a page.

Wagtail's own way (add, save a revision, publish) takes a hundred statements a page, which is well
for an editor and slow for a house that begins. What it would write is written here, and nothing
else: rows of pages, their revisions, the search index and where shared boxes are used.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.search.backends import get_search_backend

BASE = [field.attname for field in Page._meta.concrete_fields if not field.primary_key]


@transaction.atomic
def plant(parent: Any, pages: Sequence[Any]) -> None:
    """Put these new pages, all of one kind, below a parent, after those that are there."""
    if not pages:
        return
    now, kind = timezone.now(), ContentType.objects.get_for_model(pages[0])
    last = parent.get_last_child()
    for page in pages:
        path = last._inc_path() if last else Page._get_path(parent.path, parent.depth + 1, 1)
        page.path, page.depth, page.numchild = path, parent.depth + 1, 0
        page.url_path = f"{parent.url_path}{page.slug}/"
        page.content_type, page.locale_id, page.draft_title = kind, parent.locale_id, page.title
        page.live, page.first_published_at, page.last_published_at = True, now, now
        last = page
    rows = Page.objects.bulk_create(
        Page(**{name: getattr(page, name) for name in BASE}) for page in pages
    )
    for page, row in zip(pages, rows, strict=True):
        page.pk = page.page_ptr_id = page.id = row.pk
        page.save_base(raw=True, force_insert=True)  # its own table only, as rows come from a file
    Page.objects.filter(pk=parent.pk).update(numchild=F("numchild") + len(pages))
    parent.numchild += len(pages)
    _remember(pages, rows, kind)
    get_search_backend().add_bulk(type(pages[0]), pages)
    for page in pages:
        if any(ReferenceIndex._extract_references_from_object(page)):
            ReferenceIndex.create_or_update_for_object(page)


def _remember(pages: Sequence[Any], rows: Sequence[Page], kind: ContentType) -> None:
    """The first version of each: what stands there before an editor changes it."""
    above = ContentType.objects.get_for_model(Page)
    made = Revision.objects.bulk_create(
        Revision(
            content_type=kind,
            base_content_type=above,
            object_id=str(page.pk),
            created_at=page.first_published_at,
            content=page.serializable_data(),
            object_str=str(page),
        )
        for page in pages
    )
    for row, revision in zip(rows, made, strict=True):
        row.latest_revision = row.live_revision = revision
        row.latest_revision_created_at = revision.created_at
    Page.objects.bulk_update(
        rows, ["latest_revision", "live_revision", "latest_revision_created_at"]
    )
