from __future__ import annotations

from django.db import models


class NameKey(models.Model):
    """One thing by which a unit finds the name of a case that reached it.

    Keys are the name's pairs of neighbouring characters with its last character alone, its pinyin and its
    initials. Under row-level security an index answers equality and ranges, not LIKE. Written by triggers only.
    """

    pk = models.CompositePrimaryKey("unit_id", "key", "application_id")
    unit = models.ForeignKey(
        "organizations.Unit", models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    key = models.CharField(max_length=400, db_collation="C")
    application = models.ForeignKey(
        "applications.Application", models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
