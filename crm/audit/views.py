from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from crm.audit import checks, queries
from crm.audit.forms import ActivityFilter


@require_GET
def activity(request: HttpRequest) -> HttpResponse:
    form = ActivityFilter(request.GET)
    chosen = form.chosen() if form.is_valid() else {}
    before = form.cleaned_data.get("before")
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "form": form,
        "history": queries.activity(before=before, **chosen),
        "chain": checks.trail(),
        "query": query.urlencode(),
    }
    return render(request, "crm/audit/activity.html", context)
