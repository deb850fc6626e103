from django.urls import path

from training.api import guide
from training.views.learning import keys, looking, providers, reports, uploading

app_name = "learning"
urlpatterns = [
    path("", reports.deliveries, name="deliveries"),
    path("deliveries/<uuid:pk>/", reports.delivery, name="delivery"),
    path("deliveries/<uuid:pk>/results/", reports.results, name="results"),
    path("records/", reports.records, name="records"),
    path("records/export/", reports.export, name="records_export"),
    path("upload/", uploading.upload, name="upload"),
    path("upload/template/", uploading.template, name="template"),
    path("upload/class/", uploading.attendance, name="attendance"),
    path("withdraw/", uploading.withdraw, name="withdraw"),
    path("api/", guide.page, name="api"),
    path("keys/", keys.listing, name="keys"),
    path("keys/<uuid:pk>/rotate/", keys.rotate, name="key_rotate"),
    path("keys/<uuid:pk>/end/", keys.end, name="key_end"),
    path("providers/", providers.listing, name="providers"),
    path("providers/<uuid:pk>/end/", providers.end, name="provider_end"),
    path("providers/<uuid:pk>/resume/", providers.resume, name="provider_resume"),
    path("look/", looking.listing, name="look"),
    path("look/export/", looking.export, name="look_export"),
    path("look/<uuid:pk>/", looking.show, name="look_at"),
]
