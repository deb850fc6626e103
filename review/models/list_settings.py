from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from review.models.export import ListKind


class Density(models.TextChoices):
    """How close the rows of a list stand."""

    NORMAL = "normal", "标准"
    DENSE = "dense", "紧凑"


class PageSize(models.IntegerChoices):
    """How many rows a page has."""

    FIFTY = 50, "50 件"
    HUNDRED = 100, "100 件"
    TWO_HUNDRED = 200, "200 件"


class ListSettings(models.Model):
    """Which columns of a list a person wants to see, and how close its rows stand."""

    user = models.ForeignKey("organizations.User", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=ListKind)
    columns = ArrayField(models.CharField(max_length=20), default=list)
    page_size = models.PositiveSmallIntegerField(
        "每页件数", choices=PageSize, db_default=PageSize.FIFTY, default=PageSize.FIFTY
    )
    density = models.CharField("行距", max_length=6, choices=Density, default=Density.NORMAL)

    class Meta:
        db_table = "review_listlook"  # under this name rows of installations lie since 2026
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="one_look_per_list")]


class SavedView(models.Model):
    """常用查询: conditions and order of a list under a name of the person's own; a number in it is sealed for them."""

    MOST = 20

    user = models.ForeignKey("organizations.User", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=ListKind)
    name = models.CharField("名称", max_length=20)
    address = models.CharField(max_length=1000)

    class Meta:
        ordering = ["kind", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "kind", "name"], name="one_view_per_name")]

    def __str__(self) -> str:
        return self.name
