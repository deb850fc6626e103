from __future__ import annotations

import uuid

from django.db import models

from cehours.lib.idnumbers import IdKind


class Person(models.Model):
    """A natural person, found by a keyed blind index, never by the number itself.

    Row-level security shows a row to that person alone; others meet the person only through the copy of
    the facts that an application froze.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("姓名", max_length=60)
    # As the document writes it, where that differs from the form in which names are kept and compared.
    spelling = models.CharField("证件上的写法", max_length=60, blank=True)
    id_kind = models.CharField("证件类型", max_length=20, choices=IdKind.choices())
    id_cipher = models.BinaryField(editable=False)
    id_index = models.BinaryField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "自然人"
        constraints = [models.UniqueConstraint(fields=["id_index"], name="one_person_per_identity_number")]

    def __str__(self) -> str:
        return self.name
