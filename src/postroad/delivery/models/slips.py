"""How a library has its slips."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.delivery.bars import Symbology
from postroad.delivery.slip_facts import Layout
from postroad.directory.models import Library


class Paper(models.TextChoices):
    LABEL = Layout.LABEL.value, _("one on a label, 4 by 6 inches")
    CARD = Layout.CARD.value, _("one on a card or label, 4 by 3 inches")
    SHEET = Layout.SHEET.value, _("four on a letter sheet")
    A4 = Layout.A4.value, _("four on a sheet of A4")


class Code(models.TextChoices):
    CODE_128 = Symbology.CODE_128.value, _("Code 128")
    CODE_39 = Symbology.CODE_39.value, _("Code 39")
    CODABAR = Symbology.CODABAR.value, _("Codabar")


class SlipChoice(models.Model):
    """What a library has chosen for the slips that it prints. Without one they are as usual."""

    library = models.OneToOneField(Library, on_delete=models.CASCADE, related_name="+")
    paper = models.CharField(max_length=5, choices=Paper, default=Paper.LABEL)
    symbology = models.CharField(max_length=7, choices=Code, default=Code.CODE_128)
    item_barcode = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"slips of {self.library_id}"
