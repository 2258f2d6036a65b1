from __future__ import annotations

from crm.audit import kinds as audit
from crm.notify import kinds, live, queries
from crm.runtime import reaching
from crm.runtime.reaching import Place, Way
from crm.shell import glance


def register() -> None:
    kinds.register_all()
    glance.register("unread", queries.UNREAD)
    glance.register("told", live.TOLD)
    reaching.register("push", push_way)
    audit.register("push.added", "A browser was added that is told by push")
    audit.register("push.removed", "A browser that was told by push was removed")


def push_way(place: Place) -> Way:
    asleep = "What was sent before arrives; nothing new is sent."
    if place.encrypted:
        sentence = "A browser is added under this address; from then on it is told without it."
        return Way("Push", "good", "Anywhere", sentence, asleep)
    sentence = "Only a browser on this machine can be added. A phone needs an address with HTTPS."
    return Way("Push", "warm", "Here only", sentence, asleep)
