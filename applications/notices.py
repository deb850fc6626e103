"""The words in which an applicant is told what happened to a case; one place for single acts and batches."""

from __future__ import annotations

from django.urls import reverse

from applications.filed.receipt import number_of
from applications.models import Application
from organizations.messaging import notices
from organizations.messaging.notices import Words

# Title and body by kind; {session}, {receipt}, {by} (the unit that acted), {unit} (who has it now) and {reason}.
TEXTS = {
    "submitted": (
        "申报已提交，受理编号 {receipt}",
        "您的“{session}”已提交，受理编号 {receipt}，现由{unit}审核。在审核进度中可以打印回执。"
        "审核期间不能修改；需要修改的，可以先撤销。",
    ),
    "forwarded": ("申报已转{unit}审核", "您的“{session}”已由{by}审核通过，现由{unit}审核。"),
    "returned": (
        "申报被退回，请修改后重新提交",
        "{by}退回了您的“{session}”。原因：{reason}。请按审核意见修改后重新提交。",
    ),
    "rejected": (
        "申报审核不通过",
        "{by}对您的“{session}”审核不通过。原因：{reason}。可以沿用本次内容重新新增申报。",
    ),
    "approved": (
        "申报审核通过",
        "您的“{session}”已由{by}审核通过。学时认定单正在生成，生成后会再通知您。",
    ),
    "stood_in": (
        "申报由{by}代办",
        "您的“{session}”原审核单位暂时不能审核，现由{by}代办。原因：{reason}。您不用重新提交。",
    ),
    "transferred": (
        "申报已移交{unit}",
        "您的“{session}”已由{by}移交{unit}审核，后面的审核环节相应调整。原因：{reason}。您不用重新提交。",
    ),
    "withdrawn": ("申报已撤销", "您已撤销“{session}”。修改后可以重新提交。"),
}


def words(
    kind: str, *, session: str, link: str, receipt: str = "", by: str = "", unit: str = "", reason: str = ""
) -> Words:
    """The notice of one act, from plain strings, so that a batch can compose thousands of them."""
    title, body = TEXTS[kind]
    facts = {
        "session": session,
        "receipt": receipt,
        "by": by,
        "unit": unit,
        "reason": reason.rstrip("。；;."),
    }
    return Words(kind, title.format(**facts), body.format(**facts), link)


def tell(case: Application, kind: str, *, by: str = "", reason: str = "") -> None:
    """Tells the applicant of `case`, in the transaction of the act, after the case has moved."""
    said = words(
        kind,
        session=str(case.session),
        link=reverse("applications:detail", args=[case.pk]),
        receipt=number_of(case),
        by=by,
        unit=str(case.current_unit or ""),
        reason=reason,
    )
    notices.tell(person_id=case.person_id, subject=case.SUBJECT, subject_id=case.pk, words=said)
