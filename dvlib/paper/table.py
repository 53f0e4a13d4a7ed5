"""Tables of results: shown whole in notebooks and book, and saved in a figure's bundle."""

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
    """A pandas table that shows its whole text (pandas cuts it at 50 characters).

    `kind` says what its numbers are, for a bundle: a name of `TOLERANCES` in
    `dvlib.suite.verify`, or a dict of method or order → name ("" = any other).
    """

    frame: pd.DataFrame
    kind: str | dict = "given"

    def to_frame(self):
        """The pandas table."""
        return self.frame

    def _repr_html_(self):
        with pd.option_context(*_OPTIONS):
            html = self.frame.to_html(border=0, max_rows=None)
        for tag in ("td", "th"):
            html = html.replace(f"<{tag}>", f"<{tag}{_CELL}>")
        return html

    def __repr__(self):
        return repr(self.frame)
