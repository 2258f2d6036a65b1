from django.apps import AppConfig


class ListedConfig(AppConfig):
    name = "tests.listed"
    label = "listed"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm.lists import registry
        from tests.listed.guests import GUESTS

        registry.register(GUESTS)
