from __future__ import annotations

import re
import tomllib

from django.conf import settings
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ENTRY = re.compile(
    r"^([a-z0-9][a-z0-9.-]*)==([^ ]+)(?: ; (.*?))? \\\n((?:    --hash=.*\n?)+)", re.M
)
HINT = "run `manage.py lock`"


def read(name: str) -> str:
    text: str = (settings.BASE_DIR / name).read_text()
    return text


def entries(name: str) -> set[tuple[str, str, str]]:
    return {(package, version, marker) for package, version, marker, _ in ENTRY.findall(read(name))}


def versions_here(name: str) -> dict[str, str]:
    """Those that an installer would take on this machine."""
    return {
        package: version
        for package, version, marker in entries(name)
        if not marker or Marker(marker).evaluate()
    }


def unmet(asked: list[str], lock: str) -> list[str]:
    found = versions_here(lock)
    wanted = [Requirement(line) for line in asked]
    return [
        str(requirement)
        for requirement in wanted
        if (not requirement.marker or requirement.marker.evaluate())
        and found.get(canonicalize_name(requirement.name), "") not in requirement.specifier
    ]


def test_locks_hold_what_the_project_asks_for() -> None:
    project = tomllib.loads(read("pyproject.toml"))

    assert unmet(project["project"]["dependencies"], "requirements.lock") == [], HINT
    assert unmet(project["dependency-groups"]["dev"], "requirements-dev.lock") == [], HINT


def test_tools_come_on_top_of_the_product() -> None:
    assert entries("requirements.lock") - entries("requirements-dev.lock") == set(), HINT


def test_every_line_is_hashed_and_names_no_index() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert ENTRY.sub("", read(name)) == "", name


def test_every_dependency_says_why_it_is_there() -> None:
    lines = read("pyproject.toml").splitlines()
    project = tomllib.loads(read("pyproject.toml"))
    asked = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    silent = []
    above = ""
    for line in lines:
        named = next((name for name in asked if f'"{name}"' in line), None)
        # A comment above serves the lines that follow it until the next plain one.
        if named and "#" not in line and "#" not in above:
            silent.append(named)
        above = line if not (named and "#" in above) else above

    assert silent == []
