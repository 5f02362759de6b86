"""Routes and stops of the van, parcels, and the custody ledger, which only grows."""

from postroad.delivery.models.custody import Custody
from postroad.delivery.models.network import Route, ScheduleChange, Stop, seven_places
from postroad.delivery.models.outlook import Outlook
from postroad.delivery.models.parcels import Carrier, Parcel, ParcelQuerySet, Purpose, Via
from postroad.delivery.models.searches import Search, SearchQuerySet
from postroad.delivery.models.steps import (
    LEFT_AT_A_LIBRARY,
    OPEN_STATES,
    SCANS,
    TOLD_LATER,
    CustodyStep,
    How,
    ParcelState,
)

__all__ = [
    "LEFT_AT_A_LIBRARY",
    "OPEN_STATES",
    "SCANS",
    "TOLD_LATER",
    "Carrier",
    "Custody",
    "CustodyStep",
    "How",
    "Outlook",
    "Parcel",
    "ParcelQuerySet",
    "ParcelState",
    "Purpose",
    "Route",
    "ScheduleChange",
    "Search",
    "SearchQuerySet",
    "Stop",
    "Via",
    "seven_places",
]
