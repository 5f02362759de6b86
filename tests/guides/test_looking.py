"""What an editor hears of a page that is hard to read: it warns, and holds up nobody."""

import pytest

from postroad.guides.looking import Reading


def said_of(html: str) -> list[str]:
    reading = Reading()
    reading.feed(html)
    reading.end()
    return [str(each) for each in reading.said]


GOOD = [
    "<h2>First</h2><p>Text</p><h3>Below it</h3><h2>Second</h2>",
    '<p>The <a href="/search">catalog</a> has it.</p>',
    '<p>Write to <a href="mailto:ill@lee.example.org">ill@lee.example.org</a>.</p>',
    "<p>Write to ill.desk@lib.example.org, or call.</p>",
    "<p>Late after [[courier-late]].</p>",
    '<p><a href="/x">Read the delivery guide</a></p>',
    "<p>It ends at 3.15 p.m. on the 3.12.</p>",
]


@pytest.mark.parametrize("html", GOOD)
def test_nothing_is_said_of_what_is_well_written(html: str):
    assert said_of(html) == []


BAD = {
    "<h3>First</h3>": "level between",
    "<h2>First</h2><h4>Deep</h4>": "level between",
    "<h2> </h2>": "heading is empty",
    '<p><a href="/x">click here</a></p>': "does not say where it leads",
    '<p><a href="/x">Click here!</a></p>': "does not say where it leads",
    '<p><a href="/x"> <b>here</b> </a></p>': "does not say where it leads",
    '<p><a href="/x">Read more »</a></p>': "does not say where it leads",
    '<p><a linktype="page" id="3">this page</a></p>': "does not say where it leads",
    '<p><a href="/x"></a></p>': "has no words",
    '<p><a href="https://lee.example.org/a">https://lee.example.org/a</a></p>': "an address",
    "<p>See www.example.org for it.</p>": "an address",
    "<p>See masslibsystem.org.</p>": "an address",
    '<embed alt="" embedtype="image" id="1" format="left"/>': "no alternative text",
    '<embed alt="IMG_1234.jpg" embedtype="image" id="1"/>': "name of a file",
    '<embed alt="DSC 0042" embedtype="image" id="1"/>': "name of a file",
    '<embed alt="Picture of a van" embedtype="image" id="1"/>': "need not say",
    "<p>Late after [[courier-late.</p>": "not complete",
}


@pytest.mark.parametrize("html", BAD)
def test_it_is_said_where_a_reader_stumbles(html: str):
    [sentence] = said_of(html)
    assert BAD[html] in sentence


def test_a_heading_may_go_up_any_number_of_levels_at_once():
    assert said_of("<h2>a</h2><h3>b</h3><h4>c</h4><h2>d</h2>") == []
