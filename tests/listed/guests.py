"""The list of guests, as a room declares one."""

from __future__ import annotations

from django import forms
from django.db.models import Prefetch, Q, Value
from django.db.models.functions import Coalesce

from crm.lists.declaration import (
    Builtin,
    BulkAction,
    Column,
    Filter,
    Finder,
    ListOf,
    More,
    Option,
    Outcome,
    Related,
    Sort,
)
from crm.shell import marks
from tests.listed.models import Field, Guest, Source, Tag, Tagging
from tests.listed.models import Value as CustomValue

COLUMNS_OF = {"text": "text", "number": "number", "date": "day"}


def tag_options():
    return [Option(str(tag.id), tag.name) for tag in Tag.objects.order_by("name")]


def sources(**chosen):
    found = Source.objects.filter(**chosen).order_by("name")
    return [Option(str(source.id), source.name) for source in found[:20]]


SOURCES = Finder(
    search=lambda typed: sources(name__icontains=typed),
    named=lambda values: sources(id__in=[value for value in values if value.isdigit()]),
)


def own_fields():
    fields = list(Field.objects.order_by("id"))
    return More([filter_of(field) for field in fields], [column_of(field) for field in fields])


def filter_of(field):
    return Filter(
        f"field-{field.id}",
        field.name,
        field.kind,
        by=COLUMNS_OF[field.kind],
        related=Related(CustomValue, "guest", Q(field=field)),
        group="Your own fields",
    )


def column_of(field):
    return Column(
        f"field-{field.id}",
        field.name,
        lambda guest: own_value(guest, field),
        prepare=with_values,
        default=False,
    )


def with_values(rows):
    return rows.prefetch_related(Prefetch("values", CustomValue.objects.all(), "own_values"))


def own_value(guest, field):
    for value in guest.own_values:
        if value.field_id == field.id:
            return getattr(value, COLUMNS_OF[field.kind])
    return ""


class TagForm(forms.Form):
    tag = forms.ModelChoiceField(Tag.objects.order_by("name"))


def tag(rows, data):
    taggings = [Tagging(guest_id=pk, tag=data["tag"]) for pk in rows.values_list("pk", flat=True)]
    before = Tagging.objects.filter(tag=data["tag"], guest__in=rows).count()
    Tagging.objects.bulk_create(taggings, ignore_conflicts=True)
    left = {"they have it already": before} if before else {}
    return Outcome(len(taggings) - before, left)


def close(rows, _data):
    return Outcome(rows.exclude(stage="closed").update(stage="closed"))


def with_tags(rows):
    return rows.prefetch_related("tags")


def with_source(rows):
    return rows.select_related("source")


GUESTS = ListOf(
    name="guests",
    label="Guests",
    noun=("guest", "guests"),
    url_name="listed:guests",
    rows=lambda: Guest.objects.all(),
    sort="-score",
    row_url=lambda guest: f"/listed/guests/{guest.id}/",
    row_name=lambda guest: guest.name,
    preview="listed/preview.html",
    columns=[
        Column("name", "Guest", "name", sort=Sort("name_key")),
        Column(
            "stage",
            "Stage",
            lambda guest: guest.get_stage_display(),
            Sort("stage", then=("-score",)),
            drops=5,
            phone="line",
        ),
        Column(
            "score",
            "Score",
            lambda guest: marks.score(guest.score, tone="hot" if guest.score >= 75 else "cool"),
            Sort("score", descending=True),
            phone="end",
            export=lambda guest: guest.score,
        ),
        Column(
            "budget",
            "Budget",
            "budget",
            Sort(
                Coalesce("budget", Value(-1, CustomValue._meta.get_field("number"))),
                descending=True,
            ),
            number=True,
            drops=4,
        ),
        Column(
            "tags",
            "Tags",
            lambda guest: ", ".join(sorted(tag.name for tag in guest.tags.all())),
            clip=True,
            drops=3,
            prepare=with_tags,
            phone="line",
        ),
        Column(
            "met",
            "Met",
            lambda guest: guest.met_at.date().isoformat(),
            Sort("met_at", descending=True),
            drops=2,
        ),
        Column(
            "source",
            "Source",
            "listed/source.html",
            drops=1,
            prepare=with_source,
            export=lambda guest: guest.source or "",
        ),
    ],
    filters=[
        Filter("name", "Name", "text", by="name"),
        Filter(
            "stage",
            "Stage",
            "choice",
            by="stage",
            options=lambda: [Option(*choice) for choice in Guest.Stage.choices],
        ),
        Filter("score", "Score", "number", by="score"),
        Filter("budget", "Budget", "money", by="budget"),
        Filter("moving", "Moving", "date", by="moving_on", words={"next": "within {}"}),
        Filter("vip", "VIP", "yes_no", by="vip"),
        Filter(
            "tags",
            "Tags",
            "many",
            by="tag_id",
            options=tag_options,
            related=Related(Tagging, "guest"),
        ),
        Filter("source", "Source", "relation", by="source_id", options=SOURCES),
        Filter("touch", "Last touch", "activity", by="touched_at", group="Activity"),
        Filter("met", "Met", "moment", by="met_at", group="Activity"),
        Filter("rich", "Rich", "yes_no", build=lambda _how, _values: Q(budget__gte=5_000_000)),
    ],
    builtin=[
        Builtin("all", "All"),
        Builtin(
            "hot",
            "Hot",
            {"version": 1, "all": [{"filter": "score", "is": "at_least", "values": ["75"]}]},
            icon="flame",
            pinned=True,
        ),
        Builtin(
            "quiet",
            "Quiet 7 days",
            {
                "version": 1,
                "all": [
                    {"filter": "stage", "is": "any_of", "values": ["new", "showing"]},
                    {"filter": "touch", "is": "older_or_never", "values": ["7", "days"]},
                ],
            },
            icon="moon",
            pinned=True,
        ),
    ],
    bulk=[
        BulkAction(
            "tag",
            "Tag",
            "tag",
            tag,
            lambda number, data: f"{number:,} tagged {data['tag']}",
            form=TagForm,
        ),
        BulkAction("close", "Close", "check", close, lambda number, _: f"{number:,} closed"),
    ],
    more=own_fields,
)
