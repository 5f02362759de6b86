"""Work that is taken for a while: what a killed process leaves is anybody's when its lease ends."""

from datetime import datetime, timedelta
from operator import attrgetter
from typing import TypeVar

from django.db import connection
from django.db.models import Model

Row = TypeVar("Row", bound=Model)

LONGEST_PAUSE = timedelta(minutes=30)  # after a failure, before the next try
FURTHEST = LONGEST_PAUSE + timedelta(minutes=5)  # no lease and no pause ends later than that

# One statement, so that looking when there is nothing to do costs one trip to the database. The
# inner select is materialized: it must not run anew for each row that it locks.
TAKE = """
    WITH due AS MATERIALIZED (
        SELECT id FROM {table} WHERE {due} <= %s ORDER BY {due}, id LIMIT %s {lock}
    )
    UPDATE {table} SET {due} = %s WHERE id IN (SELECT id FROM due) RETURNING *
"""


def take(kind: type[Row], due: str, *, now: datetime, lease: timedelta, limit: int) -> list[Row]:
    """Rows whose column `due` has come, the oldest first; for the length of the lease nobody else
    takes them.

    Whoever has done the work sets the column to None, guarded by the time that it has here.
    """
    skips = connection.features.has_select_for_update_skip_locked
    sql = TAKE.format(
        table=kind._meta.db_table, due=due, lock="FOR UPDATE SKIP LOCKED" if skips else ""
    )
    moment, end = map(connection.ops.adapt_datetimefield_value, (now, now + lease))
    return sorted(kind._default_manager.raw(sql, [moment, limit, end]), key=attrgetter("pk"))


def bring_back(kind: type[Row], due: str, *, now: datetime) -> int:
    """Make due at once what is further away than any lease or pause: a wrong clock wrote that."""
    astray = kind._default_manager.filter(**{f"{due}__gt": now + FURTHEST})
    return astray.update(**{due: now}) if astray.exists() else 0
