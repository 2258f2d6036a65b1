"""Loaded before the settings are: tests write to a folder of their own, never to the owner's."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

import pytest

if not os.environ.get("DATABASE_URL"):
    raise pytest.UsageError("There is no DATABASE_URL. Run `python3 manage.py test` instead.")

# The workers of a parallel run inherit the folder of the process that started them.
if "PYTEST_XDIST_WORKER" not in os.environ:
    folder = tempfile.mkdtemp(prefix="porchlight-tests-")
    os.environ["PORCHLIGHT_HOME"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
