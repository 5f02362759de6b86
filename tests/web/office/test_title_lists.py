"""The office's pages of title lists: a file is shown, corrected and takes effect, or does not."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from postroad.econtent import corrected
from postroad.econtent.models import BadLine, FileState, ListFile, Title
from postroad.web.office import title_lists
from postroad.worker.front import Limits, most_for
from tests.cast import Cast
from tests.econtent.lists import boats, line, listed, shown, titles

pytestmark = pytest.mark.django_db
LISTS = "/office/e-resources/lists/"


@pytest.fixture
def editor(client: Client, cast: Cast) -> Client:
    client.force_login(cast.editor)
    return client


def send(client: Client, content: bytes, name: str = "boats.txt") -> ListFile | None:
    """Sends a file by the page; the file, if it was taken."""
    answer = client.post(
        f"{LISTS}file/",
        {
            "resource": boats().pk,
            "platform": "j.example",
            "file": SimpleUploadedFile(name, content),
        },
    )
    if answer.status_code != 302:
        assert answer.status_code == 422
        return None
    return ListFile.objects.get(pk=answer["Location"].split("/")[-2])


def press(client: Client, file: ListFile, step: str) -> str:
    answer = client.post(page_of(file), {"step": step}, follow=True)
    file.refresh_from_db()
    return answer.content.decode()


def page_of(file: ListFile) -> str:
    return f"{LISTS}files/{file.pk}/"


def read(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_a_list_is_shown_takes_effect_and_is_undone(editor: Client) -> None:
    file = send(editor, titles("Annals of Ferries", "Boats"))
    assert file is not None
    said = read(editor, page_of(file))
    assert "What this file would change" in said
    assert "Annals of Ferries" in said
    assert "in effect" in press(editor, file, "take")
    assert Title.objects.live().count() == 2
    assert "2" in read(editor, LISTS)
    assert "Undone" in press(editor, file, "undo")
    assert Title.objects.live().count() == 0
    assert "in effect again" in press(editor, file, "redo")
    assert "changed meanwhile" in press(editor, file, "take")
    said = read(editor, f"{LISTS}{file.title_list_id}/")
    assert file.sha256[:12] in said
    assert "2 new, 0 gone, 0 kept" in said


def test_a_button_pressed_twice_or_too_late_says_so(editor: Client) -> None:
    file = send(editor, titles("A"))
    assert file is not None
    press(editor, file, "discard")
    for step in ("discard", "take", "good", "undo", "redo"):
        assert "changed meanwhile" in press(editor, file, step)
    assert file.state == FileState.DISCARDED
    assert "changed meanwhile" not in press(editor, file, "nonsense")


def test_a_file_sent_twice_is_one(editor: Client) -> None:
    assert send(editor, titles("A")) == send(editor, titles("A"))
    assert ListFile.objects.count() == 1


def test_what_it_takes_away_is_said_and_the_very_same_file_too(editor: Client) -> None:
    first = send(editor, titles(*"ABCD"))
    assert first is not None
    press(editor, first, "take")
    same = send(editor, titles(*"ABCD"))
    assert same is not None
    assert "the very file that is in effect" in read(editor, page_of(same))
    less = send(editor, titles("A"))
    assert less is not None
    assert "take away 75% of the 4 titles" in read(editor, page_of(less))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty. Nothing was changed."),
        (b"PK\x03\x04rest", "a spreadsheet or an archive"),
        (b"Title\tISSN\nA\tB", "This is no KBART file"),
    ],
)
def test_what_is_no_list_comes_back_with_its_sentence(
    editor: Client, content: bytes, words: str
) -> None:
    answer = editor.post(
        f"{LISTS}file/",
        {"resource": boats().pk, "platform": "x", "file": SimpleUploadedFile("x.txt", content)},
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_latin_1_with_semicolons_is_read_with_a_warning(editor: Client) -> None:
    text = titles("Fähren").decode().replace("\t", ";")
    file = send(editor, text.encode("latin-1"))
    assert file is not None
    said = read(editor, page_of(file))
    assert "Fähren" in said
    assert "The file is in Latin-1" in said
    assert "separated by semicolons" in said


def test_a_bad_line_is_corrected_on_its_page(editor: Client) -> None:
    bad = (line("B", access_type="X"), line("C", embargo_info="1 y", title_url=""))
    file = send(editor, listed(line("A"), *bad))
    assert file is not None
    said = read(editor, page_of(file))
    assert "2 lines are to be corrected" in said
    assert "The access is neither F (free) nor P (paid)." in said
    assert "Let it take effect" not in said
    at = f"{page_of(file)}lines/"
    form = editor.get(f"{at}3/").context["form"]
    fields = {name: field.initial for name, field in form.fields.items()}
    assert form.wrong == ["cell24"]
    again = editor.post(f"{at}3/", {**fields, "cell24": "Q", "step": "correct"})
    assert again.status_code == 422
    answer = editor.post(f"{at}3/", {**fields, "cell24": "P", "step": "correct"})
    assert answer["Location"] == f"{at}4/"
    assert editor.post(f"{at}4/", {"step": "out"})["Location"] == page_of(file)
    assert "All of them are dealt with" in read(editor, page_of(file))
    press(editor, file, "take")
    assert sorted(title.title for title in Title.objects.live()) == ["A", "B"]
    assert "This line is dealt with" in read(editor, f"{at}3/")
    assert (
        "changed meanwhile"
        in editor.post(f"{at}4/", {"step": "back"}, follow=True).content.decode()
    )


def test_the_bad_lines_are_a_file_with_their_reasons(editor: Client) -> None:
    file = shown(listed(line("A"), line("=B", access_type="X"), line("C") + "\tmore"))
    answer = editor.get(f"{page_of(file)}bad-lines.txt")
    rows = b"".join(answer).decode().splitlines()
    assert len(rows) == 3
    assert rows[0].endswith("access_type\tline\twhat_is_wrong")
    assert rows[1].startswith("'=B\t")
    assert rows[1].endswith("\t3\taccess_type: The access is neither F (free) nor P (paid).")
    assert rows[2].endswith("\t4\tThe line has 26 columns, the header 25.")


def back(client: Client, file: ListFile, content: bytes) -> str:
    """Sends corrected lines by the page; what it says then."""
    sent = SimpleUploadedFile("lines.txt", content)
    answer = client.post(f"{page_of(file)}corrected/file/", {"lines": sent}, follow=True)
    return answer.content.decode()


def test_downloaded_lines_come_back_corrected(editor: Client) -> None:
    file = shown(listed(line("A"), line("B", access_type="X"), line("=C", access_type="Y")))
    home = b"".join(editor.get(f"{page_of(file)}bad-lines.txt")).replace(b"\tX\t", b"\tP\t")
    assert "1 corrected, 1 still wrong, 0 that do not wait here" in back(editor, file, home)
    assert "0 corrected, 1 still wrong, 1 that do not wait here" in back(editor, file, home)
    home = home.replace(b"\tY\t", b"\tF\t")
    assert "1 corrected, 0 still wrong" in back(editor, file, home)
    press(editor, file, "take")
    assert sorted(title.title for title in Title.objects.live()) == ["=C", "A", "B"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose the file"),
        (b"PK\x03\x04rest", "archive"),
        (b"no header at all", "not the bad lines of this file"),
        (titles("A"), "not the bad lines of this file"),
    ],
)
def test_another_file_in_the_place_of_corrected_lines_is_refused(
    editor: Client, content: bytes, words: str
) -> None:
    file = shown(listed(line("A"), line("B", access_type="X")))
    assert words in back(editor, file, content)
    assert BadLine.objects.get().state == BadLine.State.OPEN


def test_of_too_many_corrected_lines_no_more_is_read_than_is_taken(
    editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrected, "MOST", 2)
    file = shown(listed(line("A"), line("B", access_type="X")))
    head, bad = b"".join(editor.get(f"{page_of(file)}bad-lines.txt")).splitlines(keepends=True)
    endless = b"x" * 300_000
    assert "More than 2 lines at once" in back(editor, file, head + 3 * bad + endless)
    assert BadLine.objects.get().state == BadLine.State.OPEN


def test_bad_lines_are_not_taken_for_a_list(editor: Client) -> None:
    file = shown(listed(line("A"), line("B", access_type="X")))
    home = b"".join(editor.get(f"{page_of(file)}bad-lines.txt"))
    assert send(editor, home) is None
    file.refresh_from_db()
    assert file.state == FileState.SHOWN


def test_a_large_file_waits_for_the_worker_and_shows_how_far_it_is(
    editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(title_lists, "AT_ONCE", 10)
    file = send(editor, titles("A"))
    assert file is not None
    said = read(editor, page_of(file))
    assert "Waiting to be read" in said
    assert "<progress" in said
    press(editor, file, "discard")
    assert file.state == FileState.DISCARDED


def test_the_address_of_a_list_takes_its_size() -> None:
    limits = Limits()
    assert most_for(f"{LISTS}file/", limits) == limits.records
    assert most_for(LISTS, limits) == limits.form


def test_a_line_that_is_not_bad_has_no_page(editor: Client) -> None:
    file = shown(listed(line("A"), line("B", access_type="X")))
    assert editor.get(f"{page_of(file)}lines/2/").status_code == 404
    assert BadLine.objects.get().line == 3


def test_the_pages_have_as_many_statements_whatever_is_on_them(
    editor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    file = shown(listed(*(line(f"T{at}", access_type="X") for at in range(30)), line("A")))
    shown(titles("B"), platform="k.example")
    with django_assert_num_queries(13):
        read(editor, LISTS)
    with django_assert_num_queries(11):
        read(editor, page_of(file))
    with django_assert_num_queries(7):
        read(editor, f"{LISTS}{file.title_list_id}/")
