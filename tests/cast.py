"""The cast: a few libraries and the people that every test knows.

Lee and Lenox share a network and see the van on most days; Pittsfield owns nothing unless a test
says so; Providence is in Rhode Island; the school in Otis is off every route. Ada is a patron of
Lee, Bea of Pittsfield. The stranger has an account and nothing else.
"""

from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.text import slugify

from postroad.accounts.models import Card, Post, Role, User
from postroad.delivery.models import Region, Route, Stop
from postroad.directory.models import Kind, Library, Membership, Network, Policy, State

PASSWORD = "post-road-1673"


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, saved."""

    lee: Library
    lenox: Library
    pittsfield: Library
    providence: Library
    otis_school: Library  # no delivery

    ada: User  # patron of Lee
    bea: User  # patron of Pittsfield
    borrower: User  # borrowing staff of Lee
    lender: User  # lending staff of Lenox
    director: User  # of Lee
    allrounder: User  # borrows and lends for Pittsfield, lends for Lenox
    neighbour: User  # does everything at Pittsfield
    centre: User
    driver: User
    delivery: User
    editor: User
    operator: User
    stranger: User  # may see nothing

    @property
    def libraries(self) -> list[Library]:
        return [self.lee, self.lenox, self.pittsfield, self.providence, self.otis_school]

    @property
    def people(self) -> dict[str, User]:
        """Everybody with an account, by name."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: who for name, who in found.items() if isinstance(who, User)}


PATRONS = {"ada": "lee", "bea": "pittsfield"}
POSTS: dict[str, list[tuple[Role, str | None]]] = {
    "borrower": [(Role.BORROWING, "lee")],
    "lender": [(Role.LENDING, "lenox")],
    "director": [(Role.DIRECTOR, "lee")],
    "allrounder": [
        (Role.BORROWING, "pittsfield"),
        (Role.LENDING, "pittsfield"),
        (Role.LENDING, "lenox"),
    ],
    "neighbour": [
        (Role.BORROWING, "pittsfield"),
        (Role.LENDING, "pittsfield"),
        (Role.DIRECTOR, "pittsfield"),
    ],
    "centre": [(Role.CENTRE, None)],
    "driver": [(Role.DRIVER, None)],
    "delivery": [(Role.DELIVERY, None)],
    "editor": [(Role.EDITOR, None)],
    "operator": [(Role.OPERATOR, None)],
}
STRANGERS = ["stranger"]
DAYS = {"lee": "MTWTF--", "lenox": "M-W-F--", "pittsfield": "MTWTF--", "providence": "-T-T---"}


def gather() -> Cast:
    """Save the whole cast, in a few queries."""
    libraries = make_libraries()
    everybody: dict[str, Any] = {**libraries, **make_people(libraries)}
    return Cast(**everybody)


def make_libraries() -> dict[str, Library]:
    network = Network.objects.create(code="berkshire", name="Berkshire Libraries", invented=True)
    made = Library.objects.bulk_create(
        [
            library("lee", "Lee Library", "Lee", network=network),
            library("lenox", "Lenox Library", "Lenox", network=network),
            library("pittsfield", "Berkshire Athenaeum", "Pittsfield"),
            library(
                "providence",
                "Providence Public Library",
                "Providence",
                state=State.RHODE_ISLAND,
                delivery_code="PRV",
            ),
            library("otis-school", "Otis School Library", "Otis", kind=Kind.SCHOOL, invented=True),
        ]
    )
    Policy.objects.bulk_create([Policy(library=each) for each in made])
    found = {each.code.replace("-", "_"): each for each in made}
    put_on_a_route(found)
    return found


def library(code: str, name: str, town: str, **more: object) -> Library:
    facts = {"state": State.MASSACHUSETTS, "kind": Kind.PUBLIC, "email": f"{code}@example.org"}
    return Library(code=code, name=name, town=town, **{**facts, **more})


def outside(name: str = "Yale University", **more: object) -> Library:
    """The library elsewhere of this name, known here from now on. No part of the cast."""
    facts = {"code": slugify(name)[:16], "open_days": "", **more}
    known = Library.objects.filter(name=name, membership=Membership.OUTSIDE).first()
    return known or Library.objects.create(name=name, **{"membership": Membership.OUTSIDE, **facts})


def put_on_a_route(libraries: dict[str, Library]) -> None:
    region = Region.objects.create(code="WEST", name="West", invented=True)
    route = Route.objects.create(code="WEST 2", name="West 2", region=region, invented=True)
    Stop.objects.bulk_create(
        Stop(
            library=libraries[name],
            route=route,
            place=place,
            drop_days=days,
            pick_up_days=days,
            invented=True,
        )
        for place, (name, days) in enumerate(DAYS.items(), start=1)
    )


@cache
def hashed() -> str:
    """The password of everybody, with one salt: what the cast writes is the same in each test."""
    return make_password(PASSWORD)


def make_people(libraries: dict[str, Library]) -> dict[str, User]:
    names = [*PATRONS, *POSTS, *STRANGERS]
    made = User.objects.bulk_create(
        User(
            username=name,
            first_name=name.capitalize(),
            email=f"{name}@example.org",
            password=hashed(),
        )
        for name in names
    )
    people = {user.username: user for user in made}
    Card.objects.bulk_create(
        Card(user=people[name], library=libraries[at], barcode=f"2{number:013}")
        for number, (name, at) in enumerate(PATRONS.items(), start=1)
    )
    Post.objects.bulk_create(
        Post(user=people[name], role=role, library=libraries[at] if at else None)
        for name, posts in POSTS.items()
        for role, at in posts
    )
    return people
