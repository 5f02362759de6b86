"""The union catalogue: records, the numbers that identify them, and the copies on the shelves."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from postroad.accounts.models import User
from postroad.catalogue.harvest import rows  # noqa: F401  # tables of this app
from postroad.catalogue.index_models import Audited as Audited  # noqa: PLC0414  # given on
from postroad.catalogue.index_models import Indexed as Indexed  # noqa: PLC0414  # given on
from postroad.catalogue.index_models import Unindexed as Unindexed  # noqa: PLC0414  # given on
from postroad.catalogue.load_models import Load, LoadAbsence, LoadPart, LoadTrouble  # noqa: F401
from postroad.directory.models import Library


class Format(models.TextChoices):
    BOOK = "book", _("book")
    LARGE_PRINT = "large-print", _("large print")
    AUDIOBOOK = "audiobook", _("audiobook")
    MUSIC = "music", _("music recording")
    FILM = "film", _("film")
    SCORE = "score", _("score")
    MAP = "map", _("map")
    SERIAL = "serial", _("journal or newspaper")
    ERESOURCE = "eresource", _("electronic resource")
    ARTICLE = "article", _("article")
    OTHER = "other", _("other")


# What is asked for as a copy or opened on a screen: no library puts it into a parcel.
NOT_LENT = frozenset({Format.SERIAL.value, Format.ERESOURCE.value, Format.ARTICLE.value})


class ItemStatus(models.TextChoices):
    IN = "in", _("on the shelf")
    OUT = "out", _("lent out")  # by its own library, to its own reader
    AWAY = "away", _("lent to another library")  # gone with us
    MISSING = "missing", _("missing")
    REFERENCE = "reference", _("in the library only")
    UNKNOWN = "unknown", _("not known to be in")  # its library says something that we do not know
    WITHDRAWN = "withdrawn", _("withdrawn")  # the library no longer lists it


class Record(models.Model):
    """One edition of one work, whoever owns it: what its contributions say together.

    Nothing else writes its description and its identifiers (`pool`), so that they can be made anew.
    """

    title = models.CharField(max_length=1000)
    author = models.CharField(max_length=300, blank=True)
    year = models.SmallIntegerField(null=True, blank=True)
    language = models.CharField(max_length=3, blank=True)  # MARC's code: eng, fre, chi
    format = models.CharField(max_length=12, choices=Format, default=Format.BOOK)
    carrier = models.CharField(max_length=24, blank=True)  # "dvd", "cd", "braille"
    part = models.CharField(max_length=80, blank=True)  # of a whole: its number, or its name
    edition = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=120, blank=True)
    publisher = models.CharField(max_length=300, blank=True)
    extent = models.CharField(max_length=200, blank=True)
    series = models.CharField(max_length=300, blank=True)
    responsibility = models.CharField(max_length=500, blank=True)  # as the title page has it
    notes = models.TextField(blank=True)  # contents and whatever else is said, to find it by
    uniform_title = models.CharField(max_length=300, blank=True)  # of the work; of a film, its year
    other_titles = models.JSONField(default=list, blank=True)  # uniform, varying, in other scripts
    subjects = models.JSONField(default=list, blank=True)
    contributors = models.JSONField(default=list, blank=True)
    match_key = models.CharField(max_length=200, db_index=True)  # made by matching.key
    work_key = models.CharField(max_length=210, blank=True, db_index=True)  # made by works.keys
    known_key = models.CharField(max_length=210, null=True)  # the same, by its title as a work
    # A record that turned out to be another one is not deleted: links and requests lead on.
    moved_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [  # few have any of these
            models.Index(
                fields=[name], name=index, condition=models.Q(**{f"{name}__isnull": False})
            )
            for name, index in (("moved_to", "record_moved"), ("known_key", "record_known_as"))
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def standing(self) -> "Record":
        """Itself, or the record that it turned out to be."""
        return self if self.moved_to is None else self.moved_to.standing


class IdentifierKind(models.TextChoices):
    ISBN = "isbn", _("ISBN")
    CANCELED = "isbn-z", _("ISBN of another edition, or wrong")  # MARC 020 $z: to find it by
    ISSN = "issn", _("ISSN")
    OCLC = "oclc", _("OCLC number")
    LCCN = "lccn", _("Library of Congress number")


class Identifier(models.Model):
    """A number of a record: `value` is normalised for comparing, `raw` as it was written."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(max_length=8, choices=IdentifierKind)
    value = models.CharField(max_length=40)
    raw = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["value", "kind", "record"], name="one_identifier_a_record"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class ContributionState(models.TextChoices):
    LIVE = "live", _("live")
    GONE = "gone", _("deleted by its library")  # kept, should it come again


