"""A title list that covers a journal, for pages that say what is licensed."""

from postroad.econtent import taking
from postroad.econtent.models import Resource, Right, TitleList
from postroad.protocols import kbart

ROW = "Berkshire naturalist\t{issn}\t\t2001\t\t\t\t\t\thttps://j.example/bn\t\t\t\tfulltext"


def license_journal(issn: str = "0028-0836", **right: str) -> TitleList:
    """From 2001 on, for readers of public libraries with their card."""
    resource = Resource.objects.create(slug="fields", name="Fields Online")
    title_list = TitleList.objects.create(resource=resource, platform="j.example")
    lines = ["\t".join(kbart.COLUMNS_2010), ROW.format(issn=issn)]
    taking.take(title_list, kbart.read("\n".join(lines).encode()))
    facts = {"who": "kind", "value": "public", "how": "card", **right}
    Right.objects.create(resource=resource, **facts)
    return title_list
