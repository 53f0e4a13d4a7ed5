"""The README's table of figures, from the manifest and the bundles.

python -m dvlib.suite.readme
"""

import sys

from dvlib.paper.manifest import FIGURES
from dvlib.root import project_root
from dvlib.suite.findings import findings

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


def figure_table():
    """Markdown table: thumbnail, what the figure shows, verdicts of its claims, notebook."""
    rows = ["| figure | shows | claims | notebook |", "|---|---|---|---|"]
    for entry in FIGURES.values():
        found = findings(entry).values()
        verdicts = "<br>".join(f"{one.id} {one.verdict}" for one in found)
        image = f'<img src="figures/{entry.stem}.png" width="240" alt="{entry.alt}">'
        rows.append(
            f"| {image} | **{entry.name}.** {entry.caption} | {verdicts or '–'} "
            f"| [{entry.id}](notebooks/{entry.stem}.ipynb) |"
        )
    return "\n".join(rows)


def with_table(text):
    """README text with the table between its two marks replaced."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{figure_table()}\n{END}{after}"


def main():
    path = project_root() / "README.md"
    path.write_text(with_table(path.read_text(encoding="utf-8")), encoding="utf-8")
    print("wrote the table of figures in README.md")


if __name__ == "__main__":
    sys.exit(main())
