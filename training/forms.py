"""What is typed about training plans: the plan, the list of people, a reason, the attendance."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django import forms

from cehours.lib import clock, lists
from cehours.lib.idnumbers import IdKind
from cehours.lib.lists import BadLines
from cehours.lib.refusal import Refusal
from organizations.forms.days import DayField
from training.models import Attendee, TrainingPlan
from training.plans import rules as plan_rules
from training.plans.queries import Known
from training.services import PlanInput

Read = TypeVar("Read")


class PlanForm(forms.Form):
    """A plan as its unit writes it. The topic is free (R052); the hours are not asked for."""

    topic = forms.CharField(
        label="培训主题",
        max_length=100,
        help_text="结合本行业、本单位特点自主选题。",
        error_messages={"required": "请填写培训主题。", "max_length": "培训主题最多 100 个字。"},
    )
    category = forms.ChoiceField(
        label="科目",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择科目。", "invalid_choice": "请从列表中选择科目。"},
    )
    first_day = DayField("开始日期", "须在这一天及以前报备。")
    last_day = DayField("结束日期", "学时只计入培训当年，不能跨年。")
    days = forms.DecimalField(
        label="培训天数",
        min_value=Decimal("0.5"),
        max_value=366,
        decimal_places=1,
        max_digits=4,
        help_text="实际授课天数，半天填 0.5。学时由系统按细则折算。",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages={
            "required": "请填写培训天数。",
            "invalid": "请填写天数，例如 2 或 1.5。",
            "min_value": "培训天数至少半天，请填写 0.5 或以上。",
            "max_value": "培训天数不能超过 366 天，请核对。",
            "max_decimal_places": "培训天数以半天为单位，例如 2 或 1.5。",
            "max_digits": "请填写天数，例如 2 或 1.5。",
            "max_whole_digits": "请填写天数，例如 2 或 1.5。",
        },
    )
    place = forms.CharField(
        label="培训地点",
        max_length=100,
        error_messages={"required": "请填写培训地点。", "max_length": "培训地点最多 100 个字。"},
    )
    lecturers = forms.CharField(
        label="主讲教师",
        max_length=200,
        required=False,
        help_text="姓名、单位和职称，几位之间用顿号隔开。",
        error_messages={"max_length": "主讲教师最多 200 个字。"},
    )
    purpose = forms.CharField(
        label="与单位发展战略和岗位要求的关系",
        max_length=500,
        required=False,
        help_text="备案单位会看到。",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": "最多 500 个字。"},
    )

    def __init__(self, data: Any = None, *, plan: TrainingPlan | None = None) -> None:
        initial = {name: getattr(plan, name) for name in self.base_fields} if plan else {}
        if plan:
            initial["days"] = plan.days.normalize() if plan.days % 1 else plan.days.quantize(Decimal(1))
        super().__init__(data, initial=initial)
        policy = plan_rules.policy_for(clock.today().year)
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.key, each.name) for each in policy.categories]

    def entered(self) -> PlanInput:
        """What a valid form says, for the service."""
        return PlanInput(**self.cleaned_data)


class FileForm(forms.Form):
    """A list that is pasted or uploaded; `confirmed` stands for what was looked at. The file cleans to its bytes."""

    file = forms.FileField(
        label="或者上传名单文件",
        required=False,
        help_text="Excel 工作簿（.xlsx）或 CSV 文件，其中一行写着列名“姓名”“证件号码”；文件不保存。",
        error_messages={"empty": "文件是空的，请重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )
    confirmed = forms.CharField(required=False, max_length=64)

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file is None:
            return b""
        if file.size > lists.MOST_BYTES:
            raise forms.ValidationError(lists.TOO_LARGE)
        content: bytes = file.read()
        return content


class SheetForm(FileForm):
    """A year's plans, to be read by `sheet`."""

    field_order = ("pasted", "file")

    pasted = forms.CharField(
        label="粘贴培训计划表",
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 10, "autocomplete": "off", "wrap": "off"}),
        error_messages={"max_length": "内容过长，请分几次新增。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = "或者上传培训计划表"
        self.fields["file"].help_text = "Excel 工作簿（.xlsx）或 CSV 文件，其中一行写着列名；文件不保存。"


class PeopleForm(FileForm):
    """A list to be read by `roster`, and people the unit knows already; `confirmed` stands for what was looked at."""

    pasted = forms.CharField(
        label="粘贴名单",
        required=False,
        max_length=60_000,
        help_text="每行一人：姓名 证件号码。可从 Excel 连同列名直接复制粘贴；不是居民身份证的，写成“姓名 护照 号码”。",
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
        error_messages={"max_length": "一次最多 500 人，请分几次加入。"},
    )
    field_order = ("pasted", "file", "known")
    known = forms.MultipleChoiceField(
        label="本单位已知人员",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "所选人员已不在可选范围内，请重新勾选。"},
    )

    def __init__(self, data: Any = None, files: Any = None, *, known: Sequence[Known] = ()) -> None:
        super().__init__(data, files)
        field = self.fields["known"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(each.key, f"{each.name}（{each.note}）") for each in known]


