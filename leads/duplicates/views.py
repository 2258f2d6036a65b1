from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.owner.recent import here
from crm.shell.once import once
from crm.shell.returning import ours
from crm.shell.toasts import flash
from leads.duplicates import choosing, merging, queries, services
from leads.models import DuplicateSearch

HOUSEHOLDS = "households"


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """Who may be one person, and who may be one household."""
    household = request.GET.get("show") == HOUSEHOLDS
    after = request.GET.get("after", "")
    search = DuplicateSearch.objects.order_by("-at").first()
    found = queries.review(household=household, after=after)
    token, page = get_token(request), request.get_full_path()
    context = {
        "household": household,
        "pairs": [pair.drawn(token=token, here=page) for pair in found.pairs],
        "following": found.following,
        "first": not after,
        "lately": queries.lately(),
        "search": search,
        "skipped": sum(search.skipped.values()) if search else 0,
    }
    return render(request, "leads/duplicates/review.html", context)


@require_POST
def apart(request: HttpRequest, pair: UUID) -> HttpResponse:
    return _decided(request, pair, services.keep_apart, "They stay two people.")


@require_POST
def household(request: HttpRequest, pair: UUID) -> HttpResponse:
    return _decided(request, pair, services.make_household, "They are one household.")


def _decided(request: HttpRequest, pair: UUID, decide: services.Decide, said: str) -> HttpResponse:
    try:
        done = decide(pair=pair)
    except services.Decided as refusal:
        flash(request, str(refusal), tone="bad")
    else:
        flash(request, said, undo_url=reverse("undo", args=[done]))
    return redirect(came_from(request))


def came_from(request: HttpRequest) -> str:
    return ours(request, request.POST.get("next", "")) or reverse("duplicates:review")


@require_POST
def gather(request: HttpRequest) -> HttpResponse:
    """Those who are ticked in a list, side by side."""
    ids = list(dict.fromkeys(_ids(request.POST.getlist("id"))))
    if request.POST.get("scope") == "all" or not 2 <= len(ids) <= merging.MOST:
        flash(request, f"Tick 2 to {merging.MOST} people to make them one.", tone="bad")
        return redirect(here(request))
    query = urlencode([("lead", str(id)) for id in ids])
    return redirect(f"{reverse('duplicates:merge')}?{query}")


@require_http_methods(["GET", "POST"])
@once
def merge(request: HttpRequest) -> HttpResponse:
    """Side by side, field by field."""
    leads = choosing.people(_ids(request.POST.getlist("lead") or request.GET.getlist("lead")))
    if len(leads) < 2:
        flash(request, "Choose two people or more who are there.", tone="bad")
        return redirect("duplicates:review")
    choice = choosing.choice(leads)
    if request.method == "GET":
        return render(request, "leads/duplicates/merge.html", {"choice": choice})
    kept, chosen = choosing.chosen_in(request.POST, choice)
    gone = [lead.id for lead in leads if lead.id != kept]
    try:
        made = merging.merge(kept=kept, gone=gone, chosen=chosen)
    except merging.CannotMerge as refusal:
        flash(request, str(refusal), tone="bad")
        return redirect("duplicates:review")
    said = f"{len(leads)} became one. Everything is here."
    flash(request, said, undo_url=reverse("undo", args=[made.pk]))
    return redirect("people:lead", kept)


def _ids(typed: list[str]) -> list[UUID]:
    found = []
    for text in typed:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
