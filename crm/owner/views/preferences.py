from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from crm.owner import choices, services
from crm.owner.forms import PreferencesForm
from crm.shell.theme import show_before_sign_in


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    owner = services.the_owner(request)
    form = PreferencesForm(request.POST or None, instance=owner.preferences, owner=owner)
    if request.method == "POST" and form.is_valid():
        changes = form.changes()
        services.change_preferences(owner=owner, changes=changes)
        messages.success(request, "Saved" if form.changed_data else "Nothing to change")
        response = redirect("preferences")
        if "theme" in changes:
            show_before_sign_in(request, response, changes["theme"])
        return response
    return render(
        request, "crm/owner/preferences.html", {"form": form, "zones": choices.zones().values()}
    )
