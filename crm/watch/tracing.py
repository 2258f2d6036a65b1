from __future__ import annotations

import hashlib
import traceback
from pathlib import PurePath
from types import TracebackType

from django.conf import settings

from crm.watch.redacting import DEEPEST

ELSEWHERE = ("site-packages", ".venv", "lib/python")


def frames_of(error: BaseException) -> list[str]:
    """File, line and function of each frame with its line of code; no values of any variable."""
    return [_sentence(frame) for frame in _frames(error.__traceback__)[-DEEPEST:]]


def place_of(error: BaseException) -> str:
    """The innermost place in our own code, or the innermost of all."""
    frames = _frames(error.__traceback__)
    ours = [frame for frame in frames if _is_ours(frame.filename)]
    for frame in reversed(ours or frames):
        return f"{_short(frame.filename)} in {frame.name}"
    return ""


def fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _frames(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    return list(traceback.extract_tb(trace)) if trace else []


def _sentence(frame: traceback.FrameSummary) -> str:
    return f"{_short(frame.filename)}:{frame.lineno} in {frame.name}\n    {frame.line or ''}"


def _is_ours(filename: str) -> bool:
    return filename.startswith(str(settings.BASE_DIR)) and not any(
        part in filename for part in ELSEWHERE
    )


def _short(filename: str) -> str:
    """Ours from the project's folder on, others from the package on: no one's home folder."""
    if _is_ours(filename):
        return str(PurePath(filename).relative_to(settings.BASE_DIR))
    return "/".join(PurePath(filename.rpartition("site-packages/")[2]).parts[-3:])
