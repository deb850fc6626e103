"""The header of the form (annex 3, step 6): its fields, once and in order, and what must be right in each.

Every page, list and file that names a field of the header reads it from `HEADER`: form, check page, frozen
revision, case page, comparison, lists, export and the archive of one's own data. A new field is a column of the
model, an entry here and a widget of the form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

import rules
from applications.filed import facts
from applications.models import Application
from applications.models.application import RegionAnchor
from cehours.lib import phone, printable, visible
from organizations.models import Affiliation, Nature

Frozen = Mapping[str, str]


class Place(Enum):
    """Where a field of the header is read."""

    CHECK = auto()  # 核对并提交, and what applicants read of it later
    CASE = auto()  # 学时核认申报详细
    CHANGES = auto()  # what reviewers are told that differs from the submission before
    EXPORT = auto()  # the lists as spreadsheets
    OWN_DATA = auto()  # the archive of one's own data


READ = frozenset({Place.CHECK, Place.CASE, Place.CHANGES, Place.OWN_DATA})
LISTED = READ | {Place.EXPORT}


@dataclass(frozen=True)
class HeaderField:
    """One field: its words, what of it is frozen, and who reads it where.

    `key` names it in frozen revisions; that of a typed field also names the form's and the model's field.
    `label` is the notice's (annex 3, step 6), `case_label` the one that 学时核认申报详细 prints where it differs.
    `frozen` is what a submission keeps, `words` what people read of what was kept; `blank` stands for nothing.
    `column` leads from the model to what lists show; `listed` names their column in what people chose to see.
    """

    key: str
    label: str
    starred: bool = False
    typed: bool = True
    places: frozenset[Place] = READ
    case_label: str = ""
    frozen: Callable[[Application, rules.Policy], str] | None = None
    words: Callable[[Frozen, rules.Policy], str] | None = None
    blank: str = ""
    column: str = ""
    listed: str = ""
    figures: bool = False  # set in figures of one width
    long: bool = False  # a sentence, left out of the case page while it is blank

    def value_of(self, case: Application, policy: rules.Policy) -> str:
        """What a submission freezes: names as chosen at filing time."""
        return self.frozen(case, policy) if self.frozen else getattr(case, self.key)

    def says(self, header: Frozen, policy: rules.Policy) -> str:
        """The frozen value in words."""
        return (self.words(header, policy) if self.words else header[self.key]) or self.blank


def _named(choices: Iterable[rules.Choice], key: str) -> str:
    return next((choice.name for choice in choices if choice.key == key), key)


NO_EMPLOYER = str(Nature.FREELANCE.label)  # where a unit would stand


def _employer(header: Frozen, policy: rules.Policy) -> str:
    """Only who is 自由职业 has none; with others it is not filled in yet."""
    return header["employer"] or (NO_EMPLOYER if header.get("nature") == NO_EMPLOYER else "")


def anchors_of(case: Application, policy: rules.Policy) -> tuple[str, ...]:
    """Whose place may count (二(二), 二(三)): the unit's, the archive's or either; empty before a unit is chosen."""
    if case.nature == Nature.FREELANCE:
        return rules.anchors(policy, None)
    if case.employer is None:
        return ()
    return rules.anchors(policy, rules.UnitFacts(case.employer.affiliation, case.employer.nature))


def anchor_of(case: Application, policy: rules.Policy) -> str:
    """行政区划依据 as it holds: what was chosen, if there is a choice; otherwise the only one there is."""
    allowed = anchors_of(case, policy)
    return case.region_anchor if not allowed or case.region_anchor in allowed else allowed[0]


def _exception(header: Frozen, policy: rules.Policy) -> str:
    key = header["span_exception"]
    return next((each.name for each in policy.span.exceptions if each.key == key), key)


HEADER: tuple[HeaderField, ...] = (
    HeaderField("id_kind", "证件类型", typed=False, frozen=lambda case, policy: case.get_id_kind_display()),
    HeaderField(
        "id_index", "证件号码", starred=True, typed=False, case_label="身份证号", figures=True,
        places=LISTED - {Place.OWN_DATA},  # stands there once, in full, under 身份
        frozen=lambda case, policy: bytes(case.id_index).hex(),  # tells numbers apart, and shows none
        column="id_cipher", listed="id_number",
    ),
    HeaderField("name", "姓名", starred=True, typed=False, places=LISTED, column="name"),
    HeaderField("gender", "性别"),
    HeaderField("ethnicity", "民族", starred=True),
    HeaderField(
        "employer", "单位名称", starred=True, places=LISTED,
        frozen=lambda case, policy: case.employer.name if case.employer else "",
        words=_employer, column="employer__name", listed="employer",
    ),
    HeaderField("nature", "单位性质", starred=True, frozen=lambda case, policy: case.get_nature_display()),
    HeaderField(
        "target_title", "拟申报职称", starred=True, case_label="申报职称",
        frozen=lambda case, policy: _named(policy.target_titles, case.target_title),
    ),
    HeaderField("phone", "联系电话", starred=True, figures=True),
    HeaderField(
        "education", "最高学历", starred=True,
        frozen=lambda case, policy: _named(policy.educations, case.education),
    ),
    HeaderField(
        "title_series", "申报大类", starred=True, places=LISTED, column="title_series", listed="series"
    ),
    HeaderField(
        "specialty", "子专业名称", starred=True, places=LISTED, column="specialty", listed="specialty"
    ),
    HeaderField(
        "region", "行政区划名称", starred=True, places=LISTED,
        frozen=lambda case, policy: case.region.name if case.region else "",
        column="region__name", listed="region",
    ),
    HeaderField(
        "region_anchor", "行政区划依据",
        frozen=lambda case, policy: str(RegionAnchor(anchor_of(case, policy)).label),
    ),
    HeaderField("span_exception", "不申报全部年度的原因", words=_exception, blank="无，申报全部年度", long=True),
    HeaderField("remark", "备注", blank="无", long=True),
)  # fmt: skip
BY_KEY = {field.key: field for field in HEADER}
FIELDS = tuple(field.key for field in HEADER if field.typed)
LIST_FIELDS = tuple(field for field in HEADER if field.listed)
EXPORTED = tuple(
    sorted((each for each in HEADER if Place.EXPORT in each.places), key=lambda each: each.key != "name")
)
# 学时核认申报详细 (annex 3, employer's guide, step 7) prints these nine first, in this order.
CASE_FIRST = (
    "name", "id_index", "gender", "ethnicity", "target_title", "phone", "title_series", "specialty", "education",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One field as a page shows it; `value` is empty where nothing was filled in."""

    field: HeaderField
    label: str
    value: str


