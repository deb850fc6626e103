"""Signing in with an account of the province's HR platform: OpenID Connect as allauth speaks it, and stricter.

allauth sends people there with state and PKCE and trades the code for a token. It does not check the signature
of an ID token that came over TLS, knows no nonce, believes whatever issuer the discovery document names, and
would open accounts for strangers; that is closed here. One platform, from the settings: rows in allauth's tables
are never asked. Only who was bound beforehand comes in, and as a member of that bureau only.
"""

from __future__ import annotations

import secrets
from typing import Any

import jwt
import requests
import structlog
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from cehours.lib import clock
from organizations.accounts import platform as queries
from organizations.accounts.platform_refusals import Reason, refusal_page

PLATFORM = "platform"  # allauth's provider_id
ALGORITHMS = ("RS256", "PS256", "ES256")
CLAIMS = ("iss", "sub", "aud", "exp", "iat", "nonce")
CLOCKS_DIFFER = 30  # seconds between the platform's clock and ours
# What an answer that is no proper answer ends in: no JSON, JSON of another shape, a missing entry, a broken line.
FAILURES = (OAuth2Error, requests.RequestException, AttributeError, KeyError, TypeError, ValueError)

log = structlog.get_logger(__name__)


class Doubtful(OAuth2Error):  # type: ignore[misc]
    """What came does not prove what it says."""


class PlatformClient(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The platform's endpoints, and the ID token that comes back."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The discovery document, if it is the configured issuer's and no address in it falls back to http."""
        config: dict[str, Any] = super().openid_config
        issuer = settings.PLATFORM_ISSUER
        if config["issuer"] != issuer:
            raise Doubtful("the discovery document names another issuer")
        endpoints = [config[name] for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if issuer.startswith("https://") and not all(each.startswith("https://") for each in endpoints):
            raise Doubtful("an endpoint is not behind https")
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """The address that is registered with the platform, whatever host the request names."""
        return str(settings.PUBLIC_URL + reverse("account_platform_callback"))

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        return SocialToken(token="")  # nothing is asked in anybody's name, so the access token is dropped

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        claims = self._verified(kwargs["response"].get("id_token"), app)
        account = SocialAccount(provider=PLATFORM, uid=claims["sub"], extra_data=claims)
        return SocialLogin(account=account, provider=self.get_provider())

    def _verified(self, id_token: Any, app: SocialApp) -> dict[str, Any]:
        """The claims of an ID token, checked as OpenID Connect Core 1.0, 3.1.3.7 asks. Raises Doubtful.

        The nonce is compared where the state is at hand (PlatformAccounts.pre_social_login).
        """
        if not isinstance(id_token, str):
            raise Doubtful("no ID token")
        try:
            claims = jwt.decode(
                id_token,
                key=self._key_of(id_token),
                algorithms=list(ALGORITHMS),
                audience=app.client_id,
                issuer=settings.PLATFORM_ISSUER,
                leeway=CLOCKS_DIFFER,
                options={"require": list(CLAIMS)},
            )
        except jwt.PyJWTError as error:
            raise Doubtful(f"ID token: {type(error).__name__}") from error
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != app.client_id:
            raise Doubtful("ID token: meant for another client")
        return claims

    def _key_of(self, id_token: str) -> jwt.PyJWK:
        """The one published key that the token names. Its own algorithm counts, not the token's word for it."""
        kid = jwt.get_unverified_header(id_token).get("kid")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = [
            key
            for key in jwt.PyJWKSet.from_dict(answer.json()).keys
            if key.algorithm_name in ALGORITHMS and key.key_id == kid and key.public_key_use in (None, "sig")
        ]
        if len(keys) != 1:
            raise Doubtful("ID token: signed by no published key")
        return keys[0]


class Platform(OpenIDConnectProvider):  # type: ignore[misc]
    oauth2_adapter_class = PlatformClient

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        *,
        again: bool = False,
        **_: Any,
    ) -> HttpResponse:
        """Sends the browser there; nonce, state and the code verifier stay in its session here.

        `again`: who is signed in there already is to prove themselves once more.
        """
        nonce = secrets.token_urlsafe(32)
        asked = {"nonce": nonce}
        if settings.PLATFORM_ACR_VALUES:
            asked["acr_values"] = " ".join(settings.PLATFORM_ACR_VALUES)
        if again:
            asked |= {"prompt": "login", "max_age": "0"}
        answer: HttpResponse = super().redirect(
            request, process, next_url, {"nonce": nonce}, auth_params=asked, scope=["openid"]
        )
        return answer


class PlatformAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Which platform there is, and who may come in from it."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        if not queries.in_use():
            return []
        return [
            SocialApp(
                provider=Platform.id,
                provider_id=PLATFORM,
                name=settings.PLATFORM_NAME,
                client_id=settings.PLATFORM_CLIENT_ID,
                secret=settings.PLATFORM_CLIENT_SECRET,
                settings={"server_url": settings.PLATFORM_ISSUER.rstrip("/"), "oauth_pkce_enabled": True},
            )
        ]

    def get_requests_session(self) -> requests.Session:
        session: requests.Session = super().get_requests_session()
        session.max_redirects = 0  # the secret goes to the address that was configured, and nowhere else
        return session

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Finds the member whom a checked ID token speaks of. Raises ImmediateHttpResponse with the page why not."""
        claims, state = sociallogin.account.extra_data, sociallogin.state
        nonce = (state.get("data") or {}).get("nonce")
        if not nonce or not constant_time_compare(str(claims["nonce"]), nonce):
            raise _refused(request, Reason.DOUBTFUL, state, detail="ID token: another nonce")
        account = queries.account_with(claims["sub"])
        if account is None:
            raise _refused(request, Reason.UNBOUND, state, subject=claims["sub"])
        if not account.membership.user.is_active:
            raise _refused(request, Reason.SWITCHED_OFF, state)
        if not queries.still_stands(account.pk, account.membership_id):
            raise _refused(request, Reason.NO_BUREAU, state)
        sociallogin.account.extra_data = {
            "account": account.pk,
            "membership": account.membership_id,
            "second_factor_at": second_factor_at(claims),
        }
        sociallogin.user = account.membership.user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Platform,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        state = (extra_context or {}).get("state")
        if exception is not None:
            reason = _reason_of(exception)
        elif error == AuthError.CANCELLED:
            reason = Reason.CANCELLED
        else:
            reason = Reason.UNAVAILABLE if state else Reason.NOT_STARTED_HERE
        raise _refused(request, reason, state, detail=_words_of(exception))


def second_factor_at(claims: dict[str, Any]) -> float | None:
    """When the platform was shown a second factor that counts here (seconds since 1970), None for none.

    OpenID Connect Core 1.0, 2: `acr` is a text, `amr` a list of them, `auth_time` when both were true. Without a time
    it counts for signing in, and is asked again for whatever asks again.
    """
    methods = claims.get("amr")
    by_methods = isinstance(methods, list) and any(each in settings.PLATFORM_AMR_VALUES for each in methods)
    if not by_methods and claims.get("acr") not in settings.PLATFORM_ACR_VALUES:
        return None
    shown_at = claims.get("auth_time")
    if isinstance(shown_at, bool) or not isinstance(shown_at, int | float):
        return 0.0
    return min(float(shown_at), clock.now().timestamp())


def failed(request: HttpRequest, error: Exception, *, back: str = "") -> HttpResponse:
    """The page for a platform that does not answer, or answers with something else than the protocol."""
    refused = _refused(request, _reason_of(error), {"next": back}, detail=_words_of(error))
    response: HttpResponse = refused.response
    return response


def _reason_of(error: Exception) -> Reason:
    return Reason.DOUBTFUL if isinstance(error, Doubtful) else Reason.UNAVAILABLE


def _refused(
    request: HttpRequest, reason: Reason, state: dict[str, Any] | None, *, detail: str = "", subject: str = ""
) -> ImmediateHttpResponse:
    log.warning("platform_sign_in_refused", reason=reason.name.lower(), detail=detail)
    back = str((state or {}).get("next") or "")
    return ImmediateHttpResponse(refusal_page(request, reason, back=back, subject=subject))


def _words_of(error: Exception | None) -> str:
    """For the operator's log: what went wrong, without what a token says about somebody."""
    return "" if error is None else f"{type(error).__name__}: {str(error)[:200]}"
