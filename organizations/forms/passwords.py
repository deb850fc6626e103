"""What a password must not be: Django's rules in our own words, which name the fields of our pages.

Django's catalogue has no Chinese for some of these sentences and calls fields by the names of columns.
"""

from __future__ import annotations

from django.contrib.auth import password_validation as rules


class LongEnough(rules.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return f"密码太短，至少要 {self.min_length} 位。"

    def get_help_text(self) -> str:
        return f"密码至少 {self.min_length} 位。"


class NotCommon(rules.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "这个密码很多人在用，容易被猜中，请换一个。"

    def get_help_text(self) -> str:
        return "不要用常见密码。"


class NotOnlyDigits(rules.NumericPasswordValidator):
    def get_error_message(self) -> str:
        return "密码不能全是数字，请加上字母或符号。"

    def get_help_text(self) -> str:
        return "密码不能全是数字。"


class UnlikeTheOwner(rules.UserAttributeSimilarityValidator):
    """The form's `owner` carries what is known about them; which of it is alike is not said, only that one is."""

    def get_error_message(self) -> str:
        return "密码与您的姓名、证件号码、手机号码或邮箱太接近，容易被猜中，请换一个。"

    def get_help_text(self) -> str:
        return "不要用姓名、证件号码、手机号码或邮箱作密码。"
