from django.urls import path

from applications import session_views as views

urlpatterns = [
    path("sessions/", views.listing, name="sessions"),
    path("sessions/new/", views.new, name="session_new"),
    path("sessions/<uuid:pk>/", views.edit, name="session_edit"),
]
