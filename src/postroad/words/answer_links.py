"""What a lender may do by the link in its mail: the same words in the mail and on the page."""

from django.utils.translation import gettext_lazy

from postroad.words.labels import Words

STEPS: Words = {
    "yes": gettext_lazy("Yes, we will send it"),
    "no": gettext_lazy("No, we cannot send it"),
    "conditions": gettext_lazy("Yes, on conditions"),
    "later": gettext_lazy("Not now, but later"),
    "shipped": gettext_lazy("We have shipped it"),
    "copy": gettext_lazy("Send the copy"),
    "home": gettext_lazy("It is home again"),
    "undo": gettext_lazy("Undo the last step"),
    "message": gettext_lazy("Write to the borrowing library"),
    "stop": gettext_lazy("Stop this link"),
}
EXPLAINED: Words = {
    "yes": gettext_lazy(
        "Say yes when you have the item, or are sure that you will find it. If it is not on its "
        "shelf after all, you can still say no."
    ),
    "no": gettext_lazy(
        "The next library is asked right away. Your library is not asked again for this request."
    ),
    "conditions": gettext_lazy(
        "The borrowing library accepts your conditions or not. Until then, do not send it."
    ),
    "later": gettext_lazy(
        "Other libraries are asked meanwhile. If none of them can send it, you are asked again on "
        "that day."
    ),
    "shipped": gettext_lazy(
        "Record it on the day on which it leaves: the reader and the other library are told."
    ),
    "copy": gettext_lazy(
        "Scan the pages and choose the file, or type the address where it can be read. The reader "
        "gets it at once."
    ),
    "home": gettext_lazy("Say so when you have the item in hand."),
    "undo": gettext_lazy("Use this if it was a mistake. Then it is as it was before."),
    "message": gettext_lazy(
        "Only your library and the borrowing library read it. Do not name a reader."
    ),
    "stop": gettext_lazy(
        "Use this if the mail reached somebody who should not have it. Then nobody can answer by "
        "this link any more; the ILL center can send you a new one."
    ),
}
