"""The form by which an editor brings a picture."""

import struct
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL.Image import DecompressionBombError
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from postroad.form_errors import InOurWords


class Picture(WagtailImageField):  # type: ignore[misc]
    """Wagtail's field, which looks at the size of a picture by opening it."""

    def to_python(self, data: Any) -> Any:
        try:
            return super().to_python(data)
        except DecompressionBombError as why:
            raise ValidationError(
                _("This picture has too many pixels to be shown. Make it smaller first.")
            ) from why
        except (OSError, SyntaxError, ValueError, struct.error) as why:
            raise ValidationError(
                _("This picture cannot be read. Save it again as PNG or JPEG and choose it again.")
            ) from why


class PictureForm(InOurWords, BaseImageForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            given = self.fields["file"]
            self.fields["file"] = Picture(
                label=given.label, required=given.required, widget=given.widget
            )
        if "description" in self.fields:
            said = self.fields["description"]
            said.required, said.label = True, _("Alternative text")
            said.help_text = _("What is to be seen, for those who cannot see it: one sentence.")
