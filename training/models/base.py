from __future__ import annotations

from django.db import models


class TrainingBase(models.Model):
    """国家级专业技术人员继续教育基地 (annex 1): its hours count in the whole province. Reference data."""

    name = models.CharField("基地名称", max_length=60, unique=True)
    platform = models.CharField("网络平台网址", max_length=120)
    active = models.BooleanField("启用", default=True)

    class Meta:
        ordering = ["id"]
        verbose_name = "继续教育基地"

    def __str__(self) -> str:
        return self.name
