"""The house's own makers, pages and measures, in the order in which they run."""

from __future__ import annotations

from django.urls import reverse

from crm.bench.registry import Walk, register_page
from crm.runtime import measures as runtime
from crm.vault import measures as vault


def register_all() -> None:
    register_page(Walk("today", "Today", lambda _stage: reverse("today:today")))
    vault.register_all()
    runtime.register_all()
