"""What can be done to many people at once; each runs inside one operation that can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms

from crm.audit.services import operation
from crm.events.services import record
from crm.lists.declaration import BulkAction, Outcome, Rows
from crm.lists.picked import PickedField
from crm.lists.wording import amount
from leads.followups import services as followups
from leads.models import FollowUp, Lead, LeadTag, Stage, Tag
from leads.people import services as people
from leads.people.services.leads import tag_named
from leads.roi import services as roi
from leads.scoring import services as scoring

NOUN = ("person", "people")
THERE = "they are there already"


def some_tags(**options: Any) -> PickedField:
    nothing = {"required": "Tick a tag, or type one."}
    return PickedField(Tag, listed="leads", filter="tags", label="Tags", strict=True,
                       error_messages=nothing, **options)  # fmt: skip


class TagForm(forms.Form):
    tags = some_tags(help_text="Tick some, or type new ones, parted by commas.")


class UntagForm(forms.Form):
    tags = some_tags(may_add=False, help_text="Tick some, or type them, parted by commas.")


class StageForm(forms.Form):
    stage = forms.ModelChoiceField(Stage.objects.all(), empty_label="Choose a stage")
    lost_reason = forms.ChoiceField(
        label="If lost, because",
        choices=[("", "Not said"), *Lead.LostReason.choices],
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        stage = told.get("stage")
        lost = stage is not None and stage.kind == Stage.Kind.LOST
        if lost and not told.get("lost_reason") and "lost_reason" not in self.errors:
            self.add_error("lost_reason", "Choose what came nearest.")
        return told


class FollowUpForm(forms.Form):
    title = forms.CharField(label="What to do", max_length=300)
    kind = forms.ChoiceField(choices=FollowUp.Kind.choices, initial=FollowUp.Kind.CALL)
    due_on = forms.DateField(label="On the day", widget=forms.DateInput(attrs={"type": "date"}))


def _held(data: Mapping[str, Any], ids: Sequence[UUID]) -> tuple[list[int], set[tuple[UUID, int]]]:
    """The tags, and who of those has which of them."""
    tags = [tag.pk or tag_named(tag.name).pk for tag in data["tags"]]
    held = LeadTag.objects.filter(tag__in=tags, lead__in=ids)
    return tags, set(held.values_list("lead_id", "tag_id"))


def tag(rows: Rows, data: Mapping[str, Any]) -> Outcome:
    ids = _ids(rows)
    tags, held = _held(data, ids)
    fresh = [(id, tag) for id in ids for tag in tags if (id, tag) not in held]
    LeadTag.objects.bulk_create(
        (LeadTag(lead_id=id, tag_id=tag) for id, tag in fresh), ignore_conflicts=True
    )
    done = len({id for id, _ in fresh})
    return Outcome(done, _left("they have it already", len(ids) - done))


def untag(rows: Rows, data: Mapping[str, Any]) -> Outcome:
    ids = _ids(rows)
    tags, held = _held(data, ids)
    LeadTag.objects.filter(tag__in=tags, lead__in=ids).delete()
    done = len({id for id, _ in held})
    return Outcome(done, _left("they did not have it", len(ids) - done))


def move(rows: Rows, data: Mapping[str, Any]) -> Outcome:
    to, ids = data["stage"], _ids(rows)
    reason = data["lost_reason"] if to.kind == Stage.Kind.LOST else ""
    moving = Lead.objects.filter(id__in=ids).exclude(stage=to)
    with operation("Move leads") as id:
        if to.kind == Stage.Kind.LOST:
            roi.end_of_many(leads=list(moving.values_list("id", flat=True)))
        moved = moving.update(stage=to, lost_reason=reason)
        if moved:
            record("leads.moved", subject=id, data={"count": moved, "to": to.id}, operation=id)
    scoring.score(leads=ids)
    return Outcome(moved, _left(THERE, len(ids) - moved))


def follow_up(rows: Rows, data: Mapping[str, Any]) -> Outcome:
    """One for each, with its reminders; whoever must not be contacted is left out."""
    leads = _ids(rows.filter(do_not_contact=False))
    values = {name: data[name] for name in ("title", "kind", "due_on")}
    done = followups.plan_many(leads=leads, **values)
    return Outcome(done, _left("they asked not to be contacted", rows.count() - done))


def archive(rows: Rows, _data: Mapping[str, Any]) -> Outcome:
    leads = list(rows.only("id", "state", "data_key"))
    people.archive(leads=leads)
    return Outcome(len(leads))


def _ids(rows: Rows) -> list[UUID]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _left(why: str, number: int) -> dict[str, int]:
    return {why: number} if number else {}


def _named(data: Mapping[str, Any]) -> str:
    return ", ".join(tag.name for tag in data["tags"])


BULK = [
    BulkAction("stage", "Stage", "square-kanban", move,
               lambda number, data: f"{amount(number, NOUN)} moved to {data['stage']}",
               form=StageForm, asks="Move to a stage"),
    BulkAction("follow-up", "Follow-up", "calendar-plus", follow_up,
               lambda number, _: f"{amount(number, ('follow-up', 'follow-ups'))} planned",
               form=FollowUpForm, asks="Plan a follow-up"),
    BulkAction("tag", "Tag", "tag", tag,
               lambda number, data: f"{amount(number, NOUN)} tagged {_named(data)}", form=TagForm,
               asks="Add tags"),
    BulkAction("untag", "Remove a tag", "minus", untag,
               lambda number, data: f"{_named(data)} taken from {amount(number, NOUN)}",
               form=UntagForm, asks="Remove tags"),
    BulkAction("archive", "Archive", "archive", archive,
               lambda number, _: f"{amount(number, NOUN)} archived"),
]  # fmt: skip
