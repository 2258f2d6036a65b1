from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from crm.shell.toasts import flash
from leads.scoring import services
from leads.scoring.forms import PointsForm
from leads.scoring.rules import START


@require_http_methods(["GET", "POST"])
def points(request: HttpRequest) -> HttpResponse:
    form = PointsForm(request.POST if request.method == "POST" else None)
    again = "reset" in request.POST
    if again or form.is_valid():
        chosen = form.own_points() if again else form.cleaned_data
        saved = services.save_points(points=chosen)
        undo = reverse("undo", args=[saved]) if saved else ""
        words = "Saved. Everyone is being scored anew." if saved else "Nothing changed."
        flash(request, words, undo_url=undo)
        return redirect("scoring:points")
    return render(request, "leads/scoring/points.html", {"form": form, "start": START})
