"""The demonstration's statements: about forty, of all kinds, and each says that it is invented."""

from postroad.accounts.models import Role
from postroad.demo import people, statuses
from postroad.directory import known, reading
from postroad.directory.models import Kind, Library
from postroad.directory.statements import Evidence, Source, Statement, Verdict
from tests.ill.story import MONDAY


def test_some_forty_statements_of_all_kinds_are_made_and_say_that_they_are_invented(db):
    assert Role.CENTRE in people.POSTS
    Library.objects.bulk_create(
        Library(code=code, name=f"Library of {code}", town=code, state="MA", kind=Kind.PUBLIC)
        for code in (people.HOME, people.LENDER, *(f"T{n}" for n in range(90)))
    )
    statuses.make(MONDAY)
    said = Statement.objects.all()
    assert 38 <= said.count() <= 42
    assert {each.source for each in said} == {Source.OWN, Source.ANYONE, Source.LIST}
    assert said.filter(verdict=Verdict.WAITS).count() == 1
    own = said.exclude(source=Source.LIST)
    assert all("invented" in each.note for each in own)
    assert "Invented" in statuses.CREDIT
    assert reading.doubtful().count() == 1
    assert Evidence.objects.count() == 1
    every = known.everybody(MONDAY)
    stopped = [each for each in every if each.standing.lending.value is False]
    assert 4 <= len(stopped) <= 7
    assert any(not each.standing.confirmed for each in every if each.standing.as_of)
    home = next(each for each in every if each.code == people.HOME)
    assert home.standing.lending.value is True
