from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from crm.shell.toasts import flash
from leads.models import Attachment
from leads.timeline import editing, services, shown
from leads.timeline.forms import EntryForm
from leads.timeline.people import entry_of, lead_of, page_of


@require_http_methods(["GET", "POST"])
def entries(request: HttpRequest, lead: UUID) -> HttpResponse:
    """The timeline, what comes after a page of it, or what was found in it: words that are looked
    for come in the body, since addresses are kept in logs."""
    person = lead_of(lead)
    context = shown.timeline(request, person)
    if not request.headers.get("HX-Request"):
        return render(request, "leads/timeline/timeline.html", context)
    template = "_days.html" if context["before"] else "_timeline.html"
    return render(request, f"leads/timeline/{template}", context)


@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, lead: UUID, interaction: UUID) -> HttpResponse:
    one = entry_of(lead, interaction)
    if request.method == "GET":
        form = EntryForm(kind=one.kind, initial=editing.first(one))
        return render(request, "leads/timeline/entry.html", editing.context(one, form))
    form = EntryForm(request.POST, request.FILES, kind=one.kind)
    if not form.is_valid():
        return render(request, "leads/timeline/entry.html", editing.context(one, form))
    if editing.changed_since(one, form):
        context = editing.context(one, editing.seen_anew(one, form)) | {"changed_since": True}
        return render(request, "leads/timeline/entry.html", context)
    done = editing.save(one, form)
    words = "Saved." if done else "Nothing was different."
    flash(request, words, undo_url=reverse("undo", args=[done]) if done else "")
    return redirect(page_of(one.lead))


@require_POST
def remove(request: HttpRequest, lead: UUID, interaction: UUID) -> HttpResponse:
    one = entry_of(lead, interaction)
    done = services.remove(interaction=one)
    flash(request, "Deleted.", undo_url=reverse("undo", args=[done]))
    return redirect(page_of(one.lead))


@require_POST
def drop_file(request: HttpRequest, lead: UUID, attachment: UUID) -> HttpResponse:
    file = Attachment.objects.filter(lead=lead, id=attachment).select_related("interaction").first()
    person = lead_of(lead)
    if file is None:
        return redirect(page_of(person))
    done = services.drop_file(attachment=file)
    flash(request, "File removed.", undo_url=reverse("undo", args=[done]))
    return redirect("timeline:entry", lead=lead, interaction=file.interaction_id)
