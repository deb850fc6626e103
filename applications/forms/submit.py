"""核对并提交: the promise, and why papers are missing if they are."""

from __future__ import annotations

from django import forms

PROMISE = "请勾选「本人承诺所填内容真实」后再提交。"


class SubmitForm(forms.Form):
    use_required_attribute = False

    evidence_note = forms.CharField(
        label="材料不全的说明",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明缺哪些材料、为什么提供不了，审核单位会看到。",
        error_messages={"max_length": "材料不全的说明请控制在 500 字以内。"},
    )
    declared_true = forms.BooleanField(
        label="本人承诺所填内容真实，所附材料与原件一致", error_messages={"required": PROMISE}
    )
