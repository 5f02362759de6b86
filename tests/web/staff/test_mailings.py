"""What goes by mail: the day's boxes, what became of them, lists of the carrier."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from postroad.delivery import parcels
from postroad.delivery.models import MailEvent, Parcel, Purpose, Via
from postroad.directory.models import Address
from tests.delivery.test_slips import words
from tests.ill.story import MONDAY

USPS = "9400111206206406260787"
HERE = "/staff/mailings/?day=2026-11-23"


@pytest.fixture
def mail(cast):
    def send(title="Emma", number="", sender=None, **more):
        facts = {"purpose": Purpose.RETURN, "via": Via.MAIL, **more}
        return parcels.make(
            from_library=sender or cast.lee,
            to_library=cast.otis_school,
            item_barcode="1",
            title=title,
            ref="",
            at=MONDAY,
            by=cast.borrower,
            tracking_number=number,
            **facts,
        )

    return send


def send_list(client, text):
    file = SimpleUploadedFile("usps.csv", text.encode())
    return client.post(HERE, {"read": "yes", "list": file}, follow=True)


def test_several_in_one_box_are_one_line_with_the_carriers_own_page(cast, at, mail):
    first, second = mail("Emma", USPS), mail("Persuasion", USPS)
    Parcel.objects.filter(pk__in=(first.pk, second.pk)).update(box=first.number)
    mail("Middlemarch", sender=cast.pittsfield)
    page = at(cast.borrower).get(HERE)
    (line,) = page.context["lines"]
    assert [each.title for each in line.box.parcels] == ["Emma", "Persuasion"]
    assert f'href="https://tools.usps.com/go/TrackConfirmAction?tLabels={USPS}"' in (
        page.content.decode()
    )


def test_a_return_without_a_number_warns_and_a_number_of_several_carriers_has_no_page(
    cast, at, mail
):
    mail()
    assert "a return without a tracking number" in at(cast.borrower).get(HERE).content.decode()


def test_what_is_said_of_a_box_can_be_undone_and_is_said_of_all_in_it(cast, at, mail):
    first, second = mail(number=USPS), mail("Persuasion", USPS)
    Parcel.objects.filter(pk__in=(first.pk, second.pk)).update(box=first.number)
    desk = at(cast.borrower)
    for _twice in range(2):
        desk.post(HERE, {"parcel": first.number, "step": "posted"})
    assert MailEvent.objects.count() == 2
    first.refresh_from_db()
    assert first.state == "ready"  # what somebody says moves no parcel
    event = MailEvent.objects.get(parcel=first)
    assert "Posted" in desk.get(HERE).content.decode()
    desk.post(HERE, {"undo": event.pk})
    assert not MailEvent.objects.exists()


def test_a_list_is_taken_once_and_its_bad_lines_are_named(cast, at, mail):
    mail(number=USPS)
    text = (
        "Number,Event,Date\n"
        f"{USPS},delivered,2026-11-23\n"
        "9400111206206406260788,delivered,2026-11-23\n"
        f"{USPS},eaten,2026-11-23\n"
        f"{USPS},posted,soon\n"
        f"{USPS},posted,2026-11-22\n"
        f"{USPS},posted,2026-11-24\n"
    )
    desk = at(cast.borrower)
    shown = send_list(desk, text).content.decode()
    assert "1 line is new, 0 were known." in shown
    for line in (
        "Line 3, column A (9400111206206406260788): no parcel of your library has this number.",
        "Line 4, column B (eaten): the event must be posted, returned or delivered.",
        "Line 5, column C (soon): this is not a date.",
        "Line 6, column C (2026-11-22): this day is before it was sent, or still to come.",
        "Line 7, column C (2026-11-24): this day is before it was sent, or still to come.",
    ):
        assert line in shown
    assert "0 lines are new, 1 was known." in send_list(desk, text).content.decode()
    assert MailEvent.objects.get().imported


def test_a_file_that_is_no_list_says_so(cast, at):
    page = send_list(at(cast.borrower), "a,b\n1,2\n")
    assert page.status_code == 422
    assert "number" in page.content.decode().lower()


@pytest.mark.parametrize("who", ["neighbour", "lender", "ada"])
def test_nobody_speaks_of_another_librarys_mail(cast, at, mail, who):
    parcel = mail(number=USPS)
    client = at(getattr(cast, who))
    sent = {"parcel": parcel.number, "step": "posted"}
    assert client.post("/staff/mailings/", sent).status_code == 404
    if who != "ada":
        text = f"number,event,day\n{USPS},posted,2026-11-23\n"
        assert "no parcel of your library" in send_list(client, text).content.decode()
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize("day", ["2026-11-24", "2027-01-01", "x", "2026-13-40"])
def test_a_day_that_is_none_is_today(cast, at, mail, day):
    mail()
    page = at(cast.borrower).get(f"/staff/mailings/?day={day}")
    assert len(page.context["lines"]) == 1


def test_the_list_costs_the_same_however_long_it_is(cast, at, mail, django_assert_num_queries):
    desk = at(cast.borrower)
    for number in range(6):
        parcel = mail(str(number))
        parcel.mail_events.create(step="posted", day=MONDAY.date(), noted_at=MONDAY)
        if number in (0, 5):
            desk.get(HERE)
            with django_assert_num_queries(10):
                desk.get(HERE)


def test_the_day_goes_by_the_librarys_clock(cast, at, mail):
    mail(purpose=Purpose.OTHER)
    Parcel.objects.update(made_at=MONDAY.replace(hour=2))  # Sunday evening in Lee
    assert not at(cast.borrower).get(HERE).context["lines"]
    before = (MONDAY - timedelta(days=1)).date()
    assert at(cast.borrower).get(f"/staff/mailings/?day={before}").context["lines"]


def test_the_address_labels_of_a_day_are_one_file_and_who_has_no_address_is_named(cast, at, mail):
    mail("Emma")
    desk = at(cast.borrower)
    said = desk.post("/staff/mailings/labels.pdf", {"day": "2026-11-23"}, follow=True)
    assert "No address of" in said.content.decode()
    assert "There was no label to print." in said.content.decode()
    Address.objects.create(
        library=cast.otis_school,
        purpose=Address.Purpose.MAIL,
        lines="Library\n1 North Main Road",
        town="Otis",
        state="MA",
        zip="01253",
    )
    printed = desk.post("/staff/mailings/labels.pdf", {"day": "2026-11-23", "layout": "card"})
    said = words(printed.content)
    assert "1 North Main Road" in said
    assert "Otis, MA 01253" in said
    other = desk.post("/staff/mailings/labels.pdf", {"day": "2026-11-20"}, follow=True)
    assert "There was no label to print." in other.content.decode()
