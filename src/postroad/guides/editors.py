"""Editors and Wagtail: whoever holds our post of editor is in Wagtail's group of editors."""

from django.contrib.auth.models import Group

from postroad.accounts.models import User

GROUP = "Moderators"  # made by Wagtail itself: may write and publish every page


def admit(user: User) -> User:
    """The same person, in the group. The post decides; the group only follows."""
    if user.has_perm("wagtailadmin.access_admin"):
        return user
    user.groups.add(Group.objects.get(name=GROUP))
    return User.objects.get(pk=user.pk)  # the permissions of the old object are already counted
