from django.apps import AppConfig


class CehoursConfig(AppConfig):
    name = "cehours"
    verbose_name = "学时核认"

    def ready(self) -> None:
        from cehours import celery, checks  # noqa: F401, PLC0415 -- registers the Celery app and the system checks
