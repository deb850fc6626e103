from django.urls import include, path

from cehours.health import livez, readyz

urlpatterns = [
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("", include("cehours.site.urls")),
    path("", include("organizations.urls")),
    path("", include("applications.urls")),
    path("", include("certificates.urls")),
    path("review/", include("review.urls")),
    path("plans/", include("training.urls")),
    path("api/learning/v1/", include("training.api.urls")),
    path("learning/", include("training.learning_urls")),
    path("", include("cehours.my_data.urls")),
]

handler400 = "cehours.site.views.bad_request"
handler403 = "cehours.site.views.forbidden"
handler404 = "cehours.site.views.not_found"
handler500 = "cehours.site.views.server_error"
