from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from organizations.models.event import Audited
from organizations.models.name_key import NameKey
from organizations.models.region import RegionLevel


class Affiliation(models.TextChoices):
    """隶属关系: with the nature it decides the route (the keys of `rules`)."""

    PROVINCIAL = "provincial", "省直"
    UNIVERSITY = "university", "省属高校"
    CITY = "city", "市州"
    CENTRAL = "central", "中央驻湘"
    NONE = "none", "无隶属（非公、社会组织）"


class Nature(models.TextChoices):
    """单位性质, as printed on the form of annex 3."""

    GOVERNMENT = "government", "机关"
    INSTITUTION = "institution", "事业"
    ENTERPRISE = "enterprise", "企业"
    SOCIAL = "social", "社会组织"
    FREELANCE = "freelance", "自由职业"


class Unit(Audited):
    """A tenant: 用人单位, 主管单位 or 经办机构. Which of them it is for a case, the case's step says.

    Outside row-level security: names, tree and region are what everybody picks from (design, Tenancy).
    """

    SUBJECT = "unit"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("单位名称", max_length=120)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    affiliation = models.CharField("隶属关系", max_length=12, choices=Affiliation)
    nature = models.CharField("单位性质", max_length=12, choices=Nature)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级主管单位"
    )
    region = models.ForeignKey("organizations.Region", models.PROTECT, verbose_name="所在行政区划")
    top_level = models.BooleanField("一级单位", default=False)
    bureau_level = models.CharField("经办机构级别", max_length=10, choices=RegionLevel, blank=True)
    active = models.BooleanField("启用", default=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name="并入单位",
    )
    # What names are compared by; the database computes it (cehours.lib.names.key).
    name_key = models.GeneratedField(
        expression=NameKey("name"), output_field=models.TextField(db_collation="C"), db_persist=True
    )
    pinyin = models.CharField(max_length=400, editable=False, db_collation="C")
    initials = models.CharField(max_length=120, editable=False, db_collation="C")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pinyin", "id"]
        verbose_name = "单位"
        constraints = [
            models.UniqueConstraint(fields=["name"], name="unit_name_once"),
            models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="unit_uscc_once"),
            models.UniqueConstraint(
                fields=["region"],
                condition=~Q(bureau_level="") & Q(active=True),
                name="one_bureau_per_region",
                violation_error_message="该行政区划已有经办机构。",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="unit_is_not_its_own_superior"),
            models.CheckConstraint(
                condition=Q(bureau_level="") | Q(parent=None), name="bureau_has_no_superior_unit"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | (Q(active=False) & ~Q(merged_into=F("id"))),
                name="a_merged_unit_is_closed",
            ),
        ]
        indexes = [models.Index(fields=["initials"], name="unit_initials")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_bureau(self) -> bool:
        """经办机构（人社部门）."""
        return bool(self.bureau_level)

    @property
    def is_province_bureau(self) -> bool:
        return self.bureau_level == RegionLevel.PROVINCE

    @property
    def has_superior_step(self) -> bool:
        """Whether its cases go to the superior unit next (A69: 一级单位 go straight to the 经办机构)."""
        return self.parent_id is not None and not self.top_level


class Entrustment(models.Model):
    """中央驻湘单位 that entrusted the province with senior reviews in a year (notice 二(三); A51)."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="entrustments")
    year = models.PositiveSmallIntegerField("年度")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "year"], name="unit_entrusts_once_a_year")]
