"""Charts as SVG made by the server: text stays crisp, nothing runs, and it prints.

Each chart is a plain object that a view puts into its context; `{{ chart }}` draws it. Widths are
percentages, so that it fits its place without script. With `mail=True` it needs no stylesheet.
"""

from crm.shell.charts.bars import Bars, funnel
from crm.shell.charts.drawing import Chart, scale, share, short
from crm.shell.charts.lines import Histogram, Line, Spark
from crm.shell.charts.meters import Goal, Ring

__all__ = [
    "Bars",
    "Chart",
    "Goal",
    "Histogram",
    "Line",
    "Ring",
    "Spark",
    "funnel",
    "scale",
    "share",
    "short",
]
