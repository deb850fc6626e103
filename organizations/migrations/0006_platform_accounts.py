"""Accounts of the province's HR platform, bound to members of bureaus by their own bureau's administrators."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cehours.lib.clock
from organizations.walls import ME_UNIT, ME_USER, SYSTEM, protect, revoke, unprotect

ADMIN_OF_THE_BUREAU = f"""(bound_by_id = {ME_USER} AND EXISTS (
    SELECT FROM organizations_membership theirs
    JOIN organizations_unit bureau ON bureau.id = theirs.unit_id
    JOIN organizations_membership mine ON mine.unit_id = bureau.id
    WHERE theirs.id = membership_id AND bureau.id = {ME_UNIT} AND bureau.active AND bureau.bureau_level <> ''
      AND mine.user_id = {ME_USER} AND mine.role = 'admin'))"""
# Read before anybody is known. An end goes with the membership, whoever ends that; it only ever closes a door.
ANYBODY = "true"
SOMEBODY_KNOWN = f"({ME_USER} IS NOT NULL OR {SYSTEM})"

# allauth's own tables for what we keep in ours: no row may ever come in by another way.
UNUSED = ("socialaccount_socialaccount", "socialaccount_socialapp", "socialaccount_socialtoken")


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0005_merged"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlatformAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("issuer", models.CharField(editable=False, max_length=200)),
                ("subject", models.CharField(max_length=255, verbose_name="平台账号")),
                (
                    "bound_at",
                    models.DateTimeField(
                        default=cehours.lib.clock.now, editable=False, verbose_name="绑定时间"
                    ),
                ),
                (
                    "bound_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "membership",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="platform_account",
                        to="organizations.membership",
                    ),
                ),
            ],
            options={
                "verbose_name": "平台账号",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issuer", "subject"), name="platform_account_belongs_to_one_member"
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(issuer="") & ~models.Q(subject=""),
                        name="platform_account_is_not_empty",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            protect(
                "organizations_platformaccount",
                select=ANYBODY,
                insert=ADMIN_OF_THE_BUREAU,
                delete=SOMEBODY_KNOWN,
            ),
            unprotect("organizations_platformaccount", "select", "insert", "delete"),
        ),
        migrations.RunSQL(
            "".join(revoke(table, "INSERT", "UPDATE") for table in UNUSED), migrations.RunSQL.noop
        ),
    ]
