from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from review.models.export import ListKind


class Density(models.TextChoices):
    """How close the rows of a list stand."""

    NORMAL = "normal", "标准"
    DENSE = "dense", "紧凑"


class ListSettings(models.Model):
    """Which columns of a list a person wants to see, and how close its rows stand."""

    user = models.ForeignKey("organizations.User", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=ListKind)
    columns = ArrayField(models.CharField(max_length=20), default=list)
    density = models.CharField("行距", max_length=6, choices=Density, default=Density.NORMAL)

    class Meta:
        db_table = "review_listlook"  # under this name rows of installations lie since 2026
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_look_per_list")]
