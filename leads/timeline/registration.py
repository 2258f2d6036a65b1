from __future__ import annotations

from crm.demo.registry import register as register_demo
from crm.runtime import ticks
from crm.shell.keys import Key
from crm.shell.keys import register as register_key
from leads.people.panels import Panel
from leads.people.panels import register as register_panel
from leads.timeline import attachments, composing, demo, holding, naming_them, shown


def register() -> None:
    holding.register()
    naming_them.register()
    template = "leads/timeline/_composer_panel.html"
    register_panel(Panel("composer", "main", 10, template, composing.panel))
    register_panel(Panel("timeline", "main", 20, "leads/timeline/_timeline.html", shown.panel))
    register_key(Key(("L",), "Log a call, text, letter or meeting"))
    register_key(Key(("1", "4"), "How it went, in the log", joined="to"))
    register_key(Key(("T", "D", "W", "P"), "When to follow up, in the log", joined=""))
    ticks.register("timeline.sweep", every=86_400, run=attachments.sweep, slow=True)
    register_demo("what was said", demo.build, 60)
