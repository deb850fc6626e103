from django.apps import AppConfig


class MyDataConfig(AppConfig):
    name = "cehours.my_data"
    verbose_name = "我的数据"
