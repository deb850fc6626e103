from django.urls import path

from applications.views import evidence, files, header, listing, sessions, submitting, tasklist, years

app_name = "applications"
CASE = "applications/<uuid:pk>/"
PAPER = CASE + "evidence/<uuid:evidence_id>/"
urlpatterns = [
    path("applications/", listing.listing, name="list"),
    path("applications/start/", listing.start, name="start"),
    path(CASE, tasklist.detail, name="detail"),
    path(CASE + "header/", header.header, name="header"),
    path(CASE + "header/employers/", header.employers, name="employers"),
    path(CASE + "years/add/", years.year_add, name="year_add"),
    path(CASE + "years/<int:year>/", years.year, name="year"),
    path(CASE + "years/<int:year>/delete/", years.year_delete, name="year_delete"),
    path(CASE + "years/<int:year>/evidence/", evidence.evidence, name="evidence"),
    path(PAPER + "delete/", evidence.evidence_delete, name="evidence_delete"),
    path(PAPER + "view/<int:number>/", evidence.evidence_view, name="evidence_view"),
    path(PAPER + "file/", files.evidence_file, name="evidence_file"),
    path(PAPER + "page/<int:number>/", files.evidence_page, name="evidence_page"),
    path(PAPER + "thumb/", files.evidence_thumb, name="evidence_thumb"),
    path(CASE + "check/", submitting.check, name="check"),
    path(CASE + "submit/", submitting.submit, name="submit"),
    path(CASE + "withdraw/", submitting.withdraw, name="withdraw"),
    path(CASE + "discard/", tasklist.discard, name="discard"),
    path(CASE + "copy/", listing.copy, name="copy"),
    path(CASE + "progress/", tasklist.progress, name="progress"),
    path("sessions/", sessions.listing, name="sessions"),
    path("sessions/new/", sessions.new, name="session_new"),
    path("sessions/<uuid:pk>/", sessions.edit, name="session_edit"),
]
