from __future__ import annotations

from crm.demo import registry as parts
from crm.shell.keys import Key
from crm.shell.keys import register as register_key
from leads.today import counting, demo, holding, kinds, rules

KEYS = (
    Key(("J", "K"), "Next, previous person"),
    Key(("Enter",), "Open the person"),
    Key(("C",), "Call"),
    Key(("T",), "Text"),
    Key(("L",), "Log how it went"),
    Key(("S",), "Snooze"),
    Key(("E",), "Done"),
    Key(("Z",), "Undo"),
)


def register() -> None:
    rules.register_all()
    kinds.register_all()
    counting.register()
    holding.register()
    parts.register("scores and Today", demo.build, 900)
    for key in KEYS:
        register_key(key)
