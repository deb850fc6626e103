"""核对并提交: the promise, and why papers are missing if they are."""

from __future__ import annotations

from typing import Any

from django import forms

PROMISE = "请勾选“本人承诺所填内容真实”后再提交。"


AS_BEFORE = "内容与上次提交的相同。请先按审核意见修改；确实不用修改的，请勾选“仍按原内容提交”。"


class SubmitForm(forms.Form):
    """`as_before`: asked where nothing differs from what was refused; `note`: why papers were missing then."""

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
    as_before = forms.BooleanField(label="已核对审核意见，仍按原内容提交", required=False)

    def __init__(self, *args: Any, unchanged: bool = False, note: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.note = note
        if not unchanged:
            del self.fields["as_before"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        says_the_same = cleaned.get("evidence_note", "").strip() == self.note.strip()
        if "as_before" in self.fields and says_the_same and not cleaned.get("as_before"):
            self.add_error("as_before", AS_BEFORE)
        return cleaned
