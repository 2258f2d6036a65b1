from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "The house"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm import actions, celery, pages  # noqa: F401  (shared tasks find celery through it)
        from crm.audit import registration as audit

        audit.register()
        pages.register_all()
        actions.register_all()
