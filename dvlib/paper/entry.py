"""What the manifest says of a figure: its names, its notebook's parameters, its presets."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from dvlib.data.datasets import NAMES

WORDS = tomllib.loads(Path(__file__).with_name("figures.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class FigureEntry:
    """One figure: its number and name, its notebook's parameters, and its presets."""

    number: int | None  # in the paper, or among the extensions; None for an overview
    slug: str
    presets: dict
    dataset: str | None = "two_clusters"
    datasets: tuple = NAMES  # that the notebook accepts; see `check_dataset` for CSV files
    needs: str = ""  # of its data, in words, where the notebook does not accept all data sets
    extra: dict = field(default_factory=dict)  # parameters beyond the common ones, by preset
    unused: tuple = ()  # common parameters without a meaning here
    watched: bool = False  # training is watched epoch by epoch, which decides the batches
    extension: bool = False  # not a figure of the paper: it tests an idea from the paper's text

    @property
    def id(self):
        if self.number is None:
            return self.slug
        return f"{'ext' if self.extension else 'fig'}{self.number:02d}"

    @property
    def name(self):
        if self.number is None:
            return self.title
        return f"{'Extension' if self.extension else 'Figure'} {self.number}"

    @property
    def stem(self):
        """File name without an ending: of the notebook and of the bundle's files."""
        return self.slug if self.number is None else f"{self.id}_{self.slug}"

    @property
    def kind(self):
        """What the entry is: a "figure" of the paper, an "extension" or an "overview"."""
        if self.number is None:
            return "overview"
        return "extension" if self.extension else "figure"

    @property
    def needs_tensorflow(self):
        """Whether it runs Monte-Carlo dropout.

        Such a figure has a parameter for the number of passes. The overview of all claims has
        `n_few` instead, the number of samples on which it measures the slow claims.
        """
        return not {"n_passes", "n_few"}.isdisjoint(self.extra.get("paper", {}))

    @property
    def trains(self):
        """Whether it trains networks. A figure without has no mesh to compare boundaries on."""
        return "mesh_side" not in self.unused

    @property
    def title(self):
        return WORDS[self.id]["title"]

    @property
    def caption(self):
        """What the figure shows."""
        return WORDS[self.id]["caption"]

    @property
    def alt(self):
        """A description of the picture for readers who cannot see it."""
        return WORDS[self.id]["alt"]

    @property
    def paper(self):
        """What the paper's figure shows, and where the paper says so."""
        return WORDS[self.id]["paper"]
