from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.audit.services import security_event
from crm.keep import letting_go, nights, recovery
from crm.keep.forms import RetentionForm
from crm.keep.queries import backup_page
from crm.models import Backup
from crm.owner.recent import require_recent_sign_in
from crm.shell.toasts import flash


@require_GET
def backups(request: HttpRequest) -> HttpResponse:
    """The page; asked by htmx, the list that it refreshes while one is being made."""
    fragment = request.headers.get("HX-Request")
    template = "crm/keep/_backups.html" if fragment else "crm/keep/backups.html"
    return render(request, template, backup_page())


@require_POST
def make_backup(request: HttpRequest) -> HttpResponse:
    nights.start("backup", "--kind", Backup.Kind.BY_HAND, "--verify")
    flash(request, "A backup is being made. It is tried at once.")
    return redirect("backups")


@require_POST
def try_backup(request: HttpRequest, folder: str) -> HttpResponse:
    backup = get_object_or_404(Backup.objects.standing(), folder=folder)
    nights.start("backup", "--only-verify", backup.folder)
    flash(request, "It is being restored beside the real one and compared.")
    return redirect("backups")


@require_recent_sign_in
@require_GET
def recovery_code(request: HttpRequest) -> HttpResponse:
    security_event("recovery_code.shown", request=request)
    return render(request, "crm/keep/recovery_code.html", {"code": recovery.code()})


@require_http_methods(["GET", "POST"])
def retention(request: HttpRequest) -> HttpResponse:
    form = RetentionForm(request.POST or None)
    if not form.is_valid():
        return render(request, "crm/keep/retention.html", {"form": form})
    for category, days in form.chosen():
        letting_go.set_days(category=category, days=days)
    flash(request, "Saved. It is followed from tonight on.")
    return redirect("retention")
