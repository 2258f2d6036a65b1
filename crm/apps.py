from django.apps import AppConfig


class CrmConfig(AppConfig):
    name = "crm"
    verbose_name = "The house"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from crm import actions, pages, retention, schedule
        from crm.audit import checks as audit_checks
        from crm.audit import registration as audit
        from crm.demo import parts as demo
        from crm.events import checks
        from crm.keep import checks as keep
        from crm.lists import registration as lists
        from crm.notify import registration as notify
        from crm.owner import registration as owner
        from crm.runtime import health, registration
        from crm.vault import registration as vault
        from crm.watch import registration as watch

        vault.register()
        audit.register()
        owner.register()
        pages.register_all()
        actions.register_all()
        notify.register()
        lists.register()
        demo.register_all()
        schedule.register_all()
        retention.register_all()
        registration.register()
        health.register("audit", audit_checks.trail)
        health.register("events", checks.outbox)
        health.register("backups", keep.backups, spoken_for=True)
        health.register("recovery_point", keep.recovery_point)
        watch.register()
