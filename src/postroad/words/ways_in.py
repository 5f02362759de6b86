"""How the readers of a library get into a licensed resource."""

from django.utils.translation import gettext_lazy

from postroad.econtent.models import Right
from postroad.words.labels import Words

SENTENCES: Words = {
    Right.How.IP: gettext_lazy(
        "It opens on the computers and the wireless network of the library."
    ),
    Right.How.CARD: gettext_lazy("It asks for the number of your library card."),
    Right.How.SINGLE_SIGN_ON: gettext_lazy("Sign in there with the account of your school."),
    Right.How.PROXY: gettext_lazy("Your library’s sign-in page opens first."),
    Right.How.OPEN: gettext_lazy("It opens without signing in."),
}
