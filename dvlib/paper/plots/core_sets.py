"""Plots how near models of core-sets come to the model of all points, and to g."""

from matplotlib.lines import Line2D

from dvlib.paper.drawing.look import SELECTION_LOOKS, legend, own_look, panels_of, typeset

REFERENCES = ("f_X", "g")


@own_look
def core_set_panels(datasets):
    """dv to f_X, and below it dv to g, by the number of points kept; a column per data set.

    Parameters
    ----------
    datasets : dict of name → dvlib.paper.studies.core_sets.CoreSetCurves

    Returns
    -------
    Drawing
    """
    figure, axes = panels_of(2 * len(datasets), len(datasets), size=4.2, dpi=85, height=0.72)
    figure.colours = 256
    for row, reference in zip(axes.reshape(2, -1), REFERENCES, strict=True):
        for ax, (name, of) in zip(row, datasets.items(), strict=True):
            for selection in of.curves[0].orders:
                colour, marker, line = SELECTION_LOOKS[selection]
                ax.plot(
                    of.curves[0].sizes, of.mean(selection, reference), color=colour, marker=marker,
                    linestyle=line, markersize=4, linewidth=1.2, label=typeset(selection),
                )  # fmt: skip
            ax.axhline(of.level(reference), color="black", linestyle=(0, (1, 2)), linewidth=1.2)
            ax.set_xscale("log", base=2)
            if reference == "f_X":  # it falls by a factor of a hundred
                ax.set_yscale("log")
                ax.set_yticks((0.01, 0.1, 1), ("0.01", "0.1", "1"))
            else:
                ax.set_ylim(bottom=0)
            ax.set_xticks(of.curves[0].sizes, [str(size) for size in of.curves[0].sizes])
            ax.set_xlabel("points kept")
            ax.set_title(name.replace("_", " ") + typeset(f", dv to {reference}"), fontsize=10)
    curves, _ = axes[0].get_legend_handles_labels()
    level = Line2D(
        [], [], color="black", linestyle=(0, (1, 2)),
        label=typeset("dv of another seed to f_X, or of f_X to g"),
    )  # fmt: skip
    legend(figure, [*curves, level])
    return figure
