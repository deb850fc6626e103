from django.urls import path

from certificates.views import batch, bodies, ledger, lost, printing, revoking, verifying

app_name = "certificates"
urlpatterns = [
    path("certificates/", printing.query, name="query"),
    path("certificates/issue/", printing.issue, name="issue"),
    path("certificates/ledger/", ledger.ledger, name="ledger"),
    path("certificates/issued/", revoking.issued, name="issued"),
    path("certificates/<uuid:pk>/", revoking.detail, name="detail"),
    path("certificates/<uuid:pk>/pdf/", printing.download, name="download"),
    path("certificates/<uuid:pk>/print-again/", printing.print_again, name="print_again"),
    path("certificates/<uuid:pk>/revoke/", revoking.revoke, name="revoke"),
    path("certificates/revocations/<uuid:pk>/confirm/", revoking.confirm, name="confirm_revocation"),
    path("certificates/revocations/<uuid:pk>/decline/", revoking.decline, name="decline_revocation"),
    path("certificates/lost/<uuid:pk>/file/", lost.file, name="lost_file"),
    path("certificates/lost/<uuid:pk>/take-back/", lost.take_back, name="lost_take_back"),
    path("certificates/lost/<uuid:pk>/confirm/", lost.confirm, name="lost_confirm"),
    path("certificates/lost/<uuid:pk>/decline/", lost.decline, name="lost_decline"),
    path("verify/", verifying.verify, name="verify"),
    path("verify/file/", verifying.verify_file, name="verify_file"),
    path("verify/batch/", batch.batch, name="batch"),
    path("verify/batch/template/", batch.template, name="batch_template"),
    path("verify/bodies/", bodies.listing, name="bodies"),
    path("verify/bodies/<int:number>/renew/", bodies.renew, name="body_renew"),
    path("verify/bodies/<int:number>/end/", bodies.end, name="body_end"),
    path("api/verify/", batch.api, name="api"),
    path("v/<slug:token>/", verifying.verify_token, name="verify_token"),
]
