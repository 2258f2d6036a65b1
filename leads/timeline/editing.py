"""An entry set right: from which state it was begun, and what another window did meanwhile."""

from __future__ import annotations

import hashlib
from typing import Any, cast
from uuid import UUID

from django.http import QueryDict

from crm.audit.services import operation
from leads.models import Attachment, Interaction
from leads.timeline import services, wording
from leads.timeline.forms import EntryForm


def first(one: Interaction) -> dict[str, Any]:
    names = (*services.CHANGEABLE, "kind")
    values = {name: getattr(one, name) for name in names if name != "listing"}
    return values | {"home": one.listing.title if one.listing else "", "seen": state(one)}


def state(one: Interaction) -> str:
    """A name for what the entry says now, from which nobody reads what that is."""
    said = [str(getattr(one, name)) for name in services.CHANGEABLE if name != "listing"]
    said += [str(one.listing_id), str(one.data_key)]
    return hashlib.sha256("\x1f".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def changed_since(one: Interaction, form: EntryForm) -> bool:
    return bool(form.cleaned_data["seen"]) and form.cleaned_data["seen"] != state(one)


def seen_anew(one: Interaction, form: EntryForm) -> EntryForm:
    """The same form with all that was typed; saved again, it takes the place of what is there."""
    data = cast("QueryDict", form.data).copy()
    data["seen"] = state(one)
    return EntryForm(data, kind=one.kind)


def context(one: Interaction, form: EntryForm) -> dict[str, Any]:
    return {
        "lead": one.lead,
        "interaction": one,
        "form": form,
        "now_says": wording.interaction(one.lead, one),
        "files": [
            wording.file(file) for file in Attachment.objects.filter(interaction=one).order_by("id")
        ],
    }


def save(one: Interaction, form: EntryForm) -> UUID | None:
    with operation("Edit an entry") as whole:
        values = form.values()
        # The field shows minutes; a moment that was left alone keeps its seconds.
        if values.get("at") == one.at.replace(second=0, microsecond=0):
            del values["at"]
        if "home" in form.fields:
            values["listing"], _ = services.home_named(form.home_named, known=one.listing)
        done = services.change(
            interaction=one, values=values, files=form.cleaned_data["attached"] or ()
        )
    return whole if done else None
