"""Why somebody who came from the province's HR platform is not let in: one page, a sentence for each reason."""

from __future__ import annotations

from enum import Enum

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

ASK = "请联系本单位（人社部门）的管理员"


class Reason(Enum):
    """Status of the answer, heading, and what to do next; {platform} is the platform's name."""

    CANCELLED = (400, "登录没有完成", "您在{platform}取消了登录。需要办理的，请重新登录。")
    NOT_STARTED_HERE = (
        400,
        "登录没有完成",
        "等待的时间太长，或者这次登录不是从本系统开始的。请重新登录。",
    )
    UNAVAILABLE = (
        503,
        "暂时不能用平台账号登录",
        "{platform}没有正常回应，登录没有完成。请稍后再试；急需办理的，可以用本系统的账号和密码登录。",
    )
    DOUBTFUL = (
        403,
        "登录没有完成",
        "{platform}发来的登录信息没有通过核对，为保护账号安全，没有为您登录。请重新登录；仍不成功的，"
        + ASK
        + "。",
    )
    UNBOUND = (
        403,
        "平台账号还没有绑定",
        "您已在{platform}登录，但这个平台账号还没有绑定本系统的经办人员，不能进入。"
        + ASK
        + "，由管理员在“人员”页面为您绑定。申报人、用人单位和主管单位请用本系统的账号登录。",
    )
    SWITCHED_OFF = (403, "账号已停用", "您在本系统的账号已停用，不能进入。" + ASK + "。")
    NO_BUREAU = (
        403,
        "经办机构已停用",
        "您所在的经办机构在本系统中已停用，不能进入。请联系省级人社部门。",
    )

    def __init__(self, status: int, title: str, says: str) -> None:
        self.status, self.title, self.says = status, title, says


def refusal_page(request: HttpRequest, reason: Reason, *, back: str = "", subject: str = "") -> HttpResponse:
    """The page; `subject` is the visitor's own number, for them to tell an administrator."""
    context = {
        "title": reason.title,
        "says": reason.says.format(platform=settings.PLATFORM_NAME),
        "platform": settings.PLATFORM_NAME,
        "subject": subject,
        "back": back,
        "again": reason not in (Reason.UNBOUND, Reason.SWITCHED_OFF, Reason.NO_BUREAU),
    }
    return render(request, "account/platform_refused.html", context, status=reason.status)
