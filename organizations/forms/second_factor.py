"""What is typed, or sent by a security key, as a second factor. Right or wrong is allauth.mfa's to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from cehours.lib.half_width import half_width
from organizations.accounts import second_factor
from organizations.forms.fields import must_be_printable, password_field
from organizations.models import User
from organizations.models.device import Kind

TOO_MANY = "验证失败次数过多，请 5 分钟后再试。"
WRONG_CODE = "验证码不正确或已经用过。请等应用显示下一个验证码再填写；手机时间不准的，请先校准。"
WRONG_KEY = "安全密钥没有通过验证，请重试；仍不成功的，请改用其他方式。"
WRONG_PASSWORD = "密码不正确，请重新填写。"  # noqa: S105 -- a sentence
# How long a code of the app counts, with the steps before and after it: once used it is refused as long.
LONGEST_ANSWER = 20_000  # characters; a key's certificate takes most of them
CODE_LIVES = 30 * (2 * settings.MFA_TOTP_TOLERANCE + 1)
# What allauth and fido2 raise for an answer that is none: not its kind of object, a part missing, bytes cut short.
NO_ANSWER = (AttributeError, IndexError, KeyError, TypeError, ValueError)


class CodeField(forms.CharField):
    """Digits however they were typed: with blanks, or by a Chinese keyboard."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=20,
            error_messages={"required": "请填写验证码。", "max_length": "验证码为 6 位，备用码为 8 位数字。"},
            widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        return "".join(half_width(super().to_python(value) or "").split())


class AnswerField(forms.JSONField):
    """What a security key answered, which the page's script put there."""

    def __init__(self) -> None:
        super().__init__(
            label=Kind.KEY.label,
            widget=forms.HiddenInput,
            error_messages={"required": WRONG_KEY, "invalid": WRONG_KEY},
        )

    def prepare_value(self, value: Any) -> Any:
        """Empty until a key has answered: Django would write `null`, which looks like an answer."""
        return "" if value is None else super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > LONGEST_ANSWER:
            raise forms.ValidationError(WRONG_KEY, code="invalid")
        try:
            return super().to_python(value)
        except RecursionError:
            raise forms.ValidationError(WRONG_KEY, code="invalid") from None


def not_used_before(user: User, code: str) -> bool:
    """Whether a code of the app comes for the first time, as long as it counts at all."""
    return bool(cache.add(f"second-factor:{user.pk}:{code}", 1, CODE_LIVES))


def in_our_words(check: Callable[[], Any], wrong: str) -> Any:
    """What `check` returns; its refusals said as ours. Raises ValidationError."""
    try:
        return check()
    except forms.ValidationError as refusal:
        too_many = refusal.code in ("too_many_login_attempts", "rate_limited")
        raise forms.ValidationError(TOO_MANY if too_many else wrong, code=refusal.code) from None
    except NO_ANSWER:
        raise forms.ValidationError(wrong, code="incorrect_code") from None


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """A code of the app, or a recovery code; `authenticator` is which of them was right."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(
            label="验证码", help_text="手机验证器应用上的 6 位动态验证码；手机不在身边的，填写一个备用码。"
        )

    def clean_code(self) -> str:
        code = str(in_our_words(super().clean_code, WRONG_CODE))
        if self.authenticator.type == Kind.CODE and not not_used_before(self.user, code):
            raise forms.ValidationError(WRONG_CODE, code="incorrect_code")
        return code


class KeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The answer of a security key."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = AnswerField()

    def clean_credential(self) -> Authenticator:
        self.authenticator = in_our_words(super().clean_credential, WRONG_KEY)
        return self.authenticator


class PasswordForm(forms.Form):
    """The password once more, where there is no second factor yet."""

    password = password_field("密码", new=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not get_adapter().reauthenticate(self.user, password):
            raise forms.ValidationError(WRONG_PASSWORD)
        return password


class AppForm(forms.Form):
    """A code of an app that is being set up. Its secret travels in the page, sealed for the account."""

    code = CodeField(label="验证码", help_text="应用上显示的 6 位数字，每 30 秒更换一次。")
    sealed = forms.CharField(widget=forms.HiddenInput, max_length=300)

    def __init__(self, request: HttpRequest, user: User) -> None:
        super().__init__(request.POST or None)
        self.request, self.user = request, user
        self.secret = second_factor.opened(self.data.get("sealed", "")) or second_factor.new_secret()
        self.fields["sealed"].initial = encrypt(self.secret)

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        if not ratelimit.consume(self.request, action="second_factor_app", user=self.user):
            raise forms.ValidationError(TOO_MANY)
        app = Authenticator(user=self.user, type=Kind.CODE, data={"secret": encrypt(self.secret)})
        if not app.wrap().validate_code(code) or not not_used_before(self.user, code):
            raise forms.ValidationError(WRONG_CODE)
        return code


class NewKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new security key: its name, and what it answered."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        count = sum(each.type == Kind.KEY for each in second_factor.of(user))
        self.fields["name"] = forms.CharField(
            label="名称",
            help_text="便于辨认，如“办公室的密钥”。",
            initial=f"安全密钥 {count + 1}",
            max_length=30,
            error_messages={"required": "请填写名称。", "max_length": "名称最多 30 个字。"},
            validators=[must_be_printable("名称")],
        )
        self.initial.pop("name", None)
        self.fields["credential"] = AnswerField()

    def clean(self) -> dict[str, Any]:
        return dict(in_our_words(super().clean, WRONG_KEY))
