"""Tables that show their whole text in notebooks and book; pandas cuts it at 50 characters."""

from dataclasses import dataclass

import pandas as pd

# Those that a user's own options would change, and whole texts.
_OPTIONS = (
    "display.max_colwidth", None, "display.precision", 6, "display.float_format", None,
    "display.colheader_justify", "right", "display.html.use_mathjax", True,
)  # fmt: skip
_CELL = ' style="text-align: left; vertical-align: top"'


@dataclass(frozen=True, eq=False)
class Table:
    """A pandas table that shows its whole text and wraps long lines."""

    frame: pd.DataFrame

    def _repr_html_(self):
        with pd.option_context(*_OPTIONS):
            html = self.frame.to_html(border=0, max_rows=None)
        for tag in ("td", "th"):
            html = html.replace(f"<{tag}>", f"<{tag}{_CELL}>")
        return html

    def __repr__(self):
        return repr(self.frame)
