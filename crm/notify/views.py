from __future__ import annotations

from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.models import Notification
from crm.notify import devices, kinds, queries, services, vapid
from crm.notify.channels import available
from crm.notify.forms import ChoicesForm, DeviceForm, RulesForm
from crm.notify.rules import rules
from crm.shell.toasts import flash


@require_GET
def notifications(request: HttpRequest) -> HttpResponse:
    shown, following = queries.page_of_notifications(before=_cursor(request))
    context = {"notifications": shown, "following": following}
    return render(request, "crm/notify/notifications.html", context)


def _cursor(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("before", ""))
    except ValueError:
        return None


@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    return render(request, "components/_bell.html")


@require_GET
def words(_request: HttpRequest, notification: UUID) -> HttpResponse:
    """What a toast says: the stream itself carries no words."""
    told = get_object_or_404(Notification.objects.shown(), id=notification)
    return JsonResponse({"title": told.words[0]})


@require_POST
def read(_request: HttpRequest, notification: UUID) -> HttpResponse:
    """Mark it read and go where it points."""
    told = get_object_or_404(Notification.objects.shown(), id=notification)
    services.mark_read(notification=told.id)
    return redirect(told.url or "notifications")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    services.mark_all_read()
    flash(request, "All read.")
    return redirect("notifications")


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    rules_form = RulesForm(request.POST or None, instance=rules())
    choices = ChoicesForm(request.POST or None)
    if request.method == "POST" and rules_form.is_valid() and choices.is_valid():
        services.save_preferences(rules=rules_form.save(commit=False), choices=choices.chosen())
        flash(request, "Saved.")
        return redirect("notification_settings")
    context = {
        "rules_form": rules_form,
        "choices": choices,
        "channels": available(),
        "devices": devices.devices(),
        "push_anywhere": settings.PUBLIC_URL.startswith("https://"),
    }
    return render(request, "crm/notify/preferences.html", context)


@require_POST
def test(request: HttpRequest) -> HttpResponse:
    services.notify(
        kinds.TEST.name,
        title="This is a test",
        body="It came through: this is how Porchlight tells you.",
        url=reverse("notification_settings"),
        key=f"test:{uuid4()}",
    )
    flash(request, "On its way, through every channel.")
    return redirect("notification_settings")


@require_POST
def push_key(_request: HttpRequest) -> HttpResponse:
    return JsonResponse({"key": vapid.public_key()})


@require_POST
def push_add(request: HttpRequest) -> HttpResponse:
    form = DeviceForm(request.POST)
    try:
        device = devices.add(keys=form.keys(), request=request)
    except devices.CannotAdd as refusal:
        flash(request, str(refusal))
    else:
        flash(request, f"{device.label} is told from now on.")
    return redirect("notification_settings")


@require_POST
def push_remove(request: HttpRequest, device: UUID) -> HttpResponse:
    if devices.remove(device=device, request=request):
        flash(request, "Removed. It is told nothing more.")
    return redirect("notification_settings")


@require_POST
def push_stop(request: HttpRequest) -> HttpResponse:
    devices.remove_address(endpoint=request.POST.get("endpoint", ""), request=request)
    flash(request, "This browser is told nothing more.")
    return redirect("notification_settings")
