"""What an editor may send by mistake or malice: a sentence on the form, never an error of ours."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from wagtail.images import get_image_model

from postroad.guides import seed
from postroad.guides.models import GuidePage
from tests.cast import Cast
from tests.guides.test_editing import begin, sent
from tests.guides.test_guides import TODAY


@pytest.fixture
def editor(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.editor)
    return client


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """A picture that says to be so large, whatever it holds."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        sum_ = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + sum_

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(data or b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


HOSTILE = {
    "60,000 by 60,000": png(60_000, 60_000),
    "a bomb": png(20_000, 20_000, b"\0" * 20_000_000),
    "cut off": png(100, 100)[:40],
    "not a picture": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "nothing": b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_picture_that_nobody_could_show_is_refused_on_the_form(editor: Client, name: str):
    picture = SimpleUploadedFile("picture.png", HOSTILE[name], "image/png")
    answer = editor.post("/cms/images/add/", {"title": "x", "file": picture, "collection": "1"})
    assert answer.status_code == 200
    [mistake] = answer.context["form"].errors["file"]
    assert len(mistake) > 20
    picture.seek(0)
    headers = {"X-Requested-With": "XMLHttpRequest"}
    many = editor.post("/cms/images/multiple/add/", {"files[]": picture}, headers=headers)
    assert many.status_code in {200, 400}
    assert not get_image_model().objects.exists()


def test_a_picture_that_can_be_shown_is_taken(editor: Client):
    drawn = BytesIO()
    Image.new("L", (40, 30)).save(drawn, "PNG")
    picture = SimpleUploadedFile("picture.png", drawn.getvalue(), "image/png")
    answer = editor.post(
        "/cms/images/add/",
        {"title": "x", "file": picture, "collection": "1", "description": "A map"},
    )
    assert answer.status_code == 302
    assert get_image_model().objects.get().width == 40


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "1", '"x"', '{"blocks": 1}', '{"blocks": [1]}', "[" * 5000],
)
def test_a_text_that_is_not_the_editors_is_refused_on_the_form(editor: Client, text: str):
    seed.publish(TODAY)
    before = GuidePage.objects.count()
    answer = editor.post(begin(), sent(**{"body-0-value": text}))
    assert answer.status_code == 200
    assert "did not arrive complete" in answer.content.decode()
    assert GuidePage.objects.count() == before
