"""What the runner shows: whole lines of text, and below them a progress bar per running figure."""

import sys
import time

from tqdm.std import tqdm

DELAY = 1  # seconds before a bar appears


class Screen:
    """Progress bars at the bottom of the terminal, one line for each figure that runs.

    Without a terminal there are no bars, and lines are printed as usual. Only one thread may use
    it.
    """

    def __init__(self):
        self._bars = {}  # place → (id of the shown bar, tqdm)

    def say(self, text, file=None):
        """Print a line above the bars."""
        file = file or sys.stdout
        tqdm.write(text, file=file)
        file.flush()

    def show(self, place, figure_id, open_bars):
        """Show the innermost of a figure's open bars, with those around it in words.

        Parameters
        ----------
        place : line of the bar, counted from 0
        figure_id : such as "fig01"
        open_bars : list of reports of `dvlib.refits.progress`, outermost first; each with the time
            of its first report as "since"
        """
        if not sys.stderr.isatty():
            return
        *outer, inner = open_bars or [None]
        around = [f"{one['what']} {one['n']}/{one['total']}" for one in outer]
        words = f"{figure_id}  {', '.join([*around, inner['what'] if inner else ''])}"
        shown, bar = self._bars.get(place, (None, None))
        key = inner and (figure_id, inner["bar"], inner["since"])
        if key != shown:
            self.clear(place)
            if inner is None or time.monotonic() - inner["since"] < DELAY:
                return
            bar = tqdm(
                desc=words, total=inner["total"], initial=inner["n"], unit=inner["unit"],
                position=place, file=sys.stderr, leave=False, dynamic_ncols=True,
            )  # fmt: skip
            self._bars[place] = key, bar
        if bar is not None:
            bar.set_description(words, refresh=False)
            bar.set_postfix_str(inner["text"], refresh=False)
            bar.n = inner["n"]
            bar.refresh()

    def clear(self, place=None):
        """Remove the bar at a place, or all bars."""
        for one in [place] if place is not None else [*self._bars]:
            _, bar = self._bars.pop(one, (None, None))
            if bar is not None:
                bar.close()
                sys.stderr.write("\r")  # tqdm leaves the cursor at the end of the line
