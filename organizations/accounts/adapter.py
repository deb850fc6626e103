"""allauth as we use it: signing in and out, throttling, e-mail addresses.

Registration and reset are ours (codes.py): allauth writes the account before the code was entered, so an
unproven stranger would hold the number, and it resets passwords by e-mail only.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import ratelimit
from allauth.mfa.stages import AuthenticateStage
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.urls import reverse

from organizations.accounts import devices, hats, limits, second_factor, signing
from organizations.messaging import contacts, messages
from organizations.messaging.channel import BadContact
from organizations.messaging.contacts import Contact
from organizations.messaging.mail import MAIL
from organizations.messaging.sms import SMS
from organizations.models import User
from organizations.models.device import Kind

WRONG = "账号或密码不正确，请核对后重试；忘记密码可以重新设置。"


ALLAUTHS_STAGE = f"{AuthenticateStage.__module__}.{AuthenticateStage.__qualname__}"


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    """Asks for the account's second factor, unless it came from the platform, which has asked for one itself."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        sociallogin = (self.login.signal_kwargs or {}).get("sociallogin")
        shown_at = sociallogin.account.extra_data.get("second_factor_at") if sociallogin else None
        if shown_at is not None:
            second_factor.mark(self.request.session, Kind.PLATFORM, shown_at)
            return None, True
        answer: tuple[HttpResponse | None, bool] = super().handle()
        return answer


class PhoneField(forms.CharField):
    """A mobile number of 11 digits; raises ValidationError for anything else."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            contact = Contact.parse(text)
        except BadContact as bad:
            raise forms.ValidationError(bad.says) from None
        if contact.channel != SMS.key:
            raise forms.ValidationError(f"请填写 {SMS.example}。")
        return contact.address


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "该账号已停用，请联系所在单位管理员或当地人社部门。",
        "enter_current_password": "当前密码不正确，请重新填写。",
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "phone_password_mismatch": WRONG,
        "invalid_login": WRONG,
        "too_many_login_attempts": "登录失败次数过多，请 5 分钟后再试，或者重新设置密码。",
        "rate_limited": "操作太频繁，请稍后再试。",
    }

    # -- out: a row first, the bell on commit

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", context).split())
        body = render_to_string(f"{template_prefix}_message.txt", context).strip()
        messages.send(channel=MAIL.key, recipient=email, subject=subject, body=body)

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        messages.send(channel=SMS.key, recipient=phone, body=f"【学时核认】验证码 {code}，请勿告诉他人。")

    # -- mobile numbers

    def phone_form_field(self, **kwargs: Any) -> forms.Field:
        return PhoneField(**kwargs)

    def get_user_by_phone(self, phone: str) -> User | None:
        return SMS.holder(phone)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        self.set_phone(user, phone, True)

    # -- in

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # allauth's own sign-up; ours is views/registration.py

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts a try, which `authenticate` takes back when it was right. Raises ValidationError after too many.

        A browser that the account's owner has used does not wait for what others behind its address do.
        """
        if not signing.knows(request, credentials["username"]) and not self._may_try(request, dry_run=True):
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        if not signing.knows(request, credentials["username"]):
            self._may_try(request)

    def _may_try(self, request: HttpRequest, **options: Any) -> bool:
        return bool(ratelimit.consume(request, action="login_failed_elsewhere", **options))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Tries are counted by account, those from a browser that its owner has used apart from all others."""
        username = str(credentials["username"])
        return signing.counter(username, signing.knows(request, username))

    def get_login_stages(self) -> list[str]:
        """allauth's, with ours for the second factor: the platform may have asked for one already."""
        ours = f"{SecondFactorStage.__module__}.{SecondFactorStage.__qualname__}"
        return [ours if each == ALLAUTHS_STAGE else each for each in super().get_login_stages()]

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        limits.begin(request.session)
        second_factor.note_password(request.session)
        devices.note(request, user)
        hats.put_on_the_only_one(request.session, user)

    def post_login(
        self, request: HttpRequest, user: User, *, signal_kwargs: dict[str, Any] | None, **kwargs: Any
    ) -> HttpResponse:
        """Whoever came from the platform wears the hat of the bureau that bound them, and no other."""
        if sociallogin := (signal_kwargs or {}).get("sociallogin"):
            known = sociallogin.account.extra_data
            hats.put_on_from_platform(
                request.session, account_id=known["account"], membership_id=known["membership"]
            )
        response: HttpResponse = super().post_login(request, user, signal_kwargs=signal_kwargs, **kwargs)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if hats.HAT not in request.session and len(hats.hats_of(request.user)) > 1:  # type: ignore[arg-type]
            return reverse("organizations:start")
        return str(resolve_url(super().get_login_redirect_url(request)))

    def is_safe_url(self, url: str) -> bool:
        try:
            return bool(super().is_safe_url(url))
        except ValueError:  # not an address at all, such as //[::1
            return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("organizations:account")

    def set_password(self, user: User, password: str) -> None:
        super().set_password(user, password)
        for contact in contacts.of(user)[:1]:
            contact.tell(
                subject="【学时核认】密码已更改",
                body="您的学时核认账号密码已更改。如非本人操作，请立即在登录页重新设置密码。",
            )

    def forgive(self, request: HttpRequest, user: User) -> None:
        """Forgets failed sign-ins of an account whose owner has just proven themselves."""
        ratelimit.clear(request, action="login_failed", key=signing.counter(user.username))
