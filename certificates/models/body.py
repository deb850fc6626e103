from __future__ import annotations

from django.db import models

from cehours.lib import clock


class AssessmentBody(models.Model):
    """评委会、自评单位: may check certificates in batches with a key, of which only the digest is kept."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField("名称", max_length=100, unique=True)
    key_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    active = models.BooleanField("启用", default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = "核验单位"

    def __str__(self) -> str:
        return self.name
