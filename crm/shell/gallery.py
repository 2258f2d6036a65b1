"""The page of components: what axe and the pictures run against, and what builders copy from."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from crm.shell.forms import ExampleForm
from crm.shell.toasts import toast as show

WRONG = {"phone": "0917 555", "outcome": "reached", "stage": "new"}


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    forms = {
        "form": ExampleForm(initial={"stage": "showing", "consent": True}, prefix="right"),
        "wrong": ExampleForm(
            {f"wrong-{name}": value for name, value in WRONG.items()}, prefix="wrong"
        ),
    }
    return render(request, "crm/shell/components.html", forms)


@require_POST
def toast(_request: HttpRequest) -> HttpResponse:
    return show(
        HttpResponse(status=204), "Done. Dana comes back on 19 June", undo_url=reverse("toast")
    )
