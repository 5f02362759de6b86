"""Why a file is not delivered, or not opened. Each has its sentence in `words/copies.py`."""

from postroad.errors import Refusal


class NotSent(Refusal):
    """The file is none that can be delivered; the request stands as it did."""

    code = "copy-not-sent"


class Empty(NotSent):
    code = "copy-empty"


class CutShort(NotSent):
    """The upload ended before its end."""

    code = "copy-cut-short"


class TooLarge(NotSent):
    code = "copy-too-large"


class OfAnotherKind(NotSent):
    code = "copy-of-another-kind"


class Misnamed(NotSent):
    """Its name says one kind and its bytes another."""

    code = "copy-misnamed"


class Damaged(NotSent):
    code = "copy-damaged"


class Locked(NotSent):
    code = "copy-locked"


class WithScripts(NotSent):
    code = "copy-with-scripts"


class StartsPrograms(NotSent):
    code = "copy-starts-programs"


class WithFiles(NotSent):
    """Other files are packed into it."""

    code = "copy-with-files"


class NoPages(NotSent):
    code = "copy-without-pages"


class TooManyPages(NotSent):
    code = "copy-too-many-pages"


class Blank(NotSent):
    code = "copy-blank"


class PictureTooLarge(NotSent):
    code = "copy-picture-too-large"


class Bomb(NotSent):
    """Unpacked it is out of all proportion."""

    code = "copy-bomb"


class TooHeavy(NotSent):
    """It takes more memory or time to look into than it may."""

    code = "copy-too-heavy"


class Infected(NotSent):
    code = "copy-infected"


class NotScanned(NotSent):
    """Whoever looks for viruses does not answer, and unknown is never yes."""

    code = "copy-not-scanned"


class NotScannedWhole(NotSent):
    """The scanner reads files up to a size, and this one is beyond it: that is no virus."""

    code = "copy-not-scanned-whole"


class SentAlready(NotSent):
    """The very same file was delivered for this request."""

    code = "copy-sent-already"


class TooManyWait(NotSent):
    """Before more can be kept at a library, somebody has to say for what these are."""

    code = "copy-too-many-wait"


class NoRoom(NotSent):
    code = "copy-no-room"


class NotOpened(Refusal):
    """The copy is not read now."""

    code = "copy-not-opened"


class LinkUnknown(NotOpened):
    code = "copy-link-unknown"


class Gone(NotOpened):
    """Its day has come, or it was withdrawn."""

    code = "copy-gone"


class NoViewsLeft(NotOpened):
    code = "copy-without-views"


class NotTheReader(NotOpened):
    code = "copy-not-yours"


class CodeWrong(NotOpened):
    code = "copy-code-wrong"


class TooManyCodes(NotOpened):
    """So many codes were tried, or asked for, within an hour."""

    code = "copy-too-many-codes"


class Missing(NotOpened):
    """Its row is there and its file is not."""

    code = "copy-missing"


BY_CODE = {each.code: each for each in NotSent.__subclasses__()}
