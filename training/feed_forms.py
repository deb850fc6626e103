"""What is typed about providers and their records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from cehours.lib import clock
from organizations.forms.days import DayField
from organizations.models import Unit
from training.feeds.reported import LONGEST, MOST_ROWS, categories, category_name
from training.models import ORDINARY, LearningRecord, Provider, Scope, Source, Standing, TrainingBase

MOST_BYTES = 5 * 1024 * 1024


class ProviderForm(forms.Form):
    """登记报送单位: a unit of the registry by its full name, and the base of annex 1 that it is, if any."""

    unit = forms.CharField(
        label="单位名称",
        max_length=120,
        help_text="填写“单位”中登记的全称；没有的，请先在“单位”中新增。",
        error_messages={"required": "请填写单位名称。", "max_length": "单位名称最多 120 个字。"},
    )
    code = forms.RegexField(
        label="代码",
        regex=r"^[A-Z0-9]{2,7}$",
        help_text="2 至 7 位大写字母或数字，写在学时记录编号前面，登记后不能更改。",
        error_messages={"required": "请填写代码。", "invalid": "请用 2 至 7 位大写字母或数字。"},
    )
    source = forms.ChoiceField(
        label="学时来源",
        choices=[(Source.BASE.value, Source.BASE.label), (Source.PLATFORM.value, Source.PLATFORM.label)],
        error_messages={"required": "请选择学时来源。", "invalid_choice": "请从列表中选择学时来源。"},
    )
    base = forms.ModelChoiceField(
        label="国家级基地",
        queryset=TrainingBase.objects.none(),
        required=False,
        empty_label="不是附件 1 所列基地",
        error_messages={"invalid_choice": "请从列表中选择基地。"},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["base"]
        assert isinstance(field, forms.ModelChoiceField)
        taken = Provider.objects.exclude(base=None).values("base")
        field.queryset = TrainingBase.objects.filter(active=True).exclude(pk__in=taken)

    def clean_unit(self) -> Unit:
        name = self.cleaned_data["unit"].strip()
        unit = Unit.objects.filter(name=name, active=True, bureau_level="").first()
        if unit is None:
            raise forms.ValidationError("没有找到这个单位，请填写登记的全称，或者先在“单位”中新增。")
        return unit


class KeyForm(forms.Form):
    """生成密钥: what the key is good for."""

    scopes = forms.MultipleChoiceField(
        label="用途",
        choices=[(each.value, each.label) for each in ORDINARY],
        initial=[each.value for each in ORDINARY],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择密钥的用途。", "invalid_choice": "请从列表中选择用途。"},
    )

    def __init__(self, data: Any = None, *, provider: Provider) -> None:
        super().__init__(data)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        if provider.source == Source.PLATFORM:
            field.choices = Scope.choices


class UploadForm(forms.Form):
    """A file of records; `confirmed` is the digest of what was looked at. The file cleans to its bytes.

    `faults`: (row of the file, its column in words, what to do) for the first rows that are wrong.
    """

    faults: Sequence[tuple[int, str, str]] = ()

    file = forms.FileField(
        label="学习记录文件",
        help_text="Excel 工作簿（.xlsx）、CSV 或 JSON 行文件，最多 10000 条、5 MB。",
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.jsonl,.json"}),
    )
    confirmed = forms.CharField(required=False, max_length=64)

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file is None:
            return b""
        if file.size > MOST_BYTES:
            raise forms.ValidationError("文件过大，请分成几份，每份不超过 5 MB。")
        content: bytes = file.read()
        return content


class ClassForm(UploadForm):
    """签到名单: who came to one class, and the class itself, typed once."""

    field_order = ("number", "title", "category", "hours", "completed_on", "file")

    number = forms.RegexField(
        label="班次编号",
        regex=r"^[0-9A-Za-z][0-9A-Za-z._-]*$",
        max_length=19,
        help_text="本单位自编，例如 2025-03；同一班次更正名单时用同一个编号。",
        error_messages={
            "required": "请填写班次编号。",
            "invalid": "班次编号只能用字母、数字和 . _ -。",
            "max_length": "班次编号最多 19 位。",
        },
    )
    title = forms.CharField(
        label="培训名称",
        max_length=LONGEST["title"],
        error_messages={"required": "请填写培训名称。", "max_length": "培训名称最多 120 个字。"},
    )
    category = forms.ChoiceField(
        label="科目",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择科目。", "invalid_choice": "请从列表中选择科目。"},
    )
    hours = forms.CharField(
        label="每人学时",
        max_length=10,
        help_text="例如 8 或 7.5。",
        error_messages={"required": "请填写学时。", "max_length": "请填写学时，例如 8 或 7.5。"},
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    completed_on = DayField("结束日期", "学时计入这一天所在的年度。")

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.fields["file"].label = "签到名单"
        self.fields["file"].help_text = "Excel 工作簿（.xlsx）或 CSV 文件，其中一行写着列名“姓名”“证件号码”。"
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, category_name(key)) for key in dict.fromkeys(categories().values())]


class WithdrawForm(forms.Form):
    """Numbers of records, one a line; cleans to them in order, each once."""

    numbers = forms.CharField(
        label="记录编号",
        max_length=400_000,
        help_text="每行一个，可以从 Excel 中整列粘贴，最多 10000 个。",
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "请填写记录编号。", "max_length": "编号太多，请分几次撤销。"},
    )
    sure = forms.BooleanField(
        label="这些记录确实有误，撤销后学时随之撤回",
        error_messages={"required": "请核对后勾选。"},
    )

    def clean_numbers(self) -> list[str]:
        numbers = list(dict.fromkeys(self.cleaned_data["numbers"].split()))
        if len(numbers) > MOST_ROWS:
            raise forms.ValidationError(f"一次最多撤销 {MOST_ROWS} 条，请分几次撤销。")
        if bad := next((each for each in numbers if len(each) > LONGEST["number"] or "\x00" in each), ""):
            raise forms.ValidationError(f"“{bad[:40]}”不是记录编号，请每行填写一个。")
        return numbers


class RecordFilter(forms.Form):
    """What a list of records is narrowed by."""

    q = forms.CharField(
        label="记录编号或姓名",
        required=False,
        max_length=60,
        error_messages={"max_length": "最多 60 个字。"},
    )
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        field = self.fields["year"]
        assert isinstance(field, forms.TypedChoiceField)
        now = clock.today().year
        field.choices = [("", "全部"), *((year, f"{year} 年") for year in range(now, now - 10, -1))]


class LookFilter(forms.Form):
    """What the bureau's list is narrowed by."""

    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[
            ("", "待办理"),
            (Standing.FLAGGED.value, "待核对"),
            (Standing.MISMATCH.value, "姓名不符"),
            ("decided", "已办理"),
        ],
    )
    provider = forms.ModelChoiceField(
        label="报送单位", required=False, queryset=Provider.objects.none(), empty_label="全部"
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        field = self.fields["provider"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Provider.objects.select_related("unit")


class JudgeForm(forms.Form):
    """计入 or 不予计入, with the reason; the category only where the record names none of ours."""

    category = forms.ChoiceField(
        label="计入科目", required=False, error_messages={"invalid_choice": "请从列表中选择科目。"}
    )
    reason = forms.CharField(
        label="理由",
        max_length=300,
        help_text="不予计入的，理由会告知报送单位（姓名不符的不告知）。",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明理由。", "max_length": "理由最多 300 个字。"},
    )

    def __init__(self, data: Any = None, *, record: LearningRecord) -> None:
        super().__init__(data)
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        known = list(dict.fromkeys(categories().values()))
        if record.category in known:
            del self.fields["category"]
        else:
            field.choices = [("", "请选择"), *((key, category_name(key)) for key in known)]
