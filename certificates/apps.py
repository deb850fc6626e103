from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "certificates"
    verbose_name = "学时认定单"

    def ready(self) -> None:
        from certificates import checks  # noqa: F401, PLC0415 -- registers the checks
