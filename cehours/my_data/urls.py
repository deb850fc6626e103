from django.urls import path

from cehours.my_data import desk, views

app_name = "my_data"
urlpatterns = [
    path("my-data/", views.show, name="show"),
    path("my-data/export/", views.export, name="export"),
    path("my-data/export/<uuid:pk>/", views.download, name="download"),
    path("my-data/correction/", views.correct, name="correct"),
    path("my-data/closing/", views.close, name="close"),
    path("data-requests/", desk.listing, name="requests"),
    path("data-requests/let-back/", desk.let_back, name="let_back"),
    path("data-requests/<uuid:pk>/", desk.settle, name="settle"),
]
