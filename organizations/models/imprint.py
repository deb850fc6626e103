from __future__ import annotations

from django.db import models
from django.db.models import Q


class Imprint(models.Model):
    """Who runs the system for a bureau's territory, and whom one may ask.

    个人信息保护法 17 wants 个人信息处理者的名称和联系方式. Changes are on the trail of the bureau's unit.
    """

    unit = models.OneToOneField(
        "organizations.Unit", models.CASCADE, primary_key=True, related_name="imprint"
    )
    host = models.CharField("主办单位", max_length=120)
    hotline = models.CharField("咨询电话", max_length=60)
    times = models.CharField("接听时间", max_length=60, blank=True)
    support = models.CharField("技术支持", max_length=120, blank=True)
    privacy_office = models.CharField("个人信息保护联系人", max_length=60, blank=True)
    privacy_contact = models.CharField("个人信息保护联系方式", max_length=120, blank=True)

    class Meta:
        verbose_name = "本局信息"
        constraints = [
            models.CheckConstraint(condition=~Q(host="") & ~Q(hotline=""), name="an_imprint_says_who_and_how")
        ]

    def __str__(self) -> str:
        return self.host
