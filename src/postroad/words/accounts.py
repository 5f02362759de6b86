"""The words of people, posts and cards."""

from django.utils.translation import gettext_lazy

from postroad.words.labels import Words

REFUSALS: Words = {
    "program-key-over": gettext_lazy(
        "Somebody else was faster: this key stands as you wanted it. Nothing was changed."
    ),
    "post-not-yours-to-give": gettext_lazy(
        "Only somebody who may give all posts of this account can change it. Nothing was changed."
    ),
    "post-without-its-place": gettext_lazy(
        "A post at a library needs one of our members, and a post for the consortium none. Nothing "
        "was changed."
    ),
    "last-operator": gettext_lazy(
        "%(name)s is the last operator: nobody could appoint another. Make somebody else operator "
        "first. Nothing was changed."
    ),
    "last-director": gettext_lazy(
        "%(name)s is the last director of %(library)s. Nothing was changed."
    ),
    "invitation-is-over": gettext_lazy(
        "This link was used already, is too old, or a newer one was sent. Nothing was changed."
    ),
    "card-number-taken": gettext_lazy(
        "Another card of %(library)s has the number %(barcode)s. Nothing was changed."
    ),
}
