from django.apps import AppConfig


class TrailedConfig(AppConfig):
    name = "tests.trailed"
    label = "trailed"
    default_auto_field = "django.db.models.BigAutoField"
