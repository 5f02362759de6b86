"""Who of an office is at work, and who is away until a day."""

from datetime import date

from postroad.accounts.models import Role, User


def people(role: Role) -> list[User]:
    """Everybody who fills this role for the consortium and may sign in, by name."""
    who = User.objects.filter(is_active=True, posts__role=role, posts__library=None)
    return sorted(who, key=lambda each: (str(each).casefold(), each.pk))


def leave(user: User, until: date | None) -> None:
    """Away until this day, which counts; None: at work again."""
    User.objects.filter(pk=user.pk).update(away_until=until)
    user.away_until = until
