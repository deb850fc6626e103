"""Addresses around signing in, under the global names that Django and allauth know them by.

allauth's remaining pages (its sign-up, e-mail list, links by mail) are left out on purpose.
"""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.generic import TemplateView

from organizations.views import passwords, platform, registration, second_factor, signing_in
from organizations.views.answers import by_own_account, in_place

# allauth's own view would put another `site` over that of our frame.
account_inactive = login_not_required(TemplateView.as_view(template_name="account/account_inactive.html"))

urlpatterns = [
    path("login/", signing_in.SignIn.as_view(), name="account_login"),
    path("login/second-factor/", second_factor.at_sign_in, name="mfa_authenticate"),
    path("logout/", signing_in.SignOut.as_view(), name="account_logout"),
    path("platform/", platform.start, name="account_platform"),
    path("platform/callback/", platform.callback, name="account_platform_callback"),
    path("inactive/", account_inactive, name="account_inactive"),
    path("register/", registration.register, name="account_signup"),
    path("register/code/", registration.verify, name="account_signup_verify"),
    path("register/confirm/", registration.vouch, name="account_signup_vouch"),
    path(
        "password/change/",
        by_own_account(in_place(signing_in.ChangePassword.as_view())),
        name="account_change_password",
    ),
    path("password/reset/", passwords.forgotten, name="account_reset_password"),
    path("password/reset/code/", passwords.verify, name="account_reset_password_verify"),
    path("password/reset/new/", passwords.choose, name="account_reset_password_new"),
]
