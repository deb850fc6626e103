from django.conf import settings
from django.urls import path

from cehours.site import notice, rules_page, styleguide, views
from cehours.site.calculator import views as calculator

app_name = "site"
urlpatterns = [
    path("", views.home, name="home"),
    path("start/", views.start, name="start"),
    path("help/", views.help_index, name="help"),
    path("help/<slug:role>/", views.help_page, name="help_role"),
    path("rules/", rules_page.current, name="rules"),
    path("policies/", rules_page.index, name="policies"),
    path("policies/<slug:key>/", rules_page.show, name="policy"),
    path("policies/<slug:key>/notice/", notice.show, name="notice"),
    path("calculator/", calculator.page, name="calculator"),
    path("calculator/live/", calculator.live, name="calculator_live"),
    path("calculator/take/", calculator.take, name="calculator_take"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("text-size/", views.text_size, name="text_size"),
]

if settings.DEBUG or settings.DEMO:
    urlpatterns.append(path("styleguide/", styleguide.show, name="styleguide"))
