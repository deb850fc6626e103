from django.urls import path

from training.views import days, deciding, people, plans, sheet, writing

app_name = "training"
urlpatterns = [
    path("", plans.listing, name="plans"),
    path("filed/", plans.filed, name="filed"),
    path("new/", writing.new, name="plan_new"),
    path("several/", sheet.several, name="plans_several"),
    path("<uuid:pk>/", plans.show, name="plan"),
    path("<uuid:pk>/edit/", writing.edit, name="plan_edit"),
    path("<uuid:pk>/discard/", writing.discard, name="plan_discard"),
    path("<uuid:pk>/file/", writing.file, name="plan_file"),
    path("<uuid:pk>/accept/", deciding.accept, name="plan_accept"),
    path("<uuid:pk>/return/", deciding.return_, name="plan_return"),
    path("<uuid:pk>/people/", people.people, name="people"),
    path("<uuid:pk>/people/<uuid:attendee>/remove/", people.remove, name="person_remove"),
    path("<uuid:pk>/people/<uuid:attendee>/correct/", people.correct, name="person_correct"),
    path("<uuid:pk>/attendance/", people.attendance, name="attendance"),
    path("<uuid:pk>/attendance/days/", days.days, name="attendance_days"),
    path("<uuid:pk>/attendance/days/upload/", days.upload, name="attendance_upload"),
    path("<uuid:pk>/attendance/days/workbook/", days.workbook, name="attendance_workbook"),
    path("<uuid:pk>/attendance/on/<slug:day>/", days.day, name="attendance_day"),
    path("<uuid:pk>/sign-in/", days.sign_in, name="sign_in"),
]
