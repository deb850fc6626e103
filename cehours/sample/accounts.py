"""The logins of reviewers, and the table that tells a visitor of the demo what to try with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from cehours.sample.people import PASSWORD


@dataclass(frozen=True)
class Account:
    """A login for the table. `unit` is empty for people who act for themselves."""

    role: str
    login: str
    unit: str
    tries: str


REVIEWERS = (
    Account("用人单位（省直医院）", "danwei", "hospital", "审核本单位人员，选择上级审核单位；报备培训计划"),
    Account("一级主管：医疗集团", "zhuguan1", "group", "复审，报上一级主管部门；备案培训计划；办理卡点"),
    Account("二级主管：健康事务局", "zhuguan2", "health", "复审，报省人社厅备案"),
    Account("省人社厅", "shengting", "province", "备案、批量审核，管理单位、申报期、核验单位，核对学习记录"),
    Account(
        "市人社局（长沙）", "shizhou", "changsha", "核认；看待生效、分派、请假代办、内部备注、已撤销的认定单"
    ),
    Account("县区人社局（芦淞）", "quxian", "lusong", "先由县区、再由市州核认"),
    Account(
        "省属高校（初审）", "gaoxiao1", "university", "初审后由另一账号复审确认；也是培训基地，报送学习记录"
    ),
    Account("省属高校（复审）", "gaoxiao2", "university", "复审确认；本人审过的不能再审"),
    Account("中央驻湘单位", "yangqi", "central", "已委托我省评审，审核后报省人社厅"),
    Account("非公有制企业", "feigong", "software", "审核后报属地市人社局"),
    Account("社会组织", "shetuan", "society", "审核后报属地市人社局"),
)
# The one account with a second factor; it takes no turn in the sample's cases.
CAREFUL = Account("省人社厅（二次验证）", "yanzheng", "province", "登录时再填动态验证码，见“演示信箱”页面")
APPLICANTS = (
    Account("申报人", "shenbao", "", "从零开始：新增申报，勾选平台取得的学时，填写五个年度、提交"),
    Account("申报人（被退回）", "tuihui", "", "看退回原因，修改后重新提交"),
    Account("申报人（已通过）", "tongguo", "", "查询、下载学时认定单"),
    Account("自由职业人员", "ziyou", "", "申报已填好，核对并提交到市人社局"),
)
# Everybody else who must be there so that cases can move, by unit.
OTHERS = {
    "danwei-2": "hospital",
    "shengting-2": "province",
    "zhuzhou": "zhuzhou",
    "xiangtan": "xiangtan",
    "shifeng": "shifeng",
    "liling": "liling",
    "clinic": "clinic",
    "survey": "survey",
    "education": "education",
    "school": "school",
    "transit": "transit",
    "factory": "factory",
    "potters": "potters",
    "library": "library",
    "machines": "machines",
    "audit": "audit",
    "other-central": "other_central",
}
HEADINGS = ("角色", "账号", "密码", "可以试什么")


def desks() -> dict[str, str]:
    """login → key of the unit for everybody who decides."""
    return {account.login: account.unit for account in REVIEWERS} | OTHERS


def table() -> str:
    """The accounts as aligned text."""
    rows = [HEADINGS] + [
        (account.role, account.login, PASSWORD, account.tries)
        for account in (*APPLICANTS, *REVIEWERS, CAREFUL)
    ]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], "─" * (sum(widths) + 2 * len(widths)), *lines[1:]])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)]
    return "  ".join(cells).rstrip()


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters and punctuation take two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
