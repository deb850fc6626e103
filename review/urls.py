from django.urls import path

from review import views

app_name = "review"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("handled/", views.handled, name="handled"),
    path("withdrawn/", views.withdrawn, name="withdrawn"),
    path("search/", views.search, name="search"),
    path("look/", views.look, name="look"),
    path("views/", views.view_save, name="view_save"),
    path("exports/", views.exports, name="exports"),
    path("exports/<uuid:pk>/", views.export_file, name="export_file"),
    path("exports/<uuid:pk>/state/", views.export_state, name="export_state"),
    path("batch/", views.batch, name="batch"),
    path("batch/<uuid:pk>/", views.batch_run, name="batch_run"),
    path("batch/<uuid:pk>/restart/", views.batch_restart, name="batch_restart"),
    path("batch/<uuid:pk>/stop/", views.batch_stop, name="batch_stop"),
    path("units/<uuid:pk>/merge/", views.merge_unit, name="merge_unit"),
    path("cases/<uuid:pk>/", views.case, name="case"),
    path("cases/<uuid:pk>/state/", views.case_state, name="case_state"),
    path("cases/<uuid:pk>/next/", views.next_case, name="next"),
    path("cases/<uuid:pk>/number/", views.case_number, name="case_number"),
    path("cases/<uuid:pk>/approve/", views.approve, name="approve"),
    path("cases/<uuid:pk>/return/", views.return_, name="return"),
    path("cases/<uuid:pk>/reject/", views.reject, name="reject"),
]
