from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = "Leads"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from leads import bench, pages, reactions
        from leads.directory import erasing
        from leads.directory import registration as directory
        from leads.duplicates import registration as duplicates
        from leads.followups import registration as followups
        from leads.messages import registration as messages
        from leads.people import registration as people
        from leads.pipeline import registration as pipeline
        from leads.roi import panels as roi
        from leads.scoring import registration as scoring
        from leads.search import registration as search
        from leads.timeline import registration as timeline
        from leads.today import registration as today

        pages.register_all()
        # Reads the name before the person's own row is blanked.
        erasing.register()
        people.register()
        roi.register()
        followups.register()
        messages.register()
        timeline.register()
        scoring.register()
        search.register()
        duplicates.register()
        pipeline.register()
        directory.register()
        today.register()
        reactions.register_all()
        bench.register()
        post_migrate.connect(begin, sender=self)


def begin(**_: Any) -> None:
    """After each migrate: what every house has, unless the migrations were taken back."""
    from django.db import connection

    from leads.followups import sets
    from leads.people import defaults

    tables = connection.introspection.table_names()
    if "leads_cadence" in tables:
        defaults.ensure()
    if "leads_follow_up_rules" in tables:
        sets.ensure_defaults()
