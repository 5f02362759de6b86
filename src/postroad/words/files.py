"""What is said of a file that somebody sends, or that is fetched."""

from django.utils.translation import gettext_lazy

from postroad.words.labels import Words

REFUSALS: Words = {
    "not-fetched": gettext_lazy("Nothing could be fetched from that address."),
    "address-not-of-the-web": gettext_lazy(
        "This is no address of the web. It begins with https:// or http:// and names a server."
    ),
    "address-private": gettext_lazy(
        "%(host)s is inside a private network, so nothing is fetched from there. The operator can "
        "allow it."
    ),
    "address-unreached": gettext_lazy(
        "Nobody answered at %(host)s, or not in time. It is tried again later."
    ),
    "address-no-such-server": gettext_lazy(
        "There is no server %(host)s on the internet. Look whether its name is spelled right."
    ),
    "address-insecure": gettext_lazy(
        "The secure connection to %(host)s does not hold (%(reason)s), so nothing was sent. "
        "Whoever runs that server must mend its certificate."
    ),
    "address-cut-short": gettext_lazy(
        "The answer of %(host)s broke off before its end. It is tried again later."
    ),
    "address-answered": gettext_lazy(
        "The server answered, but not with the file (it said %(status)s). Look whether the address "
        "is still right."
    ),
    "address-redirects": gettext_lazy(
        "The address leads on and on, more than %(redirects)s times. Enter the one at the end."
    ),
    "address-too-large": gettext_lazy("What stands there is more than %(megabytes)s MB."),
    "spreadsheet-unreadable": gettext_lazy(
        "This file is damaged or cannot be read. Open it in your spreadsheet program, save it "
        "again as .xlsx, .ods or .csv, and choose it again. Nothing was changed."
    ),
    "spreadsheet-of-another-kind": gettext_lazy(
        "This is not a spreadsheet that can be read here. Save it as .xlsx, .ods or .csv and "
        "choose it again. Nothing was changed."
    ),
    "spreadsheet-locked": gettext_lazy(
        "This spreadsheet opens only with a password. Save it without one and choose it again. "
        "Nothing was changed."
    ),
    "spreadsheet-too-large": gettext_lazy(
        "This file is too large: %(megabytes)s MB is the most. Divide it into several files, or "
        "remove pictures and unneeded sheets. Nothing was changed."
    ),
    "spreadsheet-too-many-rows": gettext_lazy(
        "This file has more than %(rows)s rows. Divide it into several files. Nothing was changed."
    ),
    "spreadsheet-too-wide": gettext_lazy(
        "This file has more than %(columns)s columns, or a cell with more than %(characters)s "
        "characters. Remove what does not belong there. Nothing was changed."
    ),
    "spreadsheet-open-quote": gettext_lazy(
        "A quotation mark near line %(line)s has no partner, so it is not clear where a cell "
        "ends. Correct that line. Nothing was changed."
    ),
    "spreadsheet-empty": gettext_lazy(
        "There is nothing in this spreadsheet. Choose another. Nothing was changed."
    ),
    "spreadsheet-without-headings": gettext_lazy(
        "None of the first rows has these headings: %(needed)s. Add them above the columns. "
        "Nothing was changed."
    ),
}
