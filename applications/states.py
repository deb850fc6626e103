"""The states of one application, with the notice's words for them."""

from __future__ import annotations

from django.db import models


class State(models.TextChoices):
    DRAFT = "draft", "暂存"
    EMPLOYER_REVIEW = "employer_review", "待单位审核"
    DEPARTMENT_REVIEW = "department_review", "待主管部门审核"
    BUREAU_REVIEW = "bureau_review", "待人社部门审核"
    RETURNED = "returned", "退回"
    WITHDRAWN = "withdrawn", "已撤销"
    APPROVED = "approved", "审核通过"
    REJECTED = "rejected", "审核不通过"


EDITABLE = (State.DRAFT, State.RETURNED, State.WITHDRAWN)
IN_REVIEW = (State.EMPLOYER_REVIEW, State.DEPARTMENT_REVIEW, State.BUREAU_REVIEW)
FINAL = (State.APPROVED, State.REJECTED)