class Contribution(models.Model):
    """A library's own record, known by its control number, what it says, and the union record that
    it became. The first of a record describes it, and the others fill in.

    Of what was loaded before facts were kept nothing is known until it is loaded again.
    """

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+", db_index=False)
    control_number = models.CharField(max_length=80)
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="contributions")
    state = models.CharField(
        max_length=4, choices=ContributionState, default=ContributionState.LIVE
    )
    digest = models.BinaryField(max_length=16, null=True)  # of the facts before they were packed
    facts = models.BinaryField(null=True)  # description.written, packed

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "control_number"],
                name="one_contribution_a_control_number",
            )
        ]

    def __str__(self) -> str:
        return f"{self.control_number} of {self.library_id}"


class Decision(models.Model):
    """What somebody decided about two contributions, or about one. It stands by their control
    numbers, so that it holds whenever their libraries send them again."""

    class Kind(models.TextChoices):
        APART = "apart", _("two different books")
        TOGETHER = "together", _("one book")
        PINNED = "pinned", _("stays where it is")

    kind = models.CharField(max_length=8, choices=Kind)
    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+", db_index=False)
    control_number = models.CharField(max_length=80)
    other_library = models.ForeignKey(
        Library, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    other_control_number = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField()
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["library", "control_number"], name="decision_of"),
            models.Index(fields=["other_library", "other_control_number"], name="decision_on"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "control_number", "other_library", "other_control_number"],
                name="one_decision_a_pair",
            )
        ]

    def __str__(self) -> str:
        return f"{self.control_number} {self.kind} {self.other_control_number}"


class RawForm(models.TextChoices):
    ISO2709 = "iso2709", "ISO 2709"
    MARCXML = "marcxml", "MARCXML"


class RawRecord(models.Model):
    """The bytes of a contribution as they stood in the file; of a record that was split, one part
    behind the other. In a table of its own: nothing that is done every day reads it."""

    contribution = models.OneToOneField(
        Contribution, on_delete=models.CASCADE, primary_key=True, related_name="raw"
    )
    form = models.CharField(max_length=7, choices=RawForm)
    digest = models.BinaryField(max_length=16)  # of the bytes before they were packed
    bytes = models.BinaryField()  # packed as description.packed does

    def __str__(self) -> str:
        return f"{self.form} of {self.contribution_id}"


class Item(models.Model):
    """One copy. Its barcode is unique in its library only."""

    # The indexes below begin with the record, the library and the barcode; more would slow loading.
    record = models.ForeignKey(
        Record, on_delete=models.PROTECT, related_name="items", db_index=False
    )
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+", db_index=False)
    barcode = models.CharField(max_length=40, blank=True)  # as barcodes.plain has it
    call_number = models.CharField(max_length=120, blank=True)
    shelf_key = models.CharField(max_length=160, blank=True)  # call_number, so that it sorts
    location = models.CharField(max_length=80, blank=True)
    volume = models.CharField(max_length=80, blank=True)
    control_number = models.CharField(max_length=80, blank=True)  # the Contribution that lists it
    status = models.CharField(max_length=9, choices=ItemStatus, default=ItemStatus.IN)

    class Meta:
        indexes = [
            models.Index(fields=["record", "library", "status"], name="item_of_record"),
            models.Index(fields=["library", "control_number"], name="item_listed_by"),
            # The constraint's own index is partial, and SQLite does not use it to look up.
            models.Index(fields=["barcode", "library"], name="item_barcode"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "barcode"],
                condition=~models.Q(barcode=""),
                name="one_barcode_a_library",
            )
        ]

    def __str__(self) -> str:
        return self.barcode or self.call_number


