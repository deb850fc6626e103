"""What is asked for on the certificate pages: a range of years, or a number with a name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from cehours.lib import lists, visible
from cehours.lib.half_width import half_width
from certificates.models import Certificate, CertificateState
from certificates.paper.sheet import NUMBER
from certificates.queries import IssuedCriteria
from certificates.verification import name_list, one_file
from organizations.forms.days import DayField
from organizations.forms.fields import must_be_printable

FIRST_YEAR, LAST_YEAR = 2000, 2099
BAD_YEAR = "年度应为四位数的年份，例如 2024。"
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
        number = "".join(visible.shown(half_width(self.cleaned_data["number"])).split())
        if not NUMBER.fullmatch(number):
            raise forms.ValidationError(WRONG_NUMBER)
        return number


class CodeForm(forms.Form):
    """查验码, as the holder tells it."""

    code = forms.CharField(
        label="持有人查验码",
        help_text="由持有人提供，8 位字母和数字；填对后显示完整姓名",
        max_length=20,
        error_messages={"required": "请输入持有人提供的查验码。", "max_length": "查验码是 8 位字母和数字。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class FileForm(forms.Form):
    """The electronic file of a certificate, compared with the record and kept nowhere."""

    file = forms.FileField(
        label="认定单电子文件",
        help_text="PDF 格式，不超过 1 MB；只用于本次比对，不保存",
        error_messages={"required": "请选择认定单的 PDF 文件。", "empty": "文件是空的，请重新选择。"},
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )
    against = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > one_file.MAX_BYTES:
            raise forms.ValidationError("文件超过 1 MB，不是本系统出具的认定单文件。")
        content: bytes = file.read()
        return content


class BatchForm(forms.Form):
    """An assessment body's list."""

    key = forms.CharField(
        label="核验密钥",
        help_text="由省人社部门发给评委会、自评单位",
        max_length=100,
        error_messages={"required": "请输入核验密钥。", "max_length": "核验密钥不正确，请核对。"},
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=True),
    )
    from_year = forms.IntegerField(label="所需起始年度", required=False)
    to_year = forms.IntegerField(label="所需结束年度", required=False)
    file = forms.FileField(
        label="核验名单",
        help_text=f"Excel 工作簿（.xlsx）或 CSV 文件，有“登记证书编号”“姓名”两列，最多 {name_list.MOST_ROWS} 行；"
        "其他列照原样留在结果中",
        error_messages={"required": "请选择填好的核验名单。", "empty": "文件是空的，请重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("from_year", "to_year"):
            field = self.fields[name]
            field.validators = [MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
            field.error_messages |= dict.fromkeys(("invalid", "min_value", "max_value"), BAD_YEAR)
            field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("from_year"), cleaned.get("to_year")
        if (first is None) != (last is None) and not {"from_year", "to_year"} & self.errors.keys():
            self.add_error("to_year" if last is None else "from_year", "起止年度请都填写，或者都不填。")
        elif first and last and last < first:
            self.add_error("to_year", "结束年度不能早于起始年度，请核对。")
        return cleaned

    @property
    def wanted(self) -> range:
        """The years that the body needs to be covered; empty where it did not say."""
        first, last = self.cleaned_data.get("from_year"), self.cleaned_data.get("to_year")
        return range(first, last + 1) if first and last else range(0)

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > lists.MOST_BYTES:
            raise forms.ValidationError(lists.TOO_LARGE)
        content: bytes = file.read()
        return content


class IssuedForm(forms.Form):
    """The bureau's list: which certificates, in which order, how many on a page. The address holds it."""

    ORDERS = {"": "-number", "up": "number", "new": "-issued_at", "old": "issued_at"}
    words = forms.CharField(
        label="编号或姓名",
        required=False,
        max_length=60,
        error_messages={"max_length": "请输入编号或姓名，不超过 60 个字。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    unit = forms.CharField(
        label="单位",
        required=False,
        max_length=60,
        error_messages={"max_length": "请输入单位名称中的几个字，不超过 60 个字。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *CertificateState.choices])
    since = DayField("出具日期从")
    until = DayField("到")
    sort = forms.ChoiceField(
        label="排序",
        required=False,
        choices=[
            ("", "编号从大到小"),
            ("up", "编号从小到大"),
            ("new", "最近出具的在前"),
            ("old", "最早出具的在前"),
        ],
    )
    size = forms.TypedChoiceField(
        label="每页",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "50 份"), ("100", "100 份"), ("200", "200 份")],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "结束日期不能早于开始日期，请核对。")
        return cleaned

    @property
    def criteria(self) -> IssuedCriteria:
        """What was understood; a field that is wrong narrows nothing, and the form says so."""
        self.is_valid()  # a wrong field is said above the list and narrows nothing
        asked = {
            key: self.cleaned_data.get(key) or "" for key in ("words", "unit", "state", "since", "until")
        }
        return IssuedCriteria(**{key: str(value).replace("\0", "") for key, value in asked.items()})

    @property
    def chips(self) -> list[tuple[str, str, str]]:
        """The conditions in force: label, value in words, and the address without it."""
        asked = {key: value for key, value in asdict(self.criteria).items() if value}
        kept = asked | {key: self.data[key] for key in ("sort", "size") if self.cleaned_data.get(key)}
        shown = asked | ({"state": CertificateState(asked["state"]).label} if "state" in asked else {})
        return [
            (
                str(self.fields[key].label),
                str(value),
                f"?{urlencode({k: v for k, v in kept.items() if k != key})}",
            )
            for key, value in shown.items()
        ]


class RevokeForm(forms.Form):
    """Which years are in question, of an approval's certificate (A79); and why: the public will read it."""

    years = forms.TypedMultipleChoiceField(
        label="有问题的年度",
        help_text="勾选的年度学时作废；没有勾选的年度学时仍然有效",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请勾选认定单上有问题的年度，至少一个。",
            "invalid_choice": "只能勾选认定单上的年度，请重新勾选。",
        },
    )
    reason = forms.CharField(
        label="撤销原因",
        help_text="会显示在公开的核验页面上，请写明事实，不要写身份证件号码等个人信息",
        max_length=300,
        error_messages={"required": "请填写撤销原因。", "max_length": "撤销原因不超过 300 个字。"},
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    shown = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, certificate: Certificate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.whole = list(range(certificate.from_year, certificate.to_year + 1))
        if certificate.by_approval:
            self.fields["years"].choices = [(year, f"{year} 年") for year in self.whole]  # type: ignore[attr-defined]
            self.fields["years"].initial = self.whole
        else:
            del self.fields["years"]

    @property
    def chosen(self) -> list[int]:
        """The ticked years; all of them before anything was sent, and where nothing sensible is ticked."""
        typed = self.data.getlist("years") if self.is_bound else []  # type: ignore[attr-defined]
        return [year for year in self.whole if str(year) in typed] or self.whole

    @property
    def looked_at(self) -> list[int]:
        """The years for which the page that was sent said what falls."""
        typed = self.data.get("shown", "").split()
        return [year for year in self.whole if str(year) in typed]


class BodyForm(forms.Form):
    """A 核验单位 to be admitted."""

    name = forms.CharField(
        label="单位名称",
        help_text="评委会或自评单位的全称，例如 省工程系列高级职称评审委员会。",
        max_length=100,
        validators=[must_be_printable("单位名称")],
        error_messages={"required": "请填写单位名称。", "max_length": "单位名称最多 100 个字。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
