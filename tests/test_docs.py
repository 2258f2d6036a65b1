from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
READS = re.compile(r"""env(?:iron)?(?:\.[a-z_]+)?[(\[]\s*"([A-Z][A-Z_0-9]+)\"""")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# 300 words, and the marks between them.
LONGEST_RECORD = 350
NOT_ROOMS = {"migrations", "management", "models", "templatetags"}


def read(name: str) -> str:
    text: str = (ROOT / name).read_text()
    return text


def settings_read() -> set[str]:
    return {
        name
        for file in ("crm/settings.py", "crm/runtime/home.py")
        for name in READS.findall(read(file))
    } - {"XDG_DATA_HOME"}


def commands() -> set[str]:
    found = ROOT.glob("*/management/commands/*.py")
    return {file.stem for file in found if not file.stem.startswith("_")}


def rooms() -> set[str]:
    """Folders with something in them."""
    found = [
        room.parent
        for top in ("crm", "properties", "leads")
        for room in ROOT.glob(f"{top}/*/__init__.py")
    ]
    return {
        f"{room.parent.name}/{room.name}"
        for room in found
        if room.name not in NOT_ROOMS and len(list(room.rglob("*.py"))) > 1
    }


def documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def test_every_setting_is_described() -> None:
    page = read("docs/settings.md")
    described = re.findall(r"^\| `([A-Z_0-9]+)`", page, re.M)

    assert {name for name in settings_read() if f"`{name}`" not in page} == set()
    assert len(described) == len(set(described))


def test_every_described_setting_is_read() -> None:
    described = set(re.findall(r"^\| `([A-Z_0-9]+)`", read("docs/settings.md"), re.M))
    code = "".join(file.read_text() for file in (ROOT / "crm").rglob("*.py"))

    # Read by uvicorn.
    described.remove("FORWARDED_ALLOW_IPS")
    assert {name for name in described if f'"{name}"' not in code} == set()


def test_every_command_is_described() -> None:
    described = set(re.findall(r"^\| `([a-z]+)", read("docs/commands.md"), re.M))

    assert described == commands()


def test_every_room_has_its_paragraph() -> None:
    described = set(re.findall(r"^### ([a-z]+/[a-z]+)$", read("docs/architecture.md"), re.M))

    assert rooms() - described == set()


def test_rooms_are_described_in_order() -> None:
    described = re.findall(r"^### (crm/[a-z]+)$", read("docs/architecture.md"), re.M)

    assert described == sorted(described)


@pytest.mark.parametrize("document", documents(), ids=lambda file: file.name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = [link.split("#")[0] for link in LINK.findall(document.read_text())]
    inside = [link for link in targets if link and "://" not in link and "mailto:" not in link]

    assert [link for link in inside if not (document.parent / link).exists()] == []


@pytest.mark.parametrize(
    "record", sorted((ROOT / "docs/decisions").glob("0*.md")), ids=lambda file: file.name
)
def test_decision_is_short_and_whole(record: Path) -> None:
    text = record.read_text()

    assert len(text.split()) < LONGEST_RECORD
    assert re.findall(r"^## (\w+)", text, re.M) == ["Context", "Decision", "Consequences"]


def test_index_names_every_page() -> None:
    index = read("docs/README.md")
    missing = [
        str(file.relative_to(ROOT / "docs"))
        for file in (ROOT / "docs").rglob("*.md")
        if file.name != "README.md"
        and file.parent.name != "decisions"
        and f"]({file.relative_to(ROOT / 'docs')})" not in index
    ]

    assert missing == []


def test_readme_opens_with_both_commands() -> None:
    first_screen = "\n".join(read("README.md").splitlines()[:45])

    assert "python3 manage.py up" in first_screen
    assert "python3 manage.py test" in first_screen
