from __future__ import annotations

from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from crm.models import Problem, SlowWork
from crm.shell.toasts import flash
from crm.watch import browsers, queries, services
from crm.watch.charting import charts

PERIODS = {1: "Day", 7: "Week", 30: "Month", 365: "Year"}
PROBLEMS_SHOWN, SLOW_SHOWN, ROUTES_SHOWN = 20, 20, 50
A_MINUTE = 30


@require_GET
def watch(request: HttpRequest) -> HttpResponse:
    days = _days(request)
    routes = queries.routes(days=min(days, 30))
    context = {
        "days": days,
        "periods": PERIODS,
        "problems": Problem.objects.open().latest_first()[: PROBLEMS_SHOWN + 1],
        "shown": PROBLEMS_SHOWN,
        "charts": charts(days=days),
        "slow": SlowWork.objects.slowest_first()[:SLOW_SHOWN],
        "routes": routes[:ROUTES_SHOWN],
        "figures": queries.figures(routes),
        "sample": queries.latest_sample(),
    }
    return render(request, "crm/watch/watch.html", context)


@require_GET
def problem(request: HttpRequest, problem: UUID) -> HttpResponse:
    found = get_object_or_404(Problem, id=problem)
    return render(request, "crm/watch/problem.html", {"problem": found})


@require_POST
def problem_done(request: HttpRequest, problem: UUID) -> HttpResponse:
    services.mark_done(problem=problem)
    flash(request, "Done. It opens again when it comes back.")
    return redirect("watch")


@require_POST
def problem_open(request: HttpRequest, problem: UUID) -> HttpResponse:
    services.mark_open(problem=problem)
    flash(request, "Open again.")
    return redirect("problem", problem)


@csrf_exempt  # sent while a page is going away; it only adds one to a count
@require_POST
def browser_error(request: HttpRequest) -> HttpResponse:
    if _within_rate():
        browsers.note(request)
    return HttpResponse(status=204)


def _days(request: HttpRequest) -> int:
    chosen = request.GET.get("days", "")
    return int(chosen) if chosen in map(str, PERIODS) else 7


def _within_rate() -> bool:
    key = f"watch:browser:{timezone.now():%H%M}"
    cache.add(key, 0, 120)
    return int(cache.incr(key)) <= A_MINUTE
