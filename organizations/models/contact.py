from __future__ import annotations

from django.db import models


class ProvenContact(models.Model):
    """An address at which an account's owner answered a code, of a channel that keeps its addresses nowhere else.

    Mobile numbers are columns of User and e-mail addresses rows of allauth's: people sign in by them.
    """

    user = models.ForeignKey("organizations.User", models.CASCADE, related_name="proven_contacts")
    channel = models.CharField(max_length=20)  # a key of organizations.messaging.channels
    address = models.CharField("联系方式", max_length=254)
    notices = models.BooleanField("接收通知", default=True)

    class Meta:
        verbose_name = "联系方式"
        constraints = [
            models.UniqueConstraint(fields=["channel", "address"], name="contact_belongs_to_one_account"),
            models.UniqueConstraint(fields=["user", "channel"], name="one_contact_of_a_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"