class CorrectForm(forms.Form):
    """How somebody on the list is really written."""

    name = forms.CharField(
        label="姓名",
        max_length=60,
        error_messages={"required": "请填写姓名。", "max_length": "姓名最多 60 个字。"},
    )
    id_kind = forms.ChoiceField(
        label="证件类型",
        choices=IdKind.choices,
        error_messages={"required": "请选择证件类型。", "invalid_choice": "请从列表中选择证件类型。"},
    )
    id_number = forms.CharField(
        label="证件号码",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "证件号码过长，请核对。"},
    )


class NameFilter(forms.Form):
    """Narrows the people to be ticked."""

    q = forms.CharField(
        label="姓名", required=False, max_length=60, error_messages={"max_length": "姓名最多 60 个字。"}
    )


class ReturnForm(forms.Form):
    """Why a plan goes back."""

    reason = forms.CharField(
        label="退回原因",
        max_length=300,
        required=False,  # the same page also accepts; the act asks for it
        help_text="退回时必填，报备单位会看到。",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "退回原因最多 300 个字。"},
    )


class CountForm(forms.Form):
    """The word under what is about to go on record."""

    confirmed = forms.BooleanField(
        label="以上与签到记录一致，签到记录由本单位留存备查。",
        error_messages={"required": "请核对签到记录，并勾选确认。"},
    )


class AttendanceForm(CountForm):
    """Who came: everybody is ticked at first, whoever did not come is taken out."""

    present = forms.MultipleChoiceField(
        label="出勤人员",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "所选人员不在名单上，请刷新页面后重新登记。"},
    )

    def __init__(self, data: Any = None, *, attendees: Iterable[Attendee] = ()) -> None:
        people = list(attendees)
        ticked = [str(each.pk) for each in people if each.attended is not False]
        super().__init__(data, initial={"present": ticked})
        field = self.fields["present"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(each.pk), f"{each.name}（{each.id_masked}）") for each in people]


class DayAttendanceForm(AttendanceForm):
    """Who came on one day: those who are known to, or everybody before that day was taken."""

    def __init__(self, data: Any = None, *, attendees: Iterable[Attendee], day: date, taken: bool) -> None:
        people = list(attendees)
        super().__init__(data, attendees=people)
        came = [str(each.pk) for each in people if not taken or day in each.days]
        self.initial["present"] = came


class DayForm(forms.Form):
    """Which day's attendance is to be taken, where the training does not fill its calendar."""

    day = DayField("培训日期", "这项培训哪一天上课，就登记哪一天。")


class AttendanceSheetForm(FileForm):
    """出勤表, filled in."""

    file = forms.FileField(
        label="填好的出勤表",
        help_text="到场的打“√”，没有到场的留空；也可以用本单位自己的表，只要有“姓名”和“3月5日”这样的列名。",
        error_messages={"required": "请选择填好的出勤表。", "empty": "文件是空的，请重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )


class YearFilter(forms.Form):
    """The year of a list of plans."""

    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any = None, *, years: Iterable[int] = ()) -> None:
        super().__init__(data)
        field = self.fields["year"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "全部"), *((str(year), f"{year} 年") for year in years)]


def tried(form: forms.Form, field: str, read: Callable[[], list[Read]]) -> list[Read]:
    """What was read from a pasted or uploaded list; what is wrong with it stands at `field`, and nothing is read."""
    try:
        return read()
    except BadLines as bad:
        for place, says in bad.faults:
            form.add_error(field, f"第 {place} 行：{says}")
    except Refusal as refusal:
        form.add_error(field, refusal.says)
    return []
