from django.urls import path

from certificates.views import printing, verifying

app_name = "certificates"
urlpatterns = [
    path("certificates/", printing.query, name="query"),
    path("certificates/issue/", printing.issue, name="issue"),
    path("certificates/<uuid:pk>/pdf/", printing.download, name="download"),
    path("verify/", verifying.verify, name="verify"),
    path("v/<slug:token>/", verifying.verify_token, name="verify_token"),
]
