"""A small policy to bend: valid as it is, so that a test can break one thing."""

from __future__ import annotations

import copy
import tomllib
from decimal import Decimal
from typing import Any

SMALL = """
[policy]
key = "small-2025"
title = "小政策"
document = "文号"
issuer = "机关"
issued_on = 2025-01-01
legal_basis = "依据"
year = 2025
region = "990000"
[hours]
unit = "学时"
step = 0.5
[[categories]]
key = "main"
name = "主科"
short = "主"
[[minimums]]
total = 10
by_category = { main = { share = "1/3", of = "minimum" } }
cite = "一"
says = "每年 10 学时"
[[forms]]
key = "01"
name = "培训"
short = "培训"
cite = "二"
[kinds.course]
name = "课程"
form = "01"
category = "main"
cite = "三"
says = "按天折算"
facts = [
  { key = "mode", name = "方式", type = "choice", choices = { day = "按天", item = "按门", stay = "驻外" } },
  { key = "days", name = "天数", type = "decimal", needed_when = { mode = ["day"] } },
  { key = "items", name = "门数", type = "integer", needed_when = { mode = ["item"] }, min = 1 },
  { key = "start", name = "起", type = "date", needed_when = { mode = ["stay"] } },
  { key = "end", name = "止", type = "date", needed_when = { mode = ["stay"] } },
  { key = "extra", name = "另加", type = "decimal", required = false },
]
[[kinds.course.rows]]
when = { mode = ["day"] }
measure = "per_day"
fact = "days"
hours = 8
step = 0.5
says = "按天"
[[kinds.course.rows]]
when = { mode = ["item"], items = { min = 3 } }
measure = "per_item"
fact = "items"
hours = 2
adds = [{ measure = "quantity", fact = "extra", per = 2, hours = 1 }]
cap = 20
says = "多门"
[[kinds.course.rows]]
when = { mode = ["item"] }
measure = "rank"
fact = "items"
table = [{ up_to = 1, hours = 1, says = "一" }, { hours = 2, says = "余" }]
says = "少门"
[[kinds.course.rows]]
when = { mode = ["stay"] }
measure = "deemed"
start = "start"
end = "end"
bands = [{ months = 6, years = "completing" }, { over_months = 12, years = "all" }]
split = { main = 10 }
too_short = "太短"
says = "驻外"
[documents]
paper = { name = "证明" }
letter = { name = "函件" }
[[evidence]]
form = "01"
cite = "四"
says = "提供证明"
ways = [{ all = [["paper+stamp"], { any = ["paper", "letter"], count = 2 }] }]
[span]
years_before = 3
cite = "五"
[[routes]]
key = "all"
name = "全部"
without_unit = true
steps = ["employer", "bureau:city"]
final_label = "审核"
cite = "六"
says = "属地"
[session]
opens = 2025-05-01
closes = 2025-06-01
review_until = 2025-07-01
grace_days = 1
timezone = "Asia/Shanghai"
cite = "七"
[certificate]
heading = "甲"
title = "单"
basis = "据"
sentence = "{name} {from_year} {to_year} {count}"
number_label = "号"
number_format = "{year}{serial:06d}"
[lists]
target_titles = { senior = "正高" }
educations = { 11 = "博士" }
natures = { enterprise = "企业" }
affiliations = { none = "无" }
title_series = {}
"""


def small() -> dict[str, Any]:
    """The small policy as parsed TOML."""
    return copy.deepcopy(tomllib.loads(SMALL, parse_float=Decimal))


def course(values: dict[str, Any]) -> dict[str, Any]:
    """Its only kind."""
    kind: dict[str, Any] = values["kinds"]["course"]
    return kind


def full() -> dict[str, Any]:
    """The small policy with everything a policy may hold."""
    values = small()
    values["policy"]["guidance"] = "学什么"
    values["themes"] = {"2025": ["主题"]}
    values["bases"] = [{"name": "基地", "platform": "example.cn"}]
    values["prior_certificate"] = {"document": "paper", "cite": "三"}
    values["ambiguities"] = [
        {"id": "A1", "point": "何事", "default": "如此", "reason": "因此", "key": "span"}
    ]
    values["documents"]["letter"]["hint"] = "原件"
    values["routes"][0] |= {"regions": {"990100": ["bureau:city"]}, "natures": ["enterprise"]}
    values["routes"].append(
        values["routes"][0] | {"key": "rest", "natures": [], "needs_entrusted": True, "refusal": "未委托"}
    )
    values["span"]["exceptions"] = [
        {
            "key": "late",
            "name": "新入职",
            "when": {"education": ["11"]},
            "min_years": 1,
            "says": "说",
            "cite": "九",
        }
    ]
    course(values)["facts"].append({"key": "on", "name": "逐日", "type": "sessions", "required": False})
    course(values).update(year_fact="end", year_word="期满")
    course(values)["rows"][0]["sessions"] = "on"
    course(values)["facts"][5].update(unit="份", hint="填几份")
    return values
