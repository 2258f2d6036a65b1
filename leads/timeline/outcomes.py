"""How a talk can have gone, by its kind, and which key says so."""

from __future__ import annotations

from dataclasses import dataclass

from leads.models import Interaction

Kind, Is = Interaction.Kind, Interaction.Outcome


@dataclass(frozen=True)
class Choice:
    key: str
    value: str
    label: str
    icon: str


def _choices(*given: tuple[Interaction.Outcome, str, str]) -> tuple[Choice, ...]:
    return tuple(
        Choice(str(key), outcome.value, label, icon)
        for key, (outcome, label, icon) in enumerate(given, start=1)
    )


CALL = _choices(
    (Is.REACHED, "Reached", "phone-call"),
    (Is.LEFT_MESSAGE, "Left message", "voicemail"),
    (Is.NO_ANSWER, "No answer", "phone-missed"),
    (Is.WRONG_NUMBER, "Wrong number", "phone-off"),
)
WRITTEN = _choices(
    (Is.REACHED, "They answered", "message-circle"),
    (Is.LEFT_MESSAGE, "Sent, no answer yet", "send"),
    (Is.NO_ANSWER, "Not delivered", "circle-alert"),
    (Is.WRONG_NUMBER, "Wrong number", "phone-off"),
)
EMAIL = _choices(
    (Is.REACHED, "They answered", "mail"),
    (Is.LEFT_MESSAGE, "Sent, no answer yet", "send"),
    (Is.NO_ANSWER, "Not delivered", "circle-alert"),
    (Is.WRONG_NUMBER, "Wrong address", "circle-x"),
)
MET = _choices(
    (Is.HELD, "Took place", "circle-check"),
    (Is.NO_SHOW, "Did not come", "user-round"),
    (Is.CANCELLED, "Cancelled", "circle-x"),
)
BY_KIND = {
    Kind.CALL.value: CALL,
    Kind.TEXT.value: WRITTEN,
    Kind.MESSENGER.value: WRITTEN,
    Kind.EMAIL.value: EMAIL,
    Kind.MEETING.value: MET,
    Kind.SHOWING.value: MET,
}
# What the popover offers, and of which of them it asks how long they took.
QUICK = (Kind.CALL, Kind.TEXT, Kind.EMAIL, Kind.MESSENGER, Kind.MEETING, Kind.SHOWING)
TIMED = (Kind.CALL, Kind.MEETING, Kind.SHOWING)
# Beside the keys of the outcomes.
FEEDBACK_KEYS = {feedback.value: str(key) for key, feedback in enumerate(Interaction.Feedback, 5)}
ICONS = {
    Kind.CALL.value: "phone",
    Kind.TEXT.value: "message-circle",
    Kind.MESSENGER.value: "message-circle",
    Kind.EMAIL.value: "mail",
    Kind.MEETING.value: "calendar",
    Kind.SHOWING.value: "door-open",
    Kind.NOTE.value: "notebook-pen",
    Kind.VISIT.value: "eye",
}


def of(kind: str) -> tuple[Choice, ...]:
    return BY_KIND.get(kind, ())


def label(kind: str, outcome: str) -> str:
    found = (choice.label for choice in of(kind) if choice.value == outcome)
    return next(found, "")
