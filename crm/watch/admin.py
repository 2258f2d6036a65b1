"""The log as Django's admin shows it: to be read. Done is said on the page, time does the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from crm.models import HealthSample, Problem, RequestEntry, RouteTime, SlowWork

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class ToRead(ModelAdmin):
    """Nothing is added, changed or deleted by hand. Counting a million rows is left out."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _row: Any = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _row: Any = None) -> bool:
        return False


@admin.register(Problem)
class ProblemAdmin(ToRead):
    list_display = ("what", "kind", "place", "count", "returned", "first_at", "last_at", "done_at")
    list_filter = ("kind", ("done_at", admin.EmptyFieldListFilter))
    search_fields = ("what", "place", "route")
    ordering = ("-last_at", "-id")


@admin.register(SlowWork)
class SlowWorkAdmin(ToRead):
    list_display = ("route", "kind", "count", "mean_ms", "worst_ms", "last_at")
    list_filter = ("kind",)
    search_fields = ("route", "statement")
    ordering = ("-worst_ms", "-id")


@admin.register(RequestEntry)
class RequestEntryAdmin(ToRead):
    list_display = ("at", "route", "method", "status", "milliseconds", "queries", "size")
    list_filter = ("method",)
    search_fields = ("route",)
    ordering = ("-id",)


@admin.register(RouteTime)
class RouteTimeAdmin(ToRead):
    list_display = ("day", "route", "method", "bucket", "count", "failures")
    list_filter = ("method",)
    search_fields = ("route",)
    ordering = ("-day", "route", "method", "bucket")


@admin.register(HealthSample)
class HealthSampleAdmin(ToRead):
    list_display = (
        *("at", "database_bytes", "memory_bytes", "cpu_percent", "disk_free_bytes"),
        *("waiting", "worker_lag_seconds"),
    )
    ordering = ("-at",)
