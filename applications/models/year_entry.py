from __future__ import annotations

import uuid

from django.db import models


class YearEntry(models.Model):
    """申报年度明细信息: one year of an application; its hours are the sum of its activities.

    `settled`: the refusing decision whose remark of this year the applicant has marked as dealt with (已处理).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField("年度")
    version = models.PositiveIntegerField(default=0, editable=False)
    settled = models.UUIDField(null=True, editable=False)

    class Meta:
        ordering = ["year"]
        verbose_name = "申报年度明细信息"
        constraints = [
            models.UniqueConstraint(
                fields=["application", "year"],
                name="a_year_once_per_application",
                violation_error_message="该年度已填写，请在原有年度上修改。",
            )
        ]

    def __str__(self) -> str:
        return str(self.year)
