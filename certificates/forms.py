"""What is asked for on the certificate pages: a range of years, or a number with a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms

from certificates.sheet import NUMBER

FIRST_YEAR, LAST_YEAR = 2000, 2099
WRONG_NUMBER = "登记证书编号是 10 位数字，请对照认定单重新输入。"


class RangeForm(forms.Form):
    """查询年度. The menus offer the approved years; another year in the address gets a plain answer."""

    from_year = forms.IntegerField(label="起始年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)
    to_year = forms.IntegerField(label="结束年度", min_value=FIRST_YEAR, max_value=LAST_YEAR)

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = sorted(years)
        for name, preset in (("from_year", offered[:1]), ("to_year", offered[-1:])):
            field = self.fields[name]
            label = field.label
            field.error_messages["required"] = f"请选择{label}。"
            for wrong in ("invalid", "min_value", "max_value"):
                field.error_messages[wrong] = f"{label}应为四位数的年份，请重新选择。"
            field.initial = preset[0] if preset else None
            asked = self.data.get(name, "")
            shown = {*offered, int(asked)} if asked.isdecimal() and len(asked) == 4 else {*offered}
            field.widget = forms.Select(choices=[(year, str(year)) for year in sorted(shown)])
            field.widget.is_required = True


class VerifyForm(forms.Form):
    """Number and name as printed; full-width digits and stray spaces are forgiven."""

    number = forms.CharField(
        label="继续教育登记证书编号",
        help_text="认定单上的 10 位数字",
        max_length=40,
        error_messages={"required": "请输入认定单上的登记证书编号。", "max_length": WRONG_NUMBER},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label="姓名",
        help_text="认定单上的完整姓名",
        max_length=60,
        error_messages={"required": "请输入认定单上的姓名。", "max_length": "姓名过长，请核对。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        number = "".join(unicodedata.normalize("NFKC", self.cleaned_data["number"]).split())
        if not NUMBER.fullmatch(number):
            raise forms.ValidationError(WRONG_NUMBER)
        return number
