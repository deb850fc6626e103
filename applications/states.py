"""The states of one application, with the notice's words for them."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Review:
    """A kind of reviewer: the state of what lies there, and the transition by which a unit sends it there."""

    state: State
    forward: str


# The kinds of steps of a route. To the employer it comes by 提交 alone.
REVIEWS = {
    "employer": Review(State.EMPLOYER_REVIEW, ""),
    "department": Review(State.DEPARTMENT_REVIEW, "forward_to_department"),
    "bureau": Review(State.BUREAU_REVIEW, "forward_to_bureau"),
}
KIND_OF = {review.state: kind for kind, review in REVIEWS.items()}
