"""A short form that is asked in a dialog over the page, and is a page of its own without script.

The link that leads to it bears `data-asks`; the view answers with `ask` until the form is valid,
and then with `answered`, which leads back with one sentence.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from crm.shell.toasts import flash

FORM = "components/_ask_form.html"


def typed(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, even when that is nothing; None when it is asked for."""
    return request.POST if request.method == "POST" else None


def in_dialog(request: HttpRequest) -> bool:
    return request.headers.get("HX-Target") == "ask"


def ask(
    request: HttpRequest,
    form: BaseForm | None,
    *,
    title: str,
    back: str,
    submit: str = "Save",
    body: str = FORM,
    **context: Any,
) -> HttpResponse:
    """`body` is the template of the form where the ordinary one does not do."""
    template = "components/_ask.html" if in_dialog(request) else "components/ask.html"
    if form is not None and in_dialog(request):
        # The page below may have a field of the same name: a label must not mean that one.
        form.auto_id = "ask_%s"
    context |= {"form": form, "title": title, "back": back, "submit": submit, "body": body}
    return render(request, template, {"action": request.get_full_path(), **context})


def answered(
    request: HttpRequest, back: str, words: str, *, undo: UUID | None = None, tone: str = "good"
) -> HttpResponse:
    flash(request, words, tone=tone, undo_url=reverse("undo", args=[undo]) if undo else "")
    return HttpResponseClientRedirect(back) if in_dialog(request) else redirect(back)
