"""Licensed resources and their title lists: refusals in plain words."""

from django.utils.translation import gettext_lazy

from postroad.words.labels import Words

REFUSALS: Words = {
    "list-too-large": gettext_lazy(
        "This file is too large: %(megabytes)s MB is the most. Divide it by platforms. Nothing was "
        "changed."
    ),
    "list-not-read": gettext_lazy("%(why)s Nothing was changed."),
    "list-has-bad-lines": gettext_lazy(
        "Some lines still have to be corrected or left out. Nothing was changed."
    ),
    "list-decided": gettext_lazy(
        "This has changed meanwhile: look at it again. Nothing of yours was changed."
    ),
    "list-no-way-back": gettext_lazy(
        "The list has changed since, so this cannot be brought back. Send the file that you want "
        "again. Nothing was changed."
    ),
    "list-another-waits": gettext_lazy(
        "Another file of this list waits for you, and was compared with what is in effect now. "
        "Decide about it first. Nothing was changed."
    ),
    "resource-changed-since": gettext_lazy(
        "This was changed again since, so it was not put back. Put back the later change first. "
        "Nothing was changed."
    ),
    "resource-undone-already": gettext_lazy("This was put back already. Nothing was changed."),
    "funding-ends-already": gettext_lazy(
        "Nothing that %(payer)s pays for lasts longer than %(day)s. Nothing was changed."
    ),
    "funding-taken-back-already": gettext_lazy(
        "The end of the money of %(payer)s was taken back already. Nothing was changed."
    ),
}
