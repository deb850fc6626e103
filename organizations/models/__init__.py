"""Who: regions, units, people, accounts, and the two ledgers every act writes to (events, outbox)."""

from organizations.models.contact import ProvenContact
from organizations.models.data_request import DataRequest, RequestKind, RequestState
from organizations.models.device import Device
from organizations.models.event import Audited, Event
from organizations.models.imprint import Imprint
from organizations.models.invitation import Invitation
from organizations.models.message import Message
from organizations.models.notice import Notice
from organizations.models.outbox import OutboxItem
from organizations.models.person import Person
from organizations.models.platform_account import PlatformAccount
from organizations.models.region import Region
from organizations.models.stored_keys import StoredKeys
from organizations.models.unit import Affiliation, Entrustment, Nature, Unit
from organizations.models.user import Membership, User

__all__ = [
    "Affiliation",
    "Audited",
    "DataRequest",
    "Device",
    "Entrustment",
    "Event",
    "Imprint",
    "Invitation",
    "Membership",
    "Message",
    "Nature",
    "Notice",
    "OutboxItem",
    "Person",
    "PlatformAccount",
    "ProvenContact",
    "Region",
    "RequestKind",
    "RequestState",
    "StoredKeys",
    "Unit",
    "User",
]
