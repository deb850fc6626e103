from django.urls import include, path

from organizations.views import (
    bureaus,
    entrusting,
    imprint,
    invitations,
    mailbox,
    members,
    my_account,
    notices,
    platform_accounts,
    signing_in,
    units,
)

own = [
    path("start/choose/", signing_in.start, name="start"),
    path("switch/", signing_in.switch, name="switch"),
    path("account/", my_account.show, name="account"),
    path("account/devices/", my_account.end_devices, name="devices"),
    path("bureau/", imprint.edit, name="imprint"),
    path("account/contact/", my_account.change_contact, name="contact"),
    path("account/contact/code/", my_account.verify_contact, name="contact_verify"),
    path("units/", units.listing, name="units"),
    path("units/new/", units.new, name="unit_new"),
    path("units/entrusted/", entrusting.entrusted, name="entrusted"),
    path("units/bureaus/new/", bureaus.new, name="bureau_new"),
    path("units/<uuid:pk>/", units.edit, name="unit_edit"),
    path("units/<uuid:pk>/members/", members.listing, name="unit_members"),
    path("units/<uuid:pk>/members/invite/", members.invite, name="unit_invite"),
    path("units/<uuid:pk>/members/<int:member>/remove/", members.remove, name="unit_remove_member"),
    path("units/<uuid:pk>/invitations/<uuid:invitation>/revoke/", members.revoke, name="unit_revoke"),
    path("members/", members.listing, name="members"),
    path("members/invite/", members.invite, name="invite"),
    path("members/<int:member>/remove/", members.remove, name="remove_member"),
    path("members/<int:member>/platform/", platform_accounts.bind, name="platform_bind"),
    path("members/<int:member>/platform/unbind/", platform_accounts.unbind, name="platform_unbind"),
    path("members/invitations/<uuid:invitation>/revoke/", members.revoke, name="revoke"),
    path("invitations/<str:secret>/", invitations.accept, name="accept"),
    path("notices/", notices.listing, name="notices"),
    path("notices/read/", notices.read_all, name="notices_read"),
    path("notices/channels/", notices.channels, name="notices_channels"),
    path("notices/work/", notices.choose_work, name="notices_work"),
    path("notices/<uuid:pk>/open/", notices.open_, name="notice_open"),
    path("mailbox/", mailbox.show, name="mailbox"),
]

urlpatterns = [
    path("", include((own, "organizations"))),
    path("account/", include("organizations.account_urls")),
]
