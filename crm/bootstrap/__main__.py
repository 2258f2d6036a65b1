"""Sets up and returns: for images and for the checks, which run several tools afterwards."""

from __future__ import annotations

import sys

from crm.bootstrap import ROOT, told_plainly
from crm.bootstrap.builder import set_up
from crm.bootstrap.environment import Environment

with told_plainly():
    set_up(Environment(ROOT, development="--development" in sys.argv))
