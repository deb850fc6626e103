"""How a person is reached: a proven address of one of the channels, which belongs to one account only."""

from __future__ import annotations

from dataclasses import dataclass

from cehours.lib import visible
from cehours.lib.half_width import half_width
from organizations.messaging import channels, messages
from organizations.messaging.channel import BadContact
from organizations.models import User


@dataclass(frozen=True)
class Contact:
    """An address of a channel (its key), in the form in which the channel keeps it."""

    channel: str
    address: str

    @classmethod
    def parse(cls, text: str) -> Contact:
        """The contact that was typed. Raises BadContact."""
        typed = visible.shown(half_width(text))
        if not typed.strip("-"):
            raise BadContact(f"请填写{channels.kinds()}。")
        for channel in channels.ALL:
            address = channel.read(typed)
            if address is not None:
                return cls(channel.key, address)
        raise BadContact(f"请填写 {channels.examples()}。")

    @property
    def masked(self) -> str:
        """Enough for the owner to recognise it: 138****5678, zh***@example.cn."""
        return channels.by_key(self.channel).masked(self.address)

    @property
    def kind(self) -> str:
        """手机号码, 邮箱."""
        return channels.by_key(self.channel).kind

    def tell(self, *, subject: str, body: str) -> None:
        """Queues a message to this contact in the caller's transaction."""
        messages.send(channel=self.channel, recipient=self.address, subject=subject, body=body)


def holder(contact: Contact) -> User | None:
    """The account that this contact belongs to, or None."""
    return channels.by_key(contact.channel).holder(contact.address)


def of(user: User) -> list[Contact]:
    """The contacts of an account, the mobile number first."""
    return [Contact(channel.key, address) for channel in channels.ALL for address in channel.addresses(user)]


def give(user: User, contact: Contact) -> None:
    """Makes a proven contact the account's own, in place of the former one of its kind.

    Raises IntegrityError when another account was quicker.
    """
    channels.by_key(contact.channel).give(user, contact.address)


def active_account(user_id: int) -> User | None:
    """The account, unless it was switched off meanwhile."""
    return User.objects.filter(pk=user_id, is_active=True).first()
