"""Libraries in lists: what each is called, and what tells two of one name apart."""

from postroad.directory.models import Library
from postroad.web.public import facets
from postroad.web.shared import pick_up
from postroad.web.staff.borrowing import enter
from tests.cast import Cast, library


def test_two_of_one_name_and_town_are_told_apart_by_their_state(cast: Cast):
    name = "Lincoln Public Library"
    for state in ("MA", "RI"):
        library(f"lincoln-{state.lower()}", name, "Lincoln", state=state).save()
    every = Library.objects.filter(town__in=("Lincoln", "Lee"))
    lists = (
        facets.libraries(every.values_list("code", flat=True)),
        dict(pick_up.options(every)),
        {code: called for _group, choices in enter.by_side(every) for code, called in choices},
    )
    for called in lists:
        assert called["lincoln-ma"].endswith(", Massachusetts")
        assert called["lincoln-ri"].endswith(", Rhode Island")
        assert not called["lee"].endswith("Massachusetts")
