"""What was said with the people of the demonstration, over the last weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from leads.followups import clock
from leads.models import Interaction, Lead
from leads.people.demo import PEOPLE
from leads.timeline import services


@dataclass(frozen=True)
class Said:
    days: int
    time: str
    kind: str
    direction: str = "out"
    outcome: str = ""
    minutes: int | None = None
    subject: str = ""
    body: str = ""
    home: str = ""
    feedback: str = ""
    sentiment: str = ""
    file: str = ""


LETTER = b"""%PDF-1.4
% A made-up letter of a made-up bank, for the demonstration.
%%EOF
"""
TALKS: dict[str, list[Said]] = {
    "Dana Whitfield": [
        Said(0, "8:47", "visit", minutes=6, home="12 Acacia Lane",
             subject="mostly the price history and the map. Visit 4 since Sunday"),
        Said(1, "17:20", "email", "in", subject="Re: Tuesday showing",
             body="10:30 works. Marco joins by video from Manila. Could we also see the roof deck "
             "and ask about flooding on the access road?"),
        Said(1, "11:05", "call", outcome="reached", minutes=7, sentiment="good",
             body="Asked about association dues and internet. Loan letter from the bank arrives "
             "this week. Marco decides with her."),
        Said(2, "20:28", "email", subject="Three homes near good schools",
             body="A shortlist of 3 homes, with floor plans."),
        Said(4, "15:00", "showing", outcome="held", minutes=40, home="One Verdana 17C",
             feedback="liked", sentiment="mixed",
             body="Loved the light, too small for a home office. Title would be in his name "
             "for a house and lot."),
        Said(4, "9:40", "note", body="Loan pre-approval, ₱12M", file="Loan pre-approval.pdf"),
        Said(9, "10:15", "call", "in", "reached", minutes=12,
             body="Moving from Austin by August. Fibre is a must, both work from home."),
        Said(14, "14:09", "call", outcome="left_message"),
    ],
    "Jasmine Uy": [
        Said(0, "0:00", "email", "in", subject="Townhouse on Acacia Lane",
             body="Hi, is the townhouse on Acacia Lane still available? My husband and I can view "
             "this weekend."),
    ],
    "Ramon Villareal": [
        Said(3, "9:20", "call", outcome="reached", minutes=9,
             body="The bank wants one more payslip. He asks by Friday."),
        Said(8, "16:00", "showing", outcome="held", home="Maple Row 6", feedback="loved",
             body="His wife measured the kitchen twice."),
        Said(12, "13:30", "meeting", outcome="held", minutes=45, subject="Budget and areas",
             body="₱8M to ₱10M, Banilad first, Talamban if the garden is large."),
    ],
    "Miguel Navarro": [
        Said(6, "18:10", "messenger", "in", body="We like Maple Row 6 a lot, talking it over."),
        Said(6, "17:00", "showing", outcome="held", home="Maple Row 6", feedback="loved",
             sentiment="good"),
        Said(10, "10:40", "call", outcome="reached", minutes=14),
    ],
    "Patricia Lim": [
        Said(1, "19:12", "visit", minutes=3, home="Casa Amihan"),
        Said(2, "11:30", "call", outcome="reached", minutes=11, sentiment="good",
             body="Wants to see Casa Amihan with her sister."),
        Said(11, "15:00", "meeting", outcome="held", minutes=50, subject="First talk",
             body="Returns from Singapore for good. Sea view before size."),
    ],
    "Grace Tolentino": [
        Said(1, "10:05", "call", outcome="reached", minutes=18, home="Salcedo Loft",
             body="Offered ₱13.4M. The seller answers today."),
        Said(5, "14:30", "showing", outcome="held", home="Salcedo Loft", feedback="loved"),
        Said(13, "9:10", "call", outcome="no_answer"),
    ],
    "Aileen Santos": [
        Said(3, "17:45", "text", "in", body="Could you send the Talamban floor plan?"),
        Said(7, "10:00", "call", outcome="left_message"),
    ],
    "Kevin O\u2019Brien": [
        Said(4, "21:15", "visit", minutes=9, home="IT Park Studio 9F"),
        Said(9, "16:20", "email", subject="Studios near IT Park",
             body="Four studios, two of them with a sitting tenant."),
    ],
    "Sofia Ramirez": [
        Said(95, "11:00", "call", outcome="reached", minutes=20,
             body="The garden is coming along. Knows a couple who look for a condo."),
    ],
    "Paolo Enriquez": [
        Said(1, "16:00", "call", outcome="reached", minutes=6, home="One Verdana 17C",
             body="Brings both IDs to the signing."),
        Said(6, "15:30", "showing", outcome="held", home="One Verdana 17C", feedback="loved"),
    ],
}  # fmt: skip


# The first try after somebody came, in turns; whoever lives far away is written to.
FIRST = [
    Said(0, "", "call", outcome="reached", minutes=6,
         body="Introduced myself. What they look for, and by when."),
    Said(0, "", "text", body="Thank you for asking. When would a short call suit you today?"),
    Said(0, "", "call", outcome="left_message"),
    Said(0, "", "call", outcome="reached", minutes=9, body="Knows what they want. Sends papers."),
    Said(0, "", "call", outcome="no_answer"),
]  # fmt: skip
FROM_AFAR = Said(0, "", "messenger", body="Thank you for asking. Which hour suits you for a call?")
MINUTES = (2, 4, 3, 1, 4, 3, 2)
# On a busy day, in minutes.
SLOW = {"Liza Ocampo": 95, "Joshua Delgado": 190}


def build() -> None:
    for number, somebody in enumerate(PEOPLE):
        lead = Lead.objects.present().filter(name=somebody.name).first()
        if lead is None or Interaction.objects.filter(lead=lead).exists():
            continue
        # Whoever came today still waits.
        if somebody.days >= 1:
            answer(lead, number)
        tell(lead, TALKS.get(somebody.name, []))


def answer(lead: Lead, number: int) -> None:
    """A good agent's first try, minutes after they came."""
    near = lead.zone == str(clock.zone())
    wait = SLOW.get(lead.name, MINUTES[number % len(MINUTES)])
    said = FIRST[number % len(FIRST)] if near else FROM_AFAR
    _log(lead, said, lead.arrived_at + dt.timedelta(minutes=wait))


def tell(lead: Lead, talks: list[Said]) -> None:
    for said in talks:
        _log(lead, said, _when(lead, said))


def _log(lead: Lead, said: Said, at: dt.datetime) -> None:
    home, _ = services.home_named(said.home)
    services.log(
        lead=lead, kind=said.kind, direction=said.direction, at=at,
        outcome=said.outcome, minutes=said.minutes, subject=said.subject, body=said.body,
        sentiment=said.sentiment, listing=home, feedback=said.feedback,
        origin="received" if said.direction == "in" and said.kind == "email" else "logged",
        files=[SimpleUploadedFile(said.file, LETTER)] if said.file else (),
    )  # fmt: skip


def _when(lead: Lead, said: Said) -> dt.datetime:
    """That day at that time by the owner's clock; neither before they came nor still to come."""
    now, zone = timezone.now(), clock.zone()
    day = clock.day(now, zone) - dt.timedelta(days=said.days)
    hour, minute = map(int, said.time.split(":"))
    at = clock.at(day, dt.time(hour, minute), zone)
    return min(max(at, lead.arrived_at), now)
