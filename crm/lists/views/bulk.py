from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.audit.services import security_event
from crm.lists import bulk, exporting, registry, scopes
from crm.lists.answers import Gone
from crm.lists.asking import Asked
from crm.lists.declaration import BulkAction, Rows
from crm.lists.scopes import NothingChosen, Scope
from crm.lists.telling import body, title
from crm.lists.views.finding import asked_by_form, listed_or_404, refreshed
from crm.models import BulkRun
from crm.owner.recent import require_recent_sign_in
from crm.shell.toasts import flash, toast

NOTHING = "Nothing was done. Tick some rows first."
GONE = "Nothing was done. What was chosen for it has been deleted meanwhile; choose again."


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, kind: str, action: str) -> HttpResponse:
    """Asked with GET it shows the action's form; sent, it does it."""
    chosen = {each.name: each for each in listed_or_404(kind).bulk}.get(action)
    if chosen is None or (request.method == "GET" and chosen.form is None):
        raise Http404
    form = chosen.form(request.POST or None) if chosen.form else None
    if form is not None and not form.is_valid():
        context = {"form": form, "action": chosen, "kind": kind}
        return render(request, "crm/lists/_bulk_form.html", context)
    view = require_recent_sign_in(done) if chosen.recent_sign_in else done
    answer = view(request, kind, chosen, form)
    assert isinstance(answer, HttpResponse)  # noqa: S101  (of ours, or a way to sign in)
    return answer


def done(
    request: HttpRequest, kind: str, action: BulkAction, form: forms.Form | None
) -> HttpResponse:
    asked = asked_by_form(request, kind)
    try:
        scope = scopes.scope_of(asked, request.POST)
        result = bulk.begin(
            shape=asked.shape, action=action, scope=scope, form=form, reader=asked.reader
        )
    except NothingChosen:
        return said(request, asked, NOTHING, tone="bad")
    except Gone:
        return said(request, asked, GONE, tone="bad")
    if result.run is not None:
        return said(request, asked, f"{action.label} has begun. It goes on by itself.")
    words = bulk.words(action, result)
    undo = reverse("undo", args=[result.operation]) if result.outcome.done else ""
    return said(request, asked, words, undo_url=undo)


def said(request: HttpRequest, asked: Asked, words: str, **how: str) -> HttpResponse:
    """To the page as it stands; whoever signed in again in between comes back to it."""
    if request.headers.get("HX-Request"):
        return toast(refreshed(), words, **how)
    flash(request, words, **how)
    return redirect(asked.url())


@require_recent_sign_in
@require_POST
def export(request: HttpRequest, kind: str) -> StreamingHttpResponse | HttpResponse:
    asked = asked_by_form(request, kind)
    if not asked.listed.exports:
        raise Http404
    try:
        rows = rows_of(asked, request.POST)
    except NothingChosen:
        return HttpResponse(NOTHING, status=400, content_type="text/plain")
    security_event("export", request=request, detail={"list": kind, "rows": rows.count()})
    lines = exporting.lines(rows, asked.order, asked.columns)
    parts = exporting.stream(lines, timezone.get_current_timezone())
    answer = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
    name = f"{kind}-{timezone.localdate().isoformat()}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def rows_of(asked: Asked, data: QueryDict) -> Rows:
    """With what the columns show, as on the page."""
    scope: Scope = scopes.scope_of(asked, data)
    rows = scope.rows(asked.shape, asked.reader)
    for prepare in dict.fromkeys(column.prepare for column in asked.columns):
        rows = prepare(rows) if prepare else rows
    return rows


@require_GET
def run(request: HttpRequest, run: UUID) -> HttpResponse:
    """How far it is; asked every second while it goes on."""
    found = get_object_or_404(BulkRun, id=run)
    return told(request, found)


@require_POST
def stop(request: HttpRequest, run: UUID) -> HttpResponse:
    return told(request, bulk.stop(run=get_object_or_404(BulkRun, id=run)))


def told(request: HttpRequest, run: BulkRun) -> HttpResponse:
    listed = registry.find(run.kind)
    answer = render(request, "crm/lists/_run.html", {"run": run, "listed": listed})
    if run.ended_at is None:
        return answer
    # What was undone is done again by the undo's own operation.
    back = run.data.get("again", run.operation_id) if run.done else ""
    undo = reverse("undo", args=[back]) if back else ""
    tone = "bad" if run.state == BulkRun.State.FAILED else "good"
    return toast(answer, f"{title(run, listed)}. {body(run, listed)}", tone=tone, undo_url=undo)
