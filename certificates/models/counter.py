from django.db import models
from django.db.models import F, Q

from cehours.lib import clock


class NumberCounter(models.Model):
    """The last serial of a year, province-wide. Its row is the last lock an approval takes."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(last__lte=999_999), name="serial_has_six_digits")
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class LostNumbers(models.Model):
    """恢复时丢失: serials given out before an older database was restored. They stay on record, never reused."""

    id = models.BigAutoField(primary_key=True)
    year = models.PositiveSmallIntegerField("年度")
    first = models.PositiveIntegerField("起")
    last = models.PositiveIntegerField("止")
    found_at = models.DateTimeField("发现时间", default=clock.now)

    class Meta:
        ordering = ["year", "first"]
        verbose_name = "恢复时丢失的编号"
        constraints = [models.CheckConstraint(condition=Q(first__lte=F("last")), name="lost_runs_forward")]

    def __str__(self) -> str:
        return f"{self.year}: {self.first}–{self.last}"
