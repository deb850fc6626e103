"""分派 and 请假 as they are typed."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from organizations.forms.days import DayField

Colleagues = Sequence[tuple[int, str]]


class AssignForm(forms.Form):
    """To whom the chosen cases go, in turn."""

    to = forms.TypedMultipleChoiceField(
        label="分派给",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="选一位，全部给这一位；选几位，按收到的先后轮流平均分派。",
    )

    def __init__(self, data: object = None, *, colleagues: Colleagues) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # request.POST
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(colleagues)


class AbsenceForm(forms.Form):
    """From which day to which day somebody else stands in."""

    deputy = forms.TypedChoiceField(label="由谁代办", coerce=int)
    first_day = DayField("第一天")
    last_day = DayField("最后一天")

    def __init__(self, data: object = None, *, colleagues: Colleagues) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # request.POST
        field = self.fields["deputy"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "请选择"), *colleagues]
        field.error_messages |= {"required": "请填写由谁代办。"}
