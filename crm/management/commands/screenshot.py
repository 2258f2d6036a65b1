from __future__ import annotations

import os
import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from crm.models import Owner

FORMS = (("", False, False), ("-dark", True, False), ("-390", False, True))
PAGES = {"today": "today:today", "settings": "settings"}


class Command(BaseCommand):
    help = "Take the pictures of the docs: today, settings; light, dark, and as a phone shows them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pages", nargs="*", help="names of addresses; without any, the docs'")
        parser.add_argument("--out", type=Path, default=settings.BASE_DIR / "docs" / "img")
        parser.add_argument("--full", action="store_true", help="the whole page, not one screen")

    def handle(self, *_: Any, pages: list[str], out: Path, full: bool, **__: Any) -> None:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        if chromium is None:
            raise CommandError("Chromium is not installed: `apt-get install chromium`.")
        owner = Owner.objects.first()
        if owner is None:
            raise CommandError("No one has moved in: run `python3 manage.py up --demo` first.")
        out.mkdir(parents=True, exist_ok=True)
        self.take(chosen(pages), owner, chromium, out, full=full)

    def take(
        self, pages: dict[str, str], owner: Owner, chromium: str, out: Path, *, full: bool
    ) -> None:
        # Playwright's loop runs in this thread; Django is only asked between its steps.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        from crm.shell.pictures import Picture, take_all

        pictures = [
            Picture(f"{name}{suffix}", reverse(address), dark=dark, phone=phone, full=full)
            for name, address in pages.items()
            for suffix, dark, phone in FORMS
        ]
        for file in take_all(pictures, owner, chromium, out, sandbox=os.geteuid() != 0):
            self.stdout.write(str(file))


def chosen(names: list[str]) -> dict[str, str]:
    return {name.replace(":", "-"): name for name in names} or PAGES
