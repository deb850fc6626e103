from django.db import models


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
