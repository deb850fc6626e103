"""manage.py seal_token: one log-in to the token that holds the seal's key, with somebody watching."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from certificates.sealing import NoKey, keys


class Command(BaseCommand):
    help = "Tries SEAL_PKCS11_PIN once, even where it was refused before, and says which certificate seals."
    requires_system_checks = []  # they would log in on their own

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SEAL_PKCS11_MODULE:
            raise CommandError("没有使用印章密码机（SEAL_PKCS11_MODULE 未设置）。")
        try:
            certificate = keys.from_token(by_hand=True).signing_cert
        except NoKey as missing:
            raise CommandError(missing.says) from None
        assert certificate is not None  # a signer without one is not made
        self.stdout.write(
            f"登录成功，盖章证书：{certificate.subject.human_friendly}，"
            f"有效期至 {certificate.not_valid_after:%Y-%m-%d}。"
        )
