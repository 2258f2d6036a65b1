from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = "Leads"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from leads import bench, pages
        from leads.duplicates import registration as duplicates
        from leads.people import registration as people
        from leads.pipeline import registration as pipeline
        from leads.roi import panels as roi
        from leads.search import registration as search

        pages.register_all()
        people.register()
        bench.register()
        duplicates.register()
        pipeline.register()
        roi.register()
        search.register()
        post_migrate.connect(begin, sender=self)


def begin(**_: Any) -> None:
    """After each migrate: what every house has, unless the migrations were taken back."""
    from django.db import connection

    from leads.people import defaults

    if "leads_cadence" in connection.introspection.table_names():
        defaults.ensure()
