"""The systems of libraries that we ask something: where they answer, and by which protocol."""

import os
import re
from urllib.parse import urlsplit

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.directory.models.libraries import Library

NO_SECRET_SIGN = re.compile(r"[^A-Z0-9]+")
NOWHERE = (".example", ".invalid", ".test")  # names that are kept free, so nobody answers there


class Protocol(models.TextChoices):
    OAI = "oai", "OAI-PMH"


class Connection(models.Model):
    """A system of a library, as it is reached. Its password is never here: `secret_name` says in
    which variable of the environment the operator keeps it."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="connections")
    protocol = models.CharField(max_length=8, choices=Protocol, default=Protocol.OAI)
    address = models.URLField(max_length=500)
    options = models.JSONField(default=dict, blank=True)  # by protocol; of OAI-PMH: prefix, set
    secret_name = models.SlugField(max_length=40, blank=True)
    active = models.BooleanField(default=False)
    every_hours = models.PositiveSmallIntegerField(default=24)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.CharField(max_length=150, blank=True)  # a name: it stays

    class Meta:
        ordering = ["library", "protocol", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library"],
                condition=models.Q(protocol=Protocol.OAI),
                name="one_harvest_a_library",
            )
        ]
        verbose_name = _("connection")

    def __str__(self) -> str:
        return f"{self.protocol} of {self.library_id}"

    @property
    def is_invented(self) -> bool:
        """Whether it leads to a name that exists nowhere, as in the demo: it is never asked."""
        host = (urlsplit(self.address).hostname or "").rstrip(".")
        return f".{host}".endswith(NOWHERE)

    @property
    def variable(self) -> str:
        """The variable that holds its name and password. It bears the library's code, so that
        nobody can have another library's password sent to a server of his own."""
        if not self.secret_name:
            return ""
        parts = ("SECRET", self.library.code, self.secret_name)
        return "_".join(NO_SECRET_SIGN.sub("_", part.upper()) for part in parts)

    @property
    def credentials(self) -> str:
        """ "name:password", or nothing."""
        return os.environ.get(self.variable, "") if self.secret_name else ""
