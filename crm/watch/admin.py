"""The log as Django's admin shows it: to be read. Done is said on the page, time does the rest."""

from __future__ import annotations

from django.contrib import admin

from crm.models import HealthSample, Problem, RequestEntry, RouteTime, SlowWork
from crm.shell.admin import ReadOnlyAdmin


@admin.register(Problem)
class ProblemAdmin(ReadOnlyAdmin):
    list_display = ("what", "kind", "place", "count", "returned", "first_at", "last_at", "done_at")
    list_filter = ("kind", ("done_at", admin.EmptyFieldListFilter))
    search_fields = ("what", "place", "route")
    ordering = ("-last_at", "-id")


@admin.register(SlowWork)
class SlowWorkAdmin(ReadOnlyAdmin):
    list_display = ("route", "kind", "count", "mean_ms", "worst_ms", "last_at")
    list_filter = ("kind",)
    search_fields = ("route", "statement")
    ordering = ("-worst_ms", "-id")


@admin.register(RequestEntry)
class RequestEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "route", "method", "status", "milliseconds", "queries", "size")
    list_filter = ("method",)
    search_fields = ("route",)
    ordering = ("-id",)


@admin.register(RouteTime)
class RouteTimeAdmin(ReadOnlyAdmin):
    list_display = ("day", "route", "method", "bucket", "count", "failures")
    list_filter = ("method",)
    search_fields = ("route",)
    ordering = ("-day", "route", "method", "bucket")


@admin.register(HealthSample)
class HealthSampleAdmin(ReadOnlyAdmin):
    list_display = (
        *("at", "database_bytes", "memory_bytes", "cpu_percent", "disk_free_bytes"),
        *("waiting", "worker_lag_seconds"),
    )
    ordering = ("-at",)