def frozen(case: Application, policy: rules.Policy) -> dict[str, str]:
    """The header as a submission keeps it: later changes of profile or registry do not reach back (R237)."""
    return {field.key: field.value_of(case, policy) for field in HEADER}


def lines(header: Frozen, policy: rules.Policy, place: Place, *, number: str = "") -> list[Line]:
    """What `place` shows of a header, in its order; `number` is the identity number as the page may show it.

    What was not asked yet when the header was frozen is left out.
    """
    shown = [field for field in HEADER if place in field.places and field.key in header]
    if place == Place.CASE:
        shown = [field for field in shown if header[field.key] or not field.long]
        printed = {key: position for position, key in enumerate(CASE_FIRST)}
        shown.sort(key=lambda field: printed.get(field.key, len(printed)))
    return [
        Line(
            field,
            (place == Place.CASE and field.case_label) or field.label,
            number if field.key == "id_index" else field.says(header, policy),
        )
        for field in shown
    ]


NOT_FILLED = "请填写“{label}”。"


def must_be_filled(key: str) -> bool:
    """Whether a typed field may not stay empty. 单位名称 is starred, and who is 自由职业 has none."""
    return BY_KEY[key].starred and key != "employer"


def problems(case: Application, policy: rules.Policy) -> dict[str, str]:
    """Field → sentence for everything that keeps the header from being complete; empty when it is.

    The form shows these while typing, `submit` refuses with them: one list for both.
    """
    found = {
        key: NOT_FILLED.format(label=BY_KEY[key].label)
        for key in FIELDS
        if must_be_filled(key) and not getattr(case, key)
    }
    if case.nature != Nature.FREELANCE and case.employer_id is None:
        found["employer"] = "请从名册中选择“单位名称”；没有工作单位的，请将单位性质选为“自由职业”。"
    if case.nature == Nature.FREELANCE and case.employer_id is not None:
        found["employer"] = (
            "已选择工作单位，单位性质不能是“自由职业”，请改选单位性质；"
            "确实没有工作单位的，请在“单位名称”中改选没有工作单位。"
        )
    if refusal := unprintable_name(case):
        found["name"] = refusal
    if refusal := _unprintable_specialty(case.specialty):
        found["specialty"] = refusal
    if case.phone and not (phone.is_mobile(case.phone) or phone.is_landline(case.phone)):
        found["phone"] = "联系电话格式不正确，请填写 11 位手机号码，或带区号的固定电话（如 0731-84900000）。"
    if case.target_title and case.target_title not in {choice.key for choice in policy.target_titles}:
        names = "、".join(choice.name for choice in policy.target_titles)
        found["target_title"] = f"本申报期只受理高级职称（{names}），请重新选择。"
    if (wanted := exception_remark(case, policy)) and not case.remark.strip():
        found["remark"] = wanted
    if "region" not in found and "employer" not in found:
        found.update(_place_problem(case) or _way_problem(case, policy))
    return found


