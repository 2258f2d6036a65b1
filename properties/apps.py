from django.apps import AppConfig


class PropertiesConfig(AppConfig):
    name = "properties"
    verbose_name = "Properties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from properties import bench

        bench.register()
