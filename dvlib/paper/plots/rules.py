"""Plots what formulas explain of the values of points."""

from dvlib.paper.drawing.look import ink, own_look, panels_of, typeset
from dvlib.paper.drawing.scales import Scale, colour_bar, meaning_of


@own_look
def rule_panels(tables):
    """Shares explained by each formula on each data set, one panel per reference.

    Parameters
    ----------
    tables : dict of title → dvlib.paper.studies.rules.ExplainedShares

    Returns
    -------
    Drawing
    """
    figure, axes = panels_of(len(tables), size=4.6, dpi=85, height=1.0)
    figure.colours = 256
    scale = Scale((0, 1), meaning_of("explained"))
    for ax, (title, shares) in zip(axes, tables.items(), strict=True):
        table = shares.table
        image = ax.imshow(table, cmap=scale.colours, norm=scale.norm, interpolation="nearest")
        for (row, column), value in zip(
            ((i, j) for i in range(len(table)) for j in range(table.shape[1])),
            table.to_numpy().ravel(), strict=True,
        ):  # fmt: skip
            if value == value:
                ax.text(
                    column, row, f"{value:.2f}", color=ink(image.to_rgba(value)[:3]), ha="center",
                    va="center", size=7,
                )  # fmt: skip
        names = [name.replace("_", " ") for name in table.columns]
        ax.set_xticks(range(len(names)), names, rotation=90, fontsize=8)
        rows = [typeset(name) for name in table.index]
        ax.set_yticks(range(len(rows)), rows if ax is axes[0] else [], fontsize=8)
        ax.set_title(typeset(title), fontsize=10)
    colour_bar(image, axes[-1], scale)
    return figure
