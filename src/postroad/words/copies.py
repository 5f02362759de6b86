"""What is said of a file that a library delivers, or that its reader opens."""

from django.utils.translation import gettext_lazy

from postroad.words.labels import Words

REFUSALS: Words = {
    "copy-not-sent": gettext_lazy("This file cannot be delivered. Nothing was sent."),
    "copy-empty": gettext_lazy(
        "This file is empty: there is not one byte in it. Save the scan again and choose it again. "
        "Nothing was sent."
    ),
    "copy-cut-short": gettext_lazy(
        "The end of this file is missing, as if copying or sending it was broken off. Choose it "
        "again; if that does not help, save the scan again. Nothing was sent."
    ),
    "copy-too-large": gettext_lazy(
        "This file is too large: %(megabytes)s MB is the most. Scan it in gray or with 300 dots an "
        "inch, and choose it again. Nothing was sent."
    ),
    "copy-of-another-kind": gettext_lazy(
        "This file is neither a PDF nor a TIFF, JPEG or PNG picture, whatever its name says. Save "
        "it as PDF and choose it again. Nothing was sent."
    ),
    "copy-misnamed": gettext_lazy(
        "The name of this file says %(named)s, but what is in it is %(found)s. Look whether it is "
        "the right file, give it the right ending and choose it again. Nothing was sent."
    ),
    "copy-damaged": gettext_lazy(
        "This file is damaged and cannot be read. Save the scan again and choose it again. Nothing "
        "was sent."
    ),
    "copy-locked": gettext_lazy(
        "This PDF is protected by a password or by restrictions, so the reader might not be able "
        "to open it. Save it without protection and choose it again. Nothing was sent."
    ),
    "copy-with-scripts": gettext_lazy(
        "There is a script or an interactive form in this PDF, which could act on the reader's "
        "computer. Print it to a new PDF and choose that one. Nothing was sent."
    ),
    "copy-starts-programs": gettext_lazy(
        "This PDF starts another program or sends something somewhere. Print it to a new PDF and "
        "choose that one. Nothing was sent."
    ),
    "copy-with-files": gettext_lazy(
        "Other files, sound or film are packed into this PDF. Print it to a new PDF and choose "
        "that one. Nothing was sent."
    ),
    "copy-without-pages": gettext_lazy(
        "There is no page in this PDF. Scan it again and choose the new file. Nothing was sent."
    ),
    "copy-too-many-pages": gettext_lazy(
        "This file has more than %(most)s pages. Send the pages that were asked for. Nothing was "
        "sent."
    ),
    "copy-blank": gettext_lazy(
        "All pages of this file are blank. Look whether the scanner took the right side, scan it "
        "again and choose the new file. Nothing was sent."
    ),
    "copy-picture-too-large": gettext_lazy(
        "A picture in this file has so many dots that many computers could not show it. Scan with "
        "300 or 600 dots an inch and choose the new file. Nothing was sent."
    ),
    "copy-bomb": gettext_lazy(
        "Unpacked, this file would be thousands of times larger, as files are that are made to do "
        "harm. Scan the pages again and choose the new file. Nothing was sent."
    ),
    "copy-too-heavy": gettext_lazy(
        "It takes too much time or memory to look into this file. Scan it in gray or with 300 dots "
        "an inch, or print it to a new PDF, and choose that one. Nothing was sent."
    ),
    "copy-infected": gettext_lazy(
        "The virus scanner found %(name)s in this file. Do not pass it on, and tell whoever looks "
        "after your computers. Nothing was sent."
    ),
    "copy-not-scanned": gettext_lazy(
        "The virus scanner of this server did not answer, so the file could not be checked. "
        "Nothing was sent and nothing was lost. Try again in a few minutes; if it happens again, "
        "tell whoever runs the server."
    ),
    "copy-not-scanned-whole": gettext_lazy(
        "This file is larger, or has more in it, than the virus scanner of this server reads, so "
        "it could not be checked. Nothing was sent, and no virus was found. Scan it in gray or "
        "with 300 dots an inch, or print it to a new PDF, and choose that one; if that does not "
        "help, tell whoever runs the server."
    ),
    "copy-sent-already": gettext_lazy(
        "This very file was delivered for this request already. Nothing was sent again."
    ),
    "copy-too-many-wait": gettext_lazy(
        "This file was not kept: %(most)s scans of your library wait for somebody to say for which "
        "request they are. Nothing was sent. File them or throw them away, then upload this one "
        "again."
    ),
    "copy-no-room": gettext_lazy(
        "This server's disk is full, so the file could not be kept. Nothing was sent and nothing "
        "was lost. Please tell whoever runs the server, and try again later."
    ),
    "copy-not-opened": gettext_lazy("This copy cannot be opened now."),
    "copy-link-unknown": gettext_lazy(
        "This link is not one of ours. It may have been cut in two: copy all of it from the mail."
    ),
    "copy-gone": gettext_lazy(
        "This copy is no longer here: copies are deleted after their last day. If you still need "
        "it, ask your library."
    ),
    "copy-without-views": gettext_lazy(
        "This copy has been opened as often as it may be. If you still need it, press “I need it "
        "longer” on the page of your request, or ask your library."
    ),
    "copy-not-yours": gettext_lazy(
        "Only the reader who asked for this copy can open it: sign in as that reader, or type the "
        "code from the mail. No opening was used up."
    ),
    "copy-code-wrong": gettext_lazy(
        "This code does not open the copy. It may be mistyped, used already, or more than an hour "
        "old; after five tries a new one is needed. No opening was used up."
    ),
    "copy-too-many-codes": gettext_lazy(
        "Too many codes were asked for or typed within an hour. Wait a while and try again, or "
        "sign in. No opening was used up."
    ),
    "copy-missing": gettext_lazy(
        "The file is missing on our side. No opening was used up. Please tell your library: it can "
        "have it sent again."
    ),
}
