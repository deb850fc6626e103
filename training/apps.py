from django.apps import AppConfig


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = "继续教育学时"
