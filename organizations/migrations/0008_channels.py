"""Any channel: messages and invitations name one by its key, and a further one keeps its proven addresses here."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

INVITED = """
UPDATE organizations_invitation
SET channel = CASE WHEN phone <> '' THEN 'sms' ELSE 'email' END, address = coalesce(nullif(phone, ''), email);
"""
BACK = """
UPDATE organizations_invitation SET phone = address WHERE channel = 'sms';
UPDATE organizations_invitation SET email = address WHERE channel <> 'sms';
"""
CHANNEL = models.CharField(max_length=20)
ADDRESS = models.CharField("联系方式", max_length=254)


class Migration(migrations.Migration):
    dependencies = [("organizations", "0007_stored_keys")]

    operations = [
        migrations.AlterField("message", "channel", CHANNEL),
        migrations.CreateModel(
            name="ProvenContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", CHANNEL),
                ("address", ADDRESS),
                ("notices", models.BooleanField("接收通知", default=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proven_contacts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "联系方式",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("channel", "address"), name="contact_belongs_to_one_account"
                    ),
                    models.UniqueConstraint(fields=("user", "channel"), name="one_contact_of_a_channel"),
                ],
            },
        ),
        migrations.AddField(
            "invitation", "channel", models.CharField(default="", max_length=20), preserve_default=False
        ),
        migrations.AddField(
            "invitation",
            "address",
            models.CharField("联系方式", default="", max_length=254),
            preserve_default=False,
        ),
        migrations.RemoveConstraint("invitation", "invitation_reaches_somebody"),
        migrations.RunSQL(INVITED, BACK),
        migrations.RemoveField("invitation", "email"),
        migrations.RemoveField("invitation", "phone"),
        migrations.AddConstraint(
            "invitation",
            models.CheckConstraint(
                condition=~Q(channel="") & ~Q(address=""), name="invitation_reaches_somebody"
            ),
        ),
    ]
