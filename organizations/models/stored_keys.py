from __future__ import annotations

from django.db import models


class StoredKeys(models.Model):
    """How far one kind of stored key follows the present rule (cehours.recomputing). Written by the owner role.

    Rows with a primary key up to `after`, all of them once `finished_at` is set, carry keys of `version`.
    """

    name = models.CharField(max_length=60, primary_key=True)
    version = models.PositiveIntegerField(default=0)
    after = models.CharField(max_length=36, blank=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