def exception_remark(case: Application, policy: rules.Policy) -> str:
    """What 备注 must say where not all years are filed; "" where nothing need be said."""
    return next((each.remark for each in policy.span.exceptions if each.key == case.span_exception), "")


def unprintable_name(case: Application) -> str:
    """What to do about a name, taken over from elsewhere, that no certificate can print; "" for all others."""
    refusal = printable.refusal(BY_KEY["name"].label, case.name)
    return refusal and f"{refusal}更正姓名请到“我的数据”提出；更正以后请点“删除这份申报”，重新填报。"


def _way_problem(case: Application, policy: rules.Policy) -> dict[str, str]:
    """A unit whose people cannot file here this year is said before five years are typed (二(三))."""
    if case.employer is None:
        return {}
    unit = facts.unit_facts(case.employer, case.session.year)
    try:
        refusal = rules.route(policy, unit, region_code=case.region_id or "").refusal
    except rules.RuleInputError as error:
        refusal = error.says
    return {"employer": refusal} if refusal else {}


def _unprintable_specialty(specialty: str) -> str:
    """Why the certificate's sentence, which prints it between 《 and 》, could not carry it; "" when it can."""
    label = BY_KEY["specialty"].label
    if not visible.is_printable(specialty):
        return visible.SAYS.format(label=label)
    if set(specialty) & set("《》"):
        return f"“{label}”中不要使用书名号《》，请去掉后再保存。"
    return printable.refusal(label, specialty)


def _place_problem(case: Application) -> dict[str, str]:
    """The place of the case: a city unit's is where it stands; others may choose the archive's (二(二), 二(三))."""
    employer, region = case.employer, case.region
    if employer is None or region is None or employer.affiliation not in (Affiliation.CITY, Affiliation.NONE):
        return {}
    if employer.affiliation == Affiliation.NONE and case.region_anchor == RegionAnchor.ARCHIVE:
        return {}
    if region.code[:4] == employer.region_id[:4]:  # the same city
        return {}
    hint = "，或将“行政区划依据”改为人事档案所在地" if employer.affiliation == Affiliation.NONE else ""
    return {"region": f"行政区划应为单位所在地（{employer.region}），请重新选择{hint}。"}
