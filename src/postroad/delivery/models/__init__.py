"""Routes and stops of the van, parcels, and the custody ledger, which only grows."""

from postroad.delivery.models.claims import (
    Claim,
    ClaimBatch,
    ClaimKind,
    ClaimLine,
    ClaimQuerySet,
    ClaimState,
    ClaimStep,
)
from postroad.delivery.models.codes import RiCode
from postroad.delivery.models.containers import (
    Container,
    ContainerLine,
    ContainerState,
    ContainerStep,
    EmptiesAsked,
)
from postroad.delivery.models.contractors import Changeover, StopCode
from postroad.delivery.models.custody import Custody
from postroad.delivery.models.delays import HELD, WHOLE, Delay, DelayQuerySet, Happening
from postroad.delivery.models.doors import DoorReading, DoorSheet, Duty
from postroad.delivery.models.mail import MailEvent, MailStep
from postroad.delivery.models.network import (
    Courier,
    Hub,
    Region,
    Route,
    ScheduleChange,
    Stop,
    Transfer,
    seven_places,
)
from postroad.delivery.models.offline import SetAside, Why
from postroad.delivery.models.outlook import Outlook
from postroad.delivery.models.parcels import (
    Carrier,
    Parcel,
    ParcelQuerySet,
    Purpose,
    Via,
    seen_since,
)
from postroad.delivery.models.scan_files import BadRow, ScanFile
from postroad.delivery.models.searches import Search, SearchQuerySet
from postroad.delivery.models.slips import Code, Paper, SlipChoice
from postroad.delivery.models.steps import (
    AT_A_HUB,
    LEFT_AT_A_LIBRARY,
    ON_THE_ROAD,
    OPEN_STATES,
    SCANS,
    TOLD_LATER,
    CustodyStep,
    How,
    ParcelState,
)
from postroad.delivery.models.timetables import TimetableFile
from postroad.delivery.models.visits import Visit

__all__ = [
    "AT_A_HUB",
    "HELD",
    "LEFT_AT_A_LIBRARY",
    "ON_THE_ROAD",
    "OPEN_STATES",
    "SCANS",
    "TOLD_LATER",
    "WHOLE",
    "BadRow",
    "Carrier",
    "Changeover",
    "Claim",
    "ClaimBatch",
    "ClaimKind",
    "ClaimLine",
    "ClaimQuerySet",
    "ClaimState",
    "ClaimStep",
    "Code",
    "Container",
    "ContainerLine",
    "ContainerState",
    "ContainerStep",
    "Courier",
    "Custody",
    "CustodyStep",
    "Delay",
    "DelayQuerySet",
    "DoorReading",
    "DoorSheet",
    "Duty",
    "EmptiesAsked",
    "Happening",
    "How",
    "Hub",
    "MailEvent",
    "MailStep",
    "Outlook",
    "Paper",
    "Parcel",
    "ParcelQuerySet",
    "ParcelState",
    "Purpose",
    "Region",
    "RiCode",
    "Route",
    "ScanFile",
    "ScheduleChange",
    "Search",
    "SearchQuerySet",
    "SetAside",
    "SlipChoice",
    "Stop",
    "StopCode",
    "TimetableFile",
    "Transfer",
    "Via",
    "Visit",
    "Why",
    "seen_since",
    "seven_places",
]
