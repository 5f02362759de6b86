"""With what words telling says no."""

from django.utils.translation import gettext_lazy

from postroad.words.labels import Words

REFUSALS: Words = {
    "copy-is-for-its-reader": gettext_lazy(
        "E-mail reaches the reader, who can open this copy without you. Print it only if the "
        "reader says that it did not open. No opening was used up."
    ),
    "updates-link-is-over": gettext_lazy(
        "The link was used, has been replaced or is more than a week old, or you have left "
        "already. Nothing was changed. If you want updates, sign up again: it takes a minute."
    ),
    "nobody-to-tell": gettext_lazy(
        "Nobody holds one of these posts at these libraries, so nobody would read it. Nothing was "
        "sent. Choose other posts or libraries; your text is still here."
    ),
}
