"""以前年度已认定: the number of an earlier 学时认定单."""

from __future__ import annotations

from django import forms


class PriorForm(forms.Form):
    use_required_attribute = False
    number = forms.CharField(
        label="继续教育登记证书编号",
        max_length=40,
        help_text="本系统出具的认定单，编号印在表格下方，例如 2024000123。带入后学时不能修改，也不用再上传材料。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={
            "required": "请填写认定单上的“继续教育登记证书编号”。",
            "max_length": "编号过长，请核对后重新填写。",
        },
    )
