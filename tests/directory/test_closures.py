"""What of the closures is worth telling."""

from datetime import date

from postroad.directory.models import Closure, Effect

CHRISTMAS, NEXT = date(2026, 12, 25), date(2026, 12, 26)


def closure(effect, last=CHRISTMAS, library=None):
    return Closure.objects.create(
        library=library, effect=effect, first_day=CHRISTMAS, last_day=last, reason="Christmas"
    )


def test_that_no_van_comes_where_nobody_is_there_need_not_be_told(cast):
    shut = closure(Effect.CLOSED)
    closure(Effect.NO_DELIVERY)
    closure(Effect.NO_DELIVERY, library=cast.lee)
    longer = closure(Effect.NO_DELIVERY, last=NEXT)
    assert set(Closure.objects.worth_telling()) == {shut, longer}


def test_what_is_shut_at_one_library_hides_nothing_of_another(cast):
    shut = closure(Effect.CLOSED, library=cast.lee)
    closure(Effect.NO_DELIVERY, library=cast.lee)
    elsewhere = closure(Effect.NO_DELIVERY, library=cast.lenox)
    everywhere = closure(Effect.NO_DELIVERY)
    assert set(Closure.objects.worth_telling()) == {shut, elsewhere, everywhere}
