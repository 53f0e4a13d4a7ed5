"""A picture of the results of `make bench`, from the JSON files of the other scripts.

`python -m benchmarks.plot` draws benchmarks/bench.png: ratios of speed, the kernel's time against
its bound, the parts of an iteration of DVRL, and the curves of `benchmarks.scaling` with fitted
and stated slopes.
"""

import json

import numpy as np

from benchmarks.timing import bench
from dvlib.paper.drawing.look import panels_of

OURS, OTHER, FITTED, STATED = "#2166ac", "#b35806", "#2166ac", "#b35806"
LABELS = {  # curve: title, label of the horizontal axis
    "training_size": ("a fit, 20 epochs, 1,000 units", "training points"),
    "hidden_size": ("a fit, 20 epochs, 671 points", "hidden units"),
    "grid_points": ("refits of X ∪ {x}", "grid points"),
    "mesh_side": ("a boundary, 1,000 units", "mesh points a side"),
    "mesh_side_few": ("a boundary, 10 units", "mesh points a side"),
    "workers": ("refits of X ∪ {x}", "workers"),
}


def ratios(reports):
    """How many times as fast dvlib is as scikit-learn, by comparison."""
    engine = reports["engine"]
    fits = {
        f"fit, {name}, {kind}": seconds[f"{kind}_over_fast"]
        for name, seconds in engine["fits"].items()
        for kind in ("float64", "float32")
    }
    return fits | {
        "mesh labels, predict": engine["labels"]["sklearn_over_fast"],
        "grid point, joblib": engine["grid_point"]["by_hand_over_fast"],
    }


def draw_bars(ax, values, form, label, log=False):
    """Horizontal bars, each with its name above it and its value beside it."""
    places = np.arange(len(values))[::-1]
    bars = ax.barh(places, list(values.values()), height=0.45, color=OURS)
    ax.bar_label(bars, [form(value) for value in values.values()], padding=3, fontsize=8)
    for place, name in zip(places, values, strict=True):
        ax.annotate(name, (0, place + 0.3), xycoords=("axes fraction", "data"), xytext=(3, 0),
                    textcoords="offset points", fontsize=8)  # fmt: skip
    ax.set_ylim(-0.5, len(values) - 0.2)
    ax.set_yticks([])
    if log:
        ax.set_xscale("log")
        ax.set_xlim(1, 4 * max(values.values()))
    else:
        ax.set_xlim(0, 1.25 * max(values.values()))
    ax.set_title(label, fontsize=10)


def draw_curve(ax, name, curve):
    """Measured points, the fitted line, and the stated slopes from the line's first point on."""
    title, axis = LABELS[name]
    sizes, ms = np.array(curve["sizes"]), 1e3 * np.array(curve["seconds"])
    ax.loglog(sizes, ms, "o", color="black", markersize=4)
    far = sizes >= curve["fitted_from"]
    low, high = curve["stated"]
    if curve["fitted"] is not None:
        logs = np.log(sizes[far])
        middle = np.exp(np.log(ms[far]).mean() + curve["fitted"] * (logs - logs.mean()))
        ax.loglog(sizes[far], middle, color=FITTED, label=f"fitted {curve['fitted']:.2f}")
        edges = [middle[0] * (sizes[far] / sizes[far][0]) ** slope for slope in (low, high)]
        stated = f"stated {low:g}" if low == high else f"stated {low:g} to {high:g}"
        ax.fill_between(sizes[far], *edges, color=STATED, alpha=0.2, linewidth=0)
        for edge, label in zip(edges, (stated, None), strict=True):
            ax.loglog(sizes[far], edge, "--", color=STATED, label=label)
        ax.legend(fontsize=8, frameon=False, loc="lower left" if high < 0 else "upper left")
    ax.set_xlabel(axis, fontsize=9)
    ax.set_ylabel("ms", fontsize=9)
    if len(sizes) < 5:
        ax.set_xticks(sizes, [f"{size:,}" for size in sizes])
        ax.xaxis.minorticks_off()
    ax.margins(0.1, 0.15)
    ax.set_title(title, fontsize=10)


def picture(reports):
    """A Drawing of `reports`, a dict of script → report."""
    figure, axes = panels_of(9, columns=3, size=3.6, dpi=90, height=0.8)
    title = "times as fast as scikit-learn"
    draw_bars(axes[0], ratios(reports), lambda v: f"{v:,.0f} ×", title, log=True)
    cycles = {}
    for name, seen in reports["bound"]["fits"].items():
        cycles[f"{name}, kernel"] = seen["cycles_step"] / 1e3
        cycles[f"{name}, bound"] = sum(seen["bound_step"].values()) / 1e3
    draw_bars(axes[1], cycles, lambda v: f"{v:.1f}", "thousand cycles a minibatch")
    parts = {name: 1e3 * s for name, s in reports["dvrl"]["iteration"]["parts"].items()}
    draw_bars(axes[2], parts, lambda v: f"{v:.2f} ms", "an iteration of DVRL")
    for ax, name in zip(axes[3:], LABELS, strict=True):
        draw_curve(ax, name, reports["scaling"][name])
    for ax in axes:
        ax.tick_params(which="both", labelsize=8)
        ax.spines[["top", "right"]].set_visible(False)
    figure.colours = 64
    return figure


def main():
    run = bench("plot", __doc__)
    names = ("engine", "bound", "dvrl", "scaling")
    reports = {name: json.loads((run.into / f"{name}.json").read_text()) for name in names}
    path = run.into / "bench.png"
    path.write_bytes(picture(reports).png())
    for name, ratio in ratios(reports).items():
        print(f"{ratio:8.1f} ×  {name}")
    files = ", ".join(f"{name}.json" for name in names)
    print(f"wrote {files} and bench.png to {run.into}")


if __name__ == "__main__":
    main()
