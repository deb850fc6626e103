"""Asking for a second factor: by the one page that every question uses, at sign-in and again before what matters.

What was typed on the page that the question interrupts travels along in it, so nothing of it is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.webauthn.internal.auth import begin_authentication  # nowhere else to be had
from django.conf import settings
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from organizations.accounts import devices, second_factor
from organizations.accounts.hats import PLATFORM
from organizations.acting.actor import Actor, ActorRequest
from organizations.acting.scope import scope
from organizations.forms.second_factor import CodeForm, KeyForm, PasswordForm
from organizations.models import User
from organizations.models.device import Kind
from organizations.services import second_factors
from organizations.views.answers import OK, REFUSED, View

PREFIX = "again"  # of the question's own fields, apart from those of the page that it interrupts
ASKED = f"{PREFIX}-asked"
TO_LOOK, TO_ACT = "look", "act"  # what it interrupted
SAFE = ("GET", "HEAD")
PAGE = "account/second_factor_ask.html"


class Question:
    """One request's question to `user`, who need not be signed in yet, and the answer if there is one."""

    def __init__(self, request: HttpRequest, user: User) -> None:
        self.request, self.user = request, user
        self.has_answer = ASKED in request.POST
        with scope(Actor.of(user)):
            self.kinds = {each.type for each in second_factor.of(user)}
        by_key = self.has_answer and bool(request.POST.get(f"{PREFIX}-credential"))
        self.asks_password = not self.kinds and not second_factor.shown_in(request.session)
        plain = PasswordForm if self.asks_password else CodeForm
        self.code = plain(*self._data(not by_key), user=user, prefix=PREFIX)
        self.key = KeyForm(*self._data(by_key), user=user, prefix=PREFIX)
        self.answered = self.key if by_key else self.code

    def _data(self, given: bool) -> tuple[QueryDict, ...]:
        return (self.request.POST,) if self.has_answer and given else ()

    def _typed_answer(self) -> BoundField | None:
        """The field to type into; None where a security key or the platform alone can answer."""
        if self.asks_password:
            return self.code["password"]
        return self.code["code"] if self.kinds & {Kind.CODE, Kind.RECOVERY} else None

    def is_answered(self) -> bool:
        """Whether the request brings the right answer; either is on record, and counted, by the time this returns."""
        if not self.has_answer:
            return False
        with scope(Actor.of(self.user)):
            if not self.answered.is_valid():
                if self.kinds:
                    second_factors.missed(self.user)
                return False
            if isinstance(self.answered, PasswordForm):
                second_factor.note_password(self.request.session)
                return True
            self.answered.save()
            kind = Kind(self.answered.authenticator.type)
            second_factor.mark(self.request.session, kind)
            second_factors.used(self.user, kind)
        return True

    def page(self, **context: Any) -> HttpResponse:
        with scope(Actor.of(self.user)):
            options = begin_authentication(self.user) if Kind.KEY in self.kinds else None
        shown = {
            "form": self.answered if self.has_answer else self.code,
            "typed_answer": self._typed_answer(),
            "asks_password": self.asks_password,
            "has_factor": bool(self.kinds),
            "key": self.key,
            "options": options,
            **context,
        }
        status = OK if self.request.method in SAFE else REFUSED
        return render(self.request, PAGE, {"asked": ASKED, **shown}, status=status)


def asked_again(view: View) -> View:
    """Asks for the second factor unless it was shown within the last minutes. For what much depends on.

    An account without one is not asked; where it must have one it cannot get here (cehours.middleware).
    """
    return _asked(view, _is_due)


def asked_again_to_act(view: View) -> View:
    """`asked_again` for a page that may be looked at: only its forms ask."""
    return _asked(view, _is_due, only_acts=True)


def asked_again_or_for_the_password(view: View) -> View:
    """`asked_again` for what an account can show: one that has no second factor yet shows its password."""
    return _asked(view, lambda request: _is_due(request) or _password_is_due(request))


def _asked(view: View, is_due: Callable[[ActorRequest], bool], *, only_acts: bool = False) -> View:
    @sensitive_post_parameters(f"{PREFIX}-code", f"{PREFIX}-credential", f"{PREFIX}-password")
    @wraps(view)
    def answered(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        interrupted = request.POST.get(ASKED, "")
        looks = request.method in SAFE or interrupted == TO_LOOK
        if not interrupted and (not is_due(request) or (only_acts and looks)):
            return view(request, *args, **kwargs)
        if is_due(request):
            question = Question(request, request.user)  # type: ignore[arg-type]
            if not question.is_answered() or is_due(request):
                return _page(request, question, TO_LOOK if looks else TO_ACT)
            devices.note_factor(request.session, second_factor.shown_in(request.session))
        if looks:
            return HttpResponseRedirect(request.get_full_path())
        request.POST = without_the_question(request.POST)  # type: ignore[assignment]
        return view(request, *args, **kwargs)

    return answered


def _is_due(request: ActorRequest) -> bool:
    return bool(second_factor.shown_in(request.session)) and not second_factor.is_recent(request.session)


def _password_is_due(request: ActorRequest) -> bool:
    session = request.session
    return not second_factor.shown_in(session) and not second_factor.password_is_recent(session)


def _page(request: ActorRequest, question: Question, interrupted: str) -> HttpResponse:
    return question.page(
        again=interrupted,
        minutes=settings.SECOND_FACTOR_LASTS // 60,
        typed=[(name, value) for name, values in _typed(request.POST) for value in values],
        platform=settings.PLATFORM_NAME if PLATFORM in request.session else "",
    )


def _typed(sent: QueryDict) -> list[tuple[str, list[str]]]:
    return list(without_the_question(sent).lists())


def without_the_question(sent: QueryDict) -> QueryDict:
    """What was sent for the page itself."""
    own = sent.copy()
    for name in list(own):
        if name.startswith(f"{PREFIX}-") or name == "csrfmiddlewaretoken":
            del own[name]
    return own
