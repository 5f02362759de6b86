"""What is said of a source of records: what is wrong with it, and what to do."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from postroad.words import files
from postroad.words.labels import Words, label

REFUSALS: Words = {
    "oai-error": gettext_lazy(
        "The server says no: “%(error)s” %(said)s. Try it below; what is wrong is said there."
    ),
    "oai-repeats": gettext_lazy(
        "The server's list goes in a circle: after %(pages)s pages it sent the same one again. "
        "What came is kept. Whoever runs that system must mend its resumption tokens."
    ),
    "oai-endless": gettext_lazy(
        "The server's list has no end: %(pages)s pages in a row brought nothing new. What came is "
        "kept. Whoever runs that system must mend its resumption tokens."
    ),
    "oai-token-refused": gettext_lazy(
        "The server refused its own resumption tokens %(times)s times, so its list was never read "
        "to the end. What came is kept. Let its tokens hold longer, or its pages be smaller."
    ),
    "oai-token-too-long": gettext_lazy(
        "The server's resumption token has %(length)s characters, too many to send back, so its "
        "list was not read to the end. What came is kept. Whoever runs that system must mend its "
        "resumption tokens."
    ),
    "oai-invented": gettext_lazy(
        "This address is invented, as are the libraries of the demo: nobody is asked."
    ),
    "oai-cut-short": gettext_lazy(
        "An answer broke off before its end. It is asked for again later."
    ),
    "harvest-stumbled": gettext_lazy(
        "Something went wrong on our side. The operator can see what; it is tried again later."
    ),
    "not-oai": gettext_lazy(
        "What answers there is not OAI-PMH (%(reason)s). It is asked again later."
    ),
}

# How records of a system come with their items: `doctor.SYSTEMS`, and layouts of `catalogue.marc`.
ITEMS: Words = {
    "koha": gettext_lazy(
        "in Koha, write “include_items: 1” under the format in the file that the system preference "
        "OAI-PMH:ConfFile names"
    ),
    "evergreen": gettext_lazy(
        "in Evergreen, leave the set empty or choose one that begins with COPIES:, and look "
        "whether the copies are visible in the catalog"
    ),
    "alma": gettext_lazy(
        "in Alma, add items to the publishing profile under Data Enrichment, then publish again"
    ),
    "polaris": gettext_lazy("in Polaris, choose the set Full; Brief leaves the items out"),
    "folio": gettext_lazy("in FOLIO, choose the format marc21_withholdings"),
    "sierra": gettext_lazy(
        "in Sierra, ask Innovative to let item fields be part of the MARCXML that OAI-PMH sends; "
        "where they cannot be, send a file exported with its items"
    ),
    "symphony": gettext_lazy(
        "from Symphony, send a file exported with its items in field 999 if OAI-PMH leaves them out"
    ),
}
ANY_SYSTEM = gettext_lazy("ask whoever runs the system to send item fields along")

# What the doctor finds.
FINDINGS: Words = {
    "well": gettext_lazy("It can be harvested."),
    # who is there
    "not-oai-html": gettext_lazy(
        "A web page for people answers there, not OAI-PMH. The address must be that of the OAI-PMH "
        "server; in Koha it ends in /cgi-bin/koha/oai.pl, in Evergreen in /opac/extras/oai/biblio."
    ),
    "not-oai-empty": gettext_lazy("The server answers with nothing at all."),
    "not-oai-not-xml": gettext_lazy("What answers there is not OAI-PMH; it is not even XML."),
    "not-oai-other-xml": gettext_lazy("What answers there is XML, but not OAI-PMH."),
    "not-oai-document-type": gettext_lazy(
        "The answer has a document type (DOCTYPE), which may hide things. It was not read."
    ),
    "oai-cut-short": gettext_lazy("The answer broke off before its end."),
    "password-wanted": gettext_lazy(
        "The server wants a password or does not let us in (%(status)s). Ask its keepers to let "
        "this server in, or let the operator of this site enter a password."
    ),
    "koha-switched-off": gettext_lazy(
        "This Koha does not answer by OAI-PMH: set its system preference OAI-PMH to Enable."
    ),
    "busy": gettext_lazy(
        "The server is busy (%(status)s) and asks to be asked again in %(wait)s seconds. Try again."
    ),
    "identify-refused": gettext_lazy(
        "The server speaks OAI-PMH but does not say who it is: “%(error)s” %(said)s."
    ),
    "moved": gettext_lazy("The server leads on to %(address)s. Enter that address instead."),
    "try-instead": gettext_lazy("OAI-PMH answers at %(address)s. Enter that address instead."),
    "old-version": gettext_lazy(
        "It speaks version %(version)s of OAI-PMH; 2.0 is expected, so some of it may be misread."
    ),
    "no-deletions": gettext_lazy(
        "It does not tell which records were deleted, so copies that go there stay here. Send a "
        "file of the whole collection now and then; in Koha, look at OAI-PMH:DeletedRecord."
    ),
    "deletions-unknown": gettext_lazy(
        "It does not say whether it tells of deleted records (it says “%(said)s”), so copies that "
        "go there may stay here."
    ),
    "granularity-unknown": gettext_lazy(
        "It does not say how exact its dates are (it says “%(said)s”), so it is asked by days."
    ),
    "granularity-days": gettext_lazy(
        "It promises dates to the second and gives only days. It is asked by days."
    ),
    "granularity-refused": gettext_lazy(
        "It does not take a date as it promises to (%(said)s). It is asked by days, or for all."
    ),
    "clock-ahead": gettext_lazy(
        "Its clock is %(minutes)s minutes ahead of ours. Harvests go by its own, so nothing is "
        "missed."
    ),
    "clock-behind": gettext_lazy(
        "Its clock is %(minutes)s minutes behind ours. Harvests go by its own, so nothing is "
        "missed."
    ),
    "calls-itself": gettext_lazy("It calls itself %(address)s. That does no harm."),
    # what it has
    "format-none": gettext_lazy(
        "It offers no MARC, only %(others)s. Ask its keepers to switch on MARCXML; in Sierra, add "
        "the prefix marc21 under Crosswalks."
    ),
    "format-other": gettext_lazy(
        "It does not offer the format %(prefix)s. Choose one of these: %(others)s."
    ),
    "format-strange": gettext_lazy(
        "It offers the format %(prefix)s and does not say that it is MARC."
    ),
    "format-with-items": gettext_lazy(
        "It offers the format %(prefix)s too, in which records come with their items."
    ),
    "no-sets": gettext_lazy("It has no sets, so there is no set %(set)s. Leave the set empty."),
    "set-unknown": gettext_lazy("It has no set %(set)s. Choose one of those below."),
    "sets-unanswered": gettext_lazy("It does not say which sets it has."),
    # what its list is like
    "no-records": gettext_lazy("It has no records there. Look at the set and the format."),
    "list-refused": gettext_lazy("It gives no records: “%(error)s” %(said)s."),
    "token-repeats": gettext_lazy(
        "Its list goes in a circle: the second page is the first again. It cannot be read to the "
        "end until its resumption tokens are mended."
    ),
    "token-refused": gettext_lazy(
        "It refuses its own resumption token for the second page: %(said)s."
    ),
    "token-too-long": gettext_lazy(
        "Its resumption token for the next page has %(length)s characters, too many to send back. "
        "It cannot be read to the end until its resumption tokens are mended."
    ),
    "only-deleted": gettext_lazy(
        "The first records are all deleted ones (%(count)s), so no sample can be shown."
    ),
    "boundary-lost": gettext_lazy(
        "Asked for what changed since a date, it leaves out what bears that very date. Each "
        "harvest asks from a little before."
    ),
    "stamps-missing": gettext_lazy(
        "Records of the sample without a date that can be read: %(count)s."
    ),
    "stamps-ahead": gettext_lazy(
        "Records of the sample with a date still to come, by which nothing goes: %(count)s."
    ),
    # what its records are like
    "characters": gettext_lazy(
        "Its answers hold characters that XML does not allow. They are mended on the way."
    ),
    "mended": gettext_lazy(
        "Records of the sample that are mended on the way: %(count)s (%(what)s)."
    ),
    "unreadable": gettext_lazy(
        "Records of the sample that cannot be read: %(count)s (%(reason)s)."
    ),
    "without-number": gettext_lazy(
        "Records without a number of their own (field 001): %(count)s of %(of)s. They are known "
        "by their OAI identifier."
    ),
    "some-without-items": gettext_lazy(
        "Records of the sample without items: %(count)s of %(of)s. That may be right."
    ),
    "statuses-unknown": gettext_lazy(
        "Nobody knows what these statuses mean: %(words)s. Such copies count as not known. Say "
        "what they mean in the mapping of the library's items."
    ),
}
WITHOUT_ITEMS = gettext_lazy("Its records come without items: %(advice)s.")


def finding(code: str, facts: Mapping[str, object]) -> str:
    """A finding in words."""
    if code == "without-items":
        advice = ITEMS.get(str(facts.get("system", "")), ANY_SYSTEM)
        return str(WITHOUT_ITEMS) % {"advice": advice}
    sentence = FINDINGS.get(code) or files.REFUSALS.get(code) or REFUSALS.get(code)
    if sentence is None:
        return _("It cannot be harvested (%(code)s).") % {"code": code}
    return str(sentence) % facts


def trouble(code: str, facts: Mapping[str, object]) -> str:
    """Why a harvest does not go on, in words; nothing for none."""
    if not code:
        return ""
    named = f"{code}-{facts.get('reason')}" if code == "not-oai" else code
    if named in FINDINGS:
        return finding(named, facts)
    sentence = REFUSALS.get(code) or files.REFUSALS.get(code)
    return str(sentence) % facts if sentence else finding(code, facts)


# What a run reports, in this order.
COUNTS: Words = {
    "read": gettext_lazy("records came"),
    "new": gettext_lazy("new"),
    "joined": gettext_lazy("joined to records of others"),
    "changed": gettext_lazy("changed"),
    "unchanged": gettext_lazy("unchanged"),
    "deleted": gettext_lazy("deleted"),
    "left_out": gettext_lazy("left out"),
    "mended": gettext_lazy("mended on the way"),
    "copies_new": gettext_lazy("copies added"),
    "copies_changed": gettext_lazy("copies changed"),
    "copies_withdrawn": gettext_lazy("copies taken away"),
    "without_copies": gettext_lazy("records without copies"),
    "without_number": gettext_lazy("records without field 001"),
}


def counts(report: Mapping[str, object]) -> list[tuple[Promise | str, object]]:
    return [(label(COUNTS, name), number) for name in COUNTS if (number := report.get(name))]
