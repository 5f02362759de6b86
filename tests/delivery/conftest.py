from datetime import UTC, datetime, timedelta

import pytest

from postroad.delivery import custody, parcels
from postroad.delivery.models import Parcel

MONDAY_NOON = datetime(2026, 11, 30, 17, tzinfo=UTC)  # 12:00 in Massachusetts


def later(**span: int) -> datetime:
    return MONDAY_NOON + timedelta(**span)


def steps(parcel: Parcel) -> list[str]:
    return [line.step for line in custody.chain(parcel)]


@pytest.fixture
def make_parcel(cast):
    def make(sender="lee", receiver="lenox", **more):
        facts = {
            "item_barcode": "31234000000017",
            "title": "The Age of Innocence",
            "ref": "7K3M9Q2X",
            "at": MONDAY_NOON,
            "by": cast.lender,
        }
        return parcels.make(
            from_library=getattr(cast, sender),
            to_library=getattr(cast, receiver),
            **{**facts, **more},
        )

    return make


@pytest.fixture
def parcel(make_parcel):
    return make_parcel()
