"""What programs are told that may not come in."""

from django.utils.translation import gettext_lazy

from postroad.words.labels import Words

REFUSALS: Words = {
    "program-key-missing": gettext_lazy(
        "Show the key that the delivery office made for this program: Authorization: Bearer KEY. A "
        "key that was withdrawn lets nobody in."
    ),
    "program-key-not-for-this": gettext_lazy(
        "This key is in force, but not for this. The delivery office makes another for it."
    ),
    "program-asks-too-often": gettext_lazy(
        "This key has asked %(most)s times within a minute. Wait a minute, or send a list."
    ),
}
