from django.urls import path

from review import views

app_name = "review"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("handled/", views.handled, name="handled"),
    path("batch/", views.batch, name="batch"),
    path("cases/<uuid:pk>/", views.case, name="case"),
    path("cases/<uuid:pk>/approve/", views.approve, name="approve"),
    path("cases/<uuid:pk>/return/", views.return_, name="return"),
    path("cases/<uuid:pk>/reject/", views.reject, name="reject"),
]
