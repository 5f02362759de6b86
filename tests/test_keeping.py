"""After a test that wrote for good, the next finds the database as the first one did."""

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from postroad.directory.models import Library
from tests.cast import gather

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]


def test_what_was_written_is_gone_and_what_was_deleted_is_back(django_db_setup):
    kinds, groups = ContentType.objects.count(), list(Group.objects.values_list("pk", "name"))
    assert kinds
    assert len(groups) == 2
    gather()
    Group.objects.filter(pk=groups[0][0]).delete()
    Group.objects.update(name="nobody else")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations")
    django_db_setup.put_back()
    assert not Library.objects.exists()
    assert ContentType.objects.count() == kinds
    assert list(Group.objects.values_list("pk", "name")) == groups
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_migrations")
        assert cursor.fetchone()[0] > 100


@pytest.mark.parametrize("turn", ["first", "second"])
def test_the_same_people_come_in_anew_in_each_test(turn):
    assert not Library.objects.exists()
    gather()
