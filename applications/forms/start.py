"""新增学时认定申报: choosing the filing session."""

from __future__ import annotations

from typing import Any

from django import forms

from applications.models import FilingSession
from cehours.lib import clock


class StartForm(forms.Form):
    """The sessions whose window has not closed yet; with one of them there is nothing to choose."""

    use_required_attribute = False
    session = forms.ModelChoiceField(
        label="申报期",
        queryset=FilingSession.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": "请选择申报期。",
            "invalid_choice": "没有找到该申报期，或申报已经截止，请重新选择。",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sessions = FilingSession.objects.filter(closes_at__gt=clock.now()).order_by("closes_at")
        self.fields["session"].queryset = sessions  # type: ignore[attr-defined]
        self.sessions = list(sessions)
        if self.sessions:
            self.initial.setdefault("session", self.sessions[0].pk)

    @property
    def one(self) -> FilingSession | None:
        """The only session there is to choose, or None."""
        return self.sessions[0] if len(self.sessions) == 1 else None
