"""How values become colours, and what a colour bar says of them.

White is zero. Blue is above zero and red is below it, the darker the farther; high values are blue
in the paper, too. A few kinds of values have no zero to compare with. They go from light yellow,
the lowest value, to dark blue, the highest. Grey has no value.
"""

from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator, ScalarFormatter

from dvlib.methods.registry import known_methods
from dvlib.paper.drawing.look import NO_VALUE

FROM_ZERO, FROM_LOWEST = "RdBu", "YlGnBu"  # ColorBrewer's, for colour-blind readers
ALIKE = 4  # panels share a scale if the reach of the widest is at most so many times theirs


class Meaning(NamedTuple):
    """What values are, and what it means if one is high."""

    what: str
    high: str
    from_zero: bool = True
    alone: bool = False  # each panel has a scale of its own


# Of quantities that no method of the list gives, by their first words.
QUANTITIES = {
    "partner": Meaning("agreement with g", "model near g", from_zero=False),
    "joint": Meaning("joint effect", "the pair matters"),
    "interaction": Meaning("interaction", "can replace each other"),
    "rank correlation": Meaning("rank correlation", "same order"),
    "statements": Meaning("share that hold, less one half", "the statements hold"),
    "overlap": Meaning("overlap of top deciles", "same points"),
    "soft dv": Meaning("mean difference of P", "moves the predictions"),
    "1 − P": Meaning("1 − P", "unlikely label"),
    "explained": Meaning("share of the variance", "explained"),
}
OTHER = Meaning("value", "important")


class Scale(NamedTuple):
    """The colours of values."""

    ends: tuple  # the lowest and the highest value with a colour of its own
    meaning: Meaning
    separate: bool = False  # another panel of this figure has this kind of values on another scale

    @property
    def norm(self):
        if not self.meaning.from_zero:
            return Normalize(*self.ends)
        reach = max(map(abs, self.ends))
        return Normalize(-reach, reach)

    @property
    def colours(self):
        """The colour map. Infinite values are black, missing ones grey."""
        name = FROM_ZERO if self.meaning.from_zero else FROM_LOWEST
        return matplotlib.colormaps[name].with_extremes(bad=NO_VALUE, under="black", over="black")

    @property
    def label(self):
        note = " (own scale)" if self.separate else ""
        return f"{self.meaning.what}{note}\nhigh = {self.meaning.high}"


def meaning_of(name):
    """The Meaning of the values of a method, from its title and the list of methods, or of another
    quantity."""
    for method in known_methods().values():
        if method.title == name.split(",")[0]:
            return Meaning(method.unit, method.high, method.from_zero, method.alone)
    known = (meaning for words, meaning in QUANTITIES.items() if name.startswith(words))
    return next(known, OTHER)


def scales(panels):
    """The scale of each panel of a figure, a list of (method, values of any shape): list of Scale.

    Panels of values of one kind share a scale, unless it would hide what a panel shows: a reach
    more than `ALIKE` times smaller gets a scale of its own.
    """
    meanings = [meaning_of(method) for method, _ in panels]
    ends = [_ends(values, m) for (_, values), m in zip(panels, meanings, strict=True)]
    reach = [max(map(abs, end)) if m.from_zero else np.ptp(end)
             for end, m in zip(ends, meanings, strict=True)]  # fmt: skip
    chosen = {k: Scale(ends[k], meanings[k]) for k in range(len(panels))}
    groups = []
    for k in np.argsort(reach)[::-1]:
        if not np.isfinite(panels[k][1]).any():
            continue  # nothing is drawn
        same = [group for group in groups if meanings[group[0]].what == meanings[k].what]
        if same and not meanings[k].alone and reach[k] * ALIKE >= reach[same[-1][0]]:
            same[-1].append(k)
        else:
            groups.append([k])
    seen = set()
    for group in groups:  # the widest first
        low, high = min(ends[k][0] for k in group), max(ends[k][1] for k in group)
        kind = meanings[group[0]]
        separate = kind.what in seen or (kind.alone and meanings.count(kind) > 1)
        chosen |= {k: Scale((low, high), meanings[k], separate) for k in group}
        seen.add(kind.what)
    return list(chosen.values())


def _ends(values, meaning):
    """The lowest and the highest finite value, and zero where it counts."""
    finite = np.asarray(values)[np.isfinite(values)]
    if meaning.from_zero or not finite.size:
        finite = np.append(finite, 0.0)
    low, high = finite.min(), finite.max()
    if low < high:
        return low, high
    return (low, low + 1.0) if meaning.from_zero else (low - 0.001, low + 0.001)


def colour_bar(image, ax, scale):
    """A colour bar as high as the panel, cut to the values that occur, that says what high means.

    An arrow at an end stands for infinite values.
    """
    low, high = scale.ends
    below, above = (image.get_array() < low).any(), (image.get_array() > high).any()
    extend = "both" if below and above else "min" if below else "max" if above else "neither"
    place = ax.inset_axes([1.03, 0, 0.05, 1])
    # Numbers in full: a power of ten would stand apart from the bar.
    numbers = ScalarFormatter(useOffset=False)
    numbers.set_scientific(False)
    # A fixed number of ticks: one that follows the bar's length changes while panels are laid out.
    ticks = MaxNLocator(7, steps=[1, 2, 2.5, 5, 10])
    bar = ax.figure.colorbar(image, cax=place, extend=extend, format=numbers, ticks=ticks)
    place.set_ylim(low, high)
    infinite = "" if extend == "neither" else ", arrow = infinite"
    bar.set_label(scale.label + infinite, fontsize=8)
    place.tick_params(labelsize=8)
    return bar
