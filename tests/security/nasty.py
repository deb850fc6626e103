"""What hostile people type, and the forms of the site filled in rightly, so that one field at a time can go wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.urls import reverse

from applications.models import Application
from applications.states import State
from tests.applications.typing_in import header_of, year_of
from tests.world import World

FORM = "application/x-www-form-urlencoded"
LONE_SURROGATE = "%ED%A0%80"  # not UTF-8; what a client sends who does not care
NASTY = (
    "不是编号",
    str(uuid4()),
    "-1",
    "9" * 5000,
    "1' OR '1'='1' --",
    "a\x00b",
    "汉" * 10_000,
    "../../../etc/passwd",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}{% debug %}",
    "\u202e\U00020000\u0000",
    "NaN",
    "1e999",
)

Data = dict[str, Any]


@dataclass(frozen=True)
class Form:
    """A form somebody may send. `objects`: its fields that name a thing, with things that are not theirs."""

    name: str
    who: str
    state: State
    data: Callable[[World, Application], Data]
    objects: Callable[[World], dict[str, list[str]]] = lambda world: {}
    of_case: bool = True
    arguments: tuple[Any, ...] = ()

    def url(self, case: Application) -> str:
        return reverse(self.name, args=[*([case.pk] if self.of_case else []), *self.arguments])


def _foreign_units(world: World, *keys: str) -> list[str]:
    return [str(world.units[key].pk) for key in keys]


def _deciding(world: World, case: Application) -> Data:
    return {"version": case.version, "opinion": "同意。", "confirm": "1", "kind": "department",
            "next_unit": str(world.group.pk)}  # fmt: skip


def _unit(world: World, case: Application) -> Data:
    return {"name": "星城第二中学", "uscc": "", "affiliation": "city", "nature": "institution", "region": "430102",
            "parent_text": "", "parent": "none", "active": "on"}  # fmt: skip


def _session(world: World, case: Application) -> Data:
    return {"name": "2026年度", "policy": "hunan-2025", "year": "2026", "opens": "2026-05-20",
            "closes": "2026-07-20", "review_until": "2026-08-20", "grace_days": "5", "other_year": "on"}  # fmt: skip


FORMS = [
    Form(
        "applications:header", "applicant", State.DRAFT, lambda world, case: header_of(case),
        lambda world: {
            "employer": _foreign_units(world, "province", "zhuzhou"),
            "region": ["440000", "430", str(world.hospital.pk)],
        },
    ),
    Form("applications:year_add", "applicant", State.DRAFT, lambda world, case: year_of(case, year="2020"),
         lambda world: {"year": ["1950", "0000", "2099"], "public-0-form": ["99"], "professional-0-form": ["08"]}),
    Form("applications:year", "applicant", State.DRAFT, lambda world, case: year_of(case), arguments=(2020,)),
    Form("applications:draft_settle", "applicant", State.DRAFT, lambda world, case: {"act": "save", "back": "check"},
         arguments=("header",)),
    Form("applications:remark_settle", "applicant", State.DRAFT, lambda world, case: {"done": "yes"},
         arguments=(2020,)),
    Form("applications:evidence_confirm", "applicant", State.DRAFT, lambda world, case: {"version": case.version}),
    Form("applications:submit", "applicant", State.DRAFT,
         lambda world, case: {"version": case.version, "declared_true": "on", "evidence_note": ""},
         lambda world: {"version": ["0", "999999999"]}),
    Form("applications:withdraw", "applicant", State.EMPLOYER_REVIEW,
         lambda world, case: {"version": case.version}, lambda world: {"version": ["0", "999999999"]}),
    Form("applications:start", "other_applicant", State.DRAFT,
         lambda world, case: {"session": str(world.session.pk)}, lambda world: {"session": []}, of_case=False),
    Form("review:approve", "employer", State.EMPLOYER_REVIEW, _deciding,
         lambda world: {"next_unit": _foreign_units(world, "commission", "province", "zhuzhou", "hospital", "firm"),
                        "kind": ["bureau"], "version": ["0", "999999999"]}),
    Form("review:return", "employer", State.EMPLOYER_REVIEW,
         lambda world, case: {"version": case.version, "opinion": "请补充结业证书。", "y2020-in_order": "no",
                              "y2020-remark": "模糊", "y2020-public": "10", "ready": ""},
         lambda world: {"version": ["0", "999999999"]}),
    Form("review:reject", "employer", State.EMPLOYER_REVIEW,
         lambda world, case: {"version": case.version, "opinion": "材料与申报不符。", "confirm": "1"}),
    Form("organizations:unit_new", "city_bureau", State.DRAFT, _unit,
         lambda world: {"region": ["430200", "430000", "440100"], "affiliation": ["provincial", "central"],
                        "parent": _foreign_units(world, "factory", "changsha", "zhuzhou")}, of_case=False),
    Form("organizations:imprint", "bureau", State.DRAFT,
         lambda world, case: {"host": "省厅", "hotline": "0731-84900000", "times": "", "support": "",
                              "privacy_office": "某处", "privacy_contact": "0731-84900000", "version": "0"},
         of_case=False),
    Form("organizations:devices", "applicant", State.DRAFT, lambda world, case: {"device": "x"}, of_case=False),
    Form("organizations:invite", "employer", State.DRAFT,
         lambda world, case: {"name": "张三", "role": "reviewer", "contact": "13700137001"},
         lambda world: {"role": ["owner", "system"]}, of_case=False),
    Form("organizations:switch", "employer", State.DRAFT, lambda world, case: {"unit": "", "next": "/"},
         lambda world: {"unit": [str(world.other_employer.membership.pk), str(world.bureau.membership.pk)]},
         of_case=False),
    Form("applications:session_new", "bureau", State.DRAFT, _session,
         lambda world: {"policy": ["hunan-1999", "../hunan-2025", "hunan-2025.toml"]}, of_case=False),
    Form("certificates:issue", "applicant", State.APPROVED,
         lambda world, case: {"from_year": "2021", "to_year": "2022"},
         lambda world: {"from_year": ["1999", "2026"], "to_year": ["1999", "2026"]}, of_case=False),
    Form("certificates:verify", "visitor", State.DRAFT, lambda world, case: {"number": "2025000001", "name": "张三"},
         lambda world: {"number": [], "name": []}, of_case=False),
    Form("certificates:batch", "visitor", State.DRAFT, lambda world, case: {"key": "cv_x"}, of_case=False),
    Form("review:batch", "bureau", State.BUREAU_REVIEW,
         lambda world, case: {"pick": f"{case.pk}:{case.version}", "opinion": "", "confirm": "1", "act": "approve",
                              "token": str(uuid4())},
         lambda world: {"pick": [f"{world.session.pk}:1", f"{uuid4()}:{'9' * 400}", f"{uuid4()}:"]}, of_case=False),
    Form("account_login", "visitor", State.DRAFT, lambda world, case: {"login": "nobody", "password": "x"},
         of_case=False),
    Form("account_signup", "visitor", State.DRAFT,
         lambda world, case: {"name": "欧阳明", "id_kind": "resident", "id_number": "1", "contact": "13800138000",
                              "password1": "Xuexi-2025-lu", "password2": "Xuexi-2025-lu", "consent": "on"},
         of_case=False),
    Form("account_reset_password", "visitor", State.DRAFT, lambda world, case: {"contact": "13800138000"},
         of_case=False),
    Form("organizations:contact", "applicant", State.DRAFT,
         lambda world, case: {"contact": "13800138009", "oldpassword": "x"}, of_case=False),
    Form("account_change_password", "applicant", State.DRAFT,
         lambda world, case: {"oldpassword": "x", "password1": "Xuexi-2025-lu", "password2": "Xuexi-2025-lu"},
         of_case=False),
    Form("site:text_size", "visitor", State.DRAFT, lambda world, case: {"size": "large", "next": "/"}, of_case=False),
]  # fmt: skip


def encoded(data: Data, **instead: str) -> str:
    """The body of a form; values in `instead` are taken as they are, already escaped."""
    rest = urlencode({name: value for name, value in data.items() if name not in instead}, doseq=True)
    return "&".join([rest, *(f"{name}={value}" for name, value in instead.items())])
