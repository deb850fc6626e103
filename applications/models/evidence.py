from __future__ import annotations

import uuid

from django.db import models


class Scan(models.TextChoices):
    """What the virus scanner said. Only `clean` files are shown, downloaded or submitted."""

    CLEAN = "clean", "可以使用"
    WAITING = "waiting", "正在等待安全检查"
    INFECTED = "infected", "发现病毒"


class Evidence(models.Model):
    """佐证材料: one file. The bytes lie in private storage under their content's hash.

    `year_entry` is the year it was uploaded to and is counted with; what it proves say its ties (`models.Tie`), of an
    earlier 学时认定单 its range. `confirmed`: somebody looked at its label; until then it completes nothing.
    `scanned_at` is empty where no scanner is configured: such a file counts as clean, but nothing looked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="evidence")
    year_entry = models.ForeignKey("applications.YearEntry", models.CASCADE, related_name="evidence")
    kind = models.CharField("材料种类", max_length=40)
    stamped = models.BooleanField("已盖章", default=False)
    filename = models.CharField("文件名", max_length=255)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField("大小")
    pages = models.PositiveSmallIntegerField("页数", default=1)
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=200)
    prior_from = models.PositiveSmallIntegerField("认定单起始年度", null=True, blank=True)
    prior_to = models.PositiveSmallIntegerField("认定单结束年度", null=True, blank=True)
    confirmed = models.BooleanField("已核对", default=True, db_default=True)
    position = models.PositiveSmallIntegerField(default=0)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    scan = models.CharField("安全检查", max_length=8, choices=Scan, default=Scan.CLEAN)
    scanned_at = models.DateTimeField(null=True, blank=True, editable=False)

    warning = ""  # of the upload that made it, for the person who sent it; not kept

    class Meta:
        ordering = ["year_entry__year", "position", "uploaded_at", "id"]
        verbose_name = "佐证材料"
        constraints = [
            models.CheckConstraint(
                name="prior_span_runs_forward",
                condition=models.Q(prior_from=None, prior_to=None)
                | models.Q(prior_from__lte=models.F("prior_to")),
                violation_error_message="以往学时认定单的起始年度不能晚于结束年度。",
            ),
            models.CheckConstraint(
                name="evidence_has_a_scan_state",
                condition=models.Q(scan="clean")
                | models.Q(scan="waiting", scanned_at=None)
                | models.Q(scan="infected", scanned_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="evidence_by_content")]

    def __str__(self) -> str:
        return self.filename
