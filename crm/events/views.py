from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from crm.events import services
from crm.events.forms import SkipForm
from crm.events.queries import stuck_count
from crm.models import Delivery
from crm.shell.toasts import flash

SHOWN = 50


@require_GET
def stuck(request: HttpRequest) -> HttpResponse:
    deliveries = Delivery.objects.set_aside().select_related("event").with_waiting_behind()
    context = {
        "deliveries": deliveries.order_by("id")[:SHOWN],
        "amount": stuck_count(),
        "shown": SHOWN,
        "skip_form": SkipForm(),
    }
    return render(request, "crm/events/stuck.html", context)


@require_POST
def retry(request: HttpRequest, delivery: UUID) -> HttpResponse:
    if services.retry(delivery=delivery):
        flash(request, "It is being tried again.")
    else:
        flash(request, "It was no longer stuck.", tone="dusk")
    return redirect("stuck")


@require_POST
def retry_all(request: HttpRequest) -> HttpResponse:
    amount = services.retry_all()
    flash(request, f"{amount} being tried again.")
    return redirect("stuck")


@require_POST
def skip(request: HttpRequest, delivery: UUID) -> HttpResponse:
    form = SkipForm(request.POST)
    if not form.is_valid():
        flash(request, "Not skipped. Say in a few words why.", tone="bad")
    elif services.skip(delivery=delivery, because=form.cleaned_data["because"]):
        flash(request, "Skipped. What waited behind it goes on.")
    else:
        flash(request, "It was no longer stuck.", tone="dusk")
    return redirect("stuck")
