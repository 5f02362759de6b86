"""What a password must be, said as we would say it; the rules themselves are Django's."""

from django.contrib.auth import password_validation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class LongEnough(password_validation.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return ngettext(
            "Too short to be safe: use at least %(n)d character.",
            "Too short to be safe: use at least %(n)d characters.",
            self.min_length,
        ) % {"n": self.min_length}

    def get_help_text(self) -> str:
        return ngettext(
            "Use at least %(n)d character.", "Use at least %(n)d characters.", self.min_length
        ) % {"n": self.min_length}


class NotOnesName(password_validation.UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return _("Too much like your name or address, so others could guess it. Choose another.")

    def get_help_text(self) -> str:
        return _("Not your name or your address.")


class NotEverybodys(password_validation.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return _("Many people use this password, so it is easy to guess. Choose another.")

    def get_help_text(self) -> str:
        return _("Not a password that many people use.")
