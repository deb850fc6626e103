from __future__ import annotations

from django.db import models


class RegionLevel(models.TextChoices):
    PROVINCE = "province", "省"
    CITY = "city", "市州"
    COUNTY = "county", "县市区"


def shared_prefix(code: str) -> str:
    """What the codes of a region and of everything inside it begin with. GB/T 2260 codes nest by prefix."""
    return code[:2] if code.endswith("0000") else code.removesuffix("00")


class Region(models.Model):
    """行政区划 (GB/T 2260). Reference data: the same for everybody."""

    code = models.CharField("代码", max_length=6, primary_key=True)
    name = models.CharField("名称", max_length=40)
    level = models.CharField("级别", max_length=10, choices=RegionLevel)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        ordering = ["code"]
        verbose_name = "行政区划"

    def __str__(self) -> str:
        return self.name

    def lineage(self) -> list[str]:
        """Codes of this region and everything above it, nearest first. GB/T 2260 codes nest by prefix."""
        above = [f"{self.code[:4]}00", f"{self.code[:2]}0000"]
        return list(dict.fromkeys([self.code, *above]))