class Serial(models.Model):
    """What a library says of the volumes that it has of a serial, and how that is read (`serials`).

    It says so in its record of the serial (`source` is empty), or in a holdings record that belongs
    to it and may come before it. As the contribution stands on a union record, so does this.
    """

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+", db_index=False)
    control_number = models.CharField(max_length=80)  # of the Contribution
    source = models.CharField(max_length=80, blank=True)  # the control number of a holdings record
    contribution = models.ForeignKey(
        Contribution, on_delete=models.CASCADE, null=True, related_name="serials"
    )
    statements = models.JSONField(default=list)  # as they were written
    first_year = models.SmallIntegerField(null=True)
    last_year = models.SmallIntegerField(null=True)  # None where it goes on, or nobody says
    ranges = models.JSONField(default=dict)  # serials.Reading

    class Meta:
        indexes = [models.Index(fields=["library", "source"], name="serial_of_source")]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "control_number", "source"], name="one_serial_a_source"
            )
        ]

    def __str__(self) -> str:
        return f"{self.control_number} of {self.library_id}"


class ItemMapping(models.Model):
    """How a library's items are read from its records: guessed on its first file (`by` nobody), or
    said by staff."""

    library = models.OneToOneField(Library, on_delete=models.CASCADE, related_name="+")
    system = models.CharField(max_length=20, blank=True)  # a preset of marc.layouts
    rules = models.JSONField(default=dict, blank=True)  # the whole layout, where it is no preset
    only = models.BooleanField(default=False)  # no other layout is tried where it finds nothing
    owns_without_items = models.BooleanField(default=False)  # a record without items is a copy
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(null=True)
    # Others, as mapping.written has them: which was kept before, to be put back; and a list of
    # those by which the items on record may have been read, if not by this one alone.
    before = models.JSONField(null=True)
    read_as = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.system} of {self.library_id}"


class Rereading(models.Model):
    """A library's own records are read once more, from their bytes, by the mapping as it is now."""

    library = models.OneToOneField(Library, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # done, or stopped
    stopped = models.BooleanField(default=False)
    last = models.CharField(
        max_length=80, blank=True
    )  # the control number of the last that is done
    records = models.IntegerField(default=0)  # done so far
    total = models.IntegerField(default=0)
    report = models.JSONField(
        default=dict
    )  # copies that are new, changed, withdrawn; strange words

    class Meta:
        indexes = [
            models.Index(
                fields=["asked_at"],
                name="rereading_to_do",
                condition=models.Q(ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.records} of {self.total} of {self.library_id}"


class Collection(models.Model):
    """A named part of the catalogue: what a library keeps at one of its locations, or all it has.

    It has a page of its own, on which only it is searched.
    """

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+")
    location = models.CharField(max_length=80, blank=True)  # as in Item; all, where empty
    about = models.CharField(max_length=300, blank=True)
    lending = models.TextField(blank=True)  # who may borrow from it, and how: a paragraph a line
    invented = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Doubt(models.Model):
    """A library said more than once that it does not have what the catalogue says it has.

    It stands until a copy is seen. Then it stays as the day from which what is said counts anew.
    """

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="+")
    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    doubted_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "library"], name="one_doubt_a_holding")
        ]

    def __str__(self) -> str:
        return f"{self.record_id} at {self.library_id}"
