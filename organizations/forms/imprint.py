"""本局信息."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models

from organizations.forms.fields import must_be_printable
from organizations.models import Imprint

HINTS = {
    "host": "显示在每个页面的页脚，例如“某某市人力资源和社会保障局”。",
    "hotline": "申报人和单位有问题时拨打的电话，可以写多个，用“、”隔开。",
    "times": "例如“工作日 9:00—12:00，13:30—17:00”。",
    "support": "网页打不开、上传不了等问题找谁，写单位名称和电话。",
    "privacy_office": "负责个人信息保护的处室或者人员。",
    "privacy_contact": "电话、邮箱或通信地址，用于查阅、更正、删除个人信息和投诉。",
}


class ImprintForm(forms.Form):
    """Fields, lengths and names are the model's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, hint in HINTS.items():
            self.fields[name] = _line(name, hint)


def _line(name: str, hint: str) -> forms.CharField:
    column = Imprint._meta.get_field(name)
    assert isinstance(column, models.CharField)
    label = str(column.verbose_name)
    return forms.CharField(
        label=label,
        help_text=hint,
        required=not column.blank,
        max_length=column.max_length,
        error_messages={
            "required": f"请填写{label}。",
            "max_length": f"{label}最多 {column.max_length} 个字。",
        },
        validators=[must_be_printable(label)],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
