from __future__ import annotations

from django.urls import path

from leads.people.parts import PARTS
from leads.people.views import adding, bonds, page, reaching, standing

app_name = "people"
LEAD = "leads/<uuid:lead>/"
POINT = f"{LEAD}reach/<uuid:point>/"
urlpatterns = [
    path("leads/add/", adding.add, name="add"),
    path("leads/add/hints/", adding.hints, name="hints"),
    path(LEAD, page.lead, name="lead"),
    path(f"{LEAD}history/", page.history, name="history"),
    *[path(f"{LEAD}{name}/", page.part, {"part": name}, name=name) for name in PARTS],
    path(f"{LEAD}call/", reaching.begin, {"how": "call"}, name="call"),
    path(f"{LEAD}text/", reaching.begin, {"how": "text"}, name="text"),
    path(f"{LEAD}mail/", reaching.begin, {"how": "mail"}, name="mail"),
    path(f"{LEAD}reach/", reaching.add_point, name="add_point"),
    path(POINT, reaching.change_point, name="change_point"),
    path(f"{POINT}masked/", reaching.way, name="way"),
    path(f"{POINT}reveal/", reaching.reveal, name="reveal"),
    path(f"{POINT}remove/", reaching.remove_point, name="remove_point"),
    path(f"{LEAD}consent/<slug:channel>/", reaching.consent, name="consent"),
    path(f"{LEAD}stage/", standing.stage, name="stage"),
    path(f"{LEAD}lost/", standing.lost, name="lost"),
    path(f"{LEAD}archive/", standing.archive, name="archive"),
    path(f"{LEAD}bring-back/", standing.bring_back, name="bring_back"),
    path(f"{LEAD}do-not-contact/", standing.do_not_contact, name="do_not_contact"),
    path(f"{LEAD}bonds/", bonds.relate, name="relate"),
    path(f"{LEAD}bonds/<uuid:relationship>/remove/", bonds.unrelate, name="unrelate"),
    path(f"{LEAD}bonds/candidates/", bonds.candidates, name="candidates"),
    path(f"{LEAD}household/leave/", bonds.leave_household, name="leave_household"),
    path(f"{LEAD}referred/", bonds.referred, name="referred"),
]
