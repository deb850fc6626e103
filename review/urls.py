from django.urls import path

from review import views

app_name = "review"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("handled/", views.handled, name="handled"),
    path("assign/", views.assign, name="assign"),
    path("absences/", views.absences, name="absences"),
    path("absences/<int:number>/end/", views.absence_end, name="absence_end"),
    path("held/", views.held, name="held"),
    path("held/<uuid:pk>/take-back/", views.take_back, name="take_back"),
    path("held/<uuid:pk>/at-once/", views.at_once, name="at_once"),
    path("withdrawn/", views.withdrawn, name="withdrawn"),
    path("search/", views.search, name="search"),
    path("look/", views.look, name="look"),
    path("exports/", views.exports, name="exports"),
    path("exports/<uuid:pk>/", views.export_file, name="export_file"),
    path("exports/<uuid:pk>/state/", views.export_state, name="export_state"),
    path("batch/", views.batch, name="batch"),
    path("batch/<uuid:pk>/", views.batch_run, name="batch_run"),
    path("batch/<uuid:pk>/restart/", views.batch_restart, name="batch_restart"),
    path("batch/<uuid:pk>/start/", views.batch_start, name="batch_start"),
    path("batch/<uuid:pk>/take-back/", views.batch_take_back, name="batch_take_back"),
    path("batch/<uuid:pk>/stop/", views.batch_stop, name="batch_stop"),
    path("stuck/", views.stuck, name="stuck"),
    path("stuck/<uuid:pk>/", views.cure, name="cure"),
    path("units/<uuid:pk>/merge/", views.merge_unit, name="merge_unit"),
    path("cases/<uuid:pk>/", views.case, name="case"),
    path("cases/<uuid:pk>/claim/", views.claim, name="claim"),
    path("cases/<uuid:pk>/note/", views.note, name="note"),
    path("cases/<uuid:pk>/approve/", views.approve, name="approve"),
    path("cases/<uuid:pk>/return/", views.return_, name="return"),
    path("cases/<uuid:pk>/reject/", views.reject, name="reject"),
]
