"""Figures 3, 15 and 19: forgetting, its variants and memorization, of added points and alone."""

import numpy as np

from dvlib.data.regions import NAMES
from dvlib.methods.agreement import auc, rank_correlation
from dvlib.paper.figures.leave_one_out import added_points, meshes_alone
from dvlib.paper.judging.claim import Group, claim

METHODS = (  # whose maps the claims on grid points read
    "forgetting", "last learned", "frequent", "simple", "memorization", "leave-one-out, g",
    "leave-one-out, f_X",
)  # fmt: skip


@claim(
    "C09", figure="fig03", study="watched grid",
    says="forgetting and last learned rate the region between the clusters highest; forgetting the "
    "upper one too, neither the lower",
    # a region is rated if its mean is above twice that of the correctly classified points
    threshold="order of the regions' means: between the clusters, above the upper one by "
    "{between_above} (both methods); upper one, above the lower by {upper_above} (forgetting); "
    "lower one less twice the mean of the correct points {less_2_correct} (both)",
    between_above="> 0", upper_above="> 0", less_2_correct="< 0",
    note="Mean over the samples: on a single one the order of two regions is often noise.",
)  # fmt: skip
def forgetting_rates_regions(sample):
    """Order of the regions' mean values, by forgetting events and by last learned.

    At first the region between the clusters was compared with the higher of the two others on each
    sample, and the upper one with the correct points.
    """
    regions, parts, numbers = sample.regions, {}, {}
    for name in ("forgetting", "last learned"):
        values = sample.values[name].values
        correct = values[~regions.misclassified].mean()
        upper, between, lower = (regions.mean(values, region) for region in NAMES)
        means = {"correct": correct, "upper": upper, "between": between, "lower": lower}
        numbers |= {f"{name} {region}": mean for region, mean in means.items()}
        parts[f"{name}, between above upper"] = between - upper
        parts[f"{name}, lower less 2 × correct"] = lower - 2 * correct
        if name == "forgetting":
            parts["forgetting, upper above lower"] = upper - lower
    return parts, numbers


@claim(
    "C10", figure="fig03", study="watched grid",
    says="memorization finds every region and values its points alike",
    threshold="share of points with a value above ½, least of the regions and of all points with "
    "such a value or in a region: {shares}; standard deviation inside: {standard_deviation}",
    shares="≥ 0.9", standard_deviation="≤ 0.2",
    note="Nearly a definition: a refit that learns its added point has memorization 1 where f_X is "
    "wrong and 0 elsewhere, so the null values are 1 and 0.",
)  # fmt: skip
def memorization_finds_regions(sample):
    """Share of each region that memorization finds, and the spread of its values inside.

    At first only the union of all regions was measured, which hides a small region being missed.
    """
    regions, values = sample.regions, sample.values["memorization"].values
    high, inside = values > 0.5, regions.misclassified
    shares = {f"found of {name}": regions.mean(high, name) for name in NAMES}
    overlap = spread = least = np.nan
    if inside.any():
        overlap = (high & inside).sum() / (high | inside).sum()
        spread = values[inside].std()
        least = np.min([overlap, *shares.values()])  # nan where the grid misses a region
    parts = {"least of the shares found": least, "standard deviation inside": spread}
    return parts, {"intersection over union": overlap} | shares


@claim(
    "C25", figure="fig15", study="watched mesh alone",
    says="on the mesh alone forgetting and memorization rate only points next to g",
    threshold="share of the sum of the values that lies within 2 of g, by both methods: "
    "{within_2}",
    within_2="≥ 0.9",  # 2: two steps of the paper's grid
    note="No sample of X enters the mesh; samples differ by their training seeds.",
)  # fmt: skip
def mesh_alone_rates_nearness(sample):
    """Share of the positive values near g.

    At first it was an AUC of nearness, which is high although some rated points are far from g;
    then a share of the points, in which a point forgotten once counts like one forgotten often.
    """
    to_g, parts, numbers = sample.regions.to_g, {}, {}
    for name in ("forgetting", "memorization"):
        values = sample.values[name].values
        rated, whole = to_g[values > 0], values[values > 0].sum()
        near = values[(values > 0) & (to_g <= 2)].sum()
        parts[f"value within 2, {name}"] = near / whole if whole else np.nan
        numbers |= {
            f"share rated, {name}": np.mean(values > 0),
            f"largest distance, {name}": rated.max() if len(rated) else np.nan,
            f"AUC of nearness, {name}": auc(values > 0, -to_g),
        }
    return parts, numbers


@claim(
    "C27", figure="fig19", study="watched grid",
    says="last learned, frequent and simple forgetting rate the upper region the hardest",
    threshold="mean of the upper region, above those of the lower and between the clusters by "
    "{upper} in each of the three",
    upper="> 0",
    note="Of last learned, the paper says the same of the region between the clusters in Figure 3 "
    "(C09): at most one of the two can hold.",
)  # fmt: skip
def upper_is_harder(sample):
    """Mean value of each region, by three variants of forgetting.

    For a time the upper region was compared with the lower alone, which is less than is said.
    """
    parts, numbers = {}, {}
    for method in ("last learned", "frequent", "simple"):
        values = sample.values[method].values
        means = {name: sample.regions.mean(values, name) for name in NAMES}
        numbers |= {f"{method} {name}": mean for name, mean in means.items()}
        for other in ("lower", "between"):
            parts[f"{method}, upper above {other}"] = means["upper"] - means[other]
    return parts, numbers


@claim(
    "C35", figure="fig03", study="watched grid",
    says="memorization finds the regions more reliably than the other methods (section 3.4)",
    threshold="overlap (intersection over union) of the regions and the points above half of a "
    "method's 99 % quantile: memorization's less that of leave-one-out (g, f_X), forgetting and "
    "last learned of the same refits: {memorization}",
    memorization="> 0",
    note="Nearly a definition, as C10: memorization's overlap is 1 wherever refits learn their "
    "added points. Shapley is left out, for its cost.",
)  # fmt: skip
def memorization_is_most_reliable(sample):
    """Overlap of the regions with what a map shows as high: memorization less each other method.

    At first the AUCs were compared, which are at their ceiling.
    """
    best, parts = _overlap(sample, "memorization"), {}
    numbers = {"overlap, memorization": best}
    for name in ("leave-one-out, g", "leave-one-out, f_X", "forgetting", "last learned"):
        overlap = _overlap(sample, name)
        parts[f"overlap, memorization less {name}"] = best - overlap
        numbers[f"overlap, {name}"] = overlap
    return parts, numbers


@claim(
    "C37", figure="fig19", study="watched grid",
    says="other variants of forgetting give results like those of forgetting (section 3.3)",
    threshold="rank correlation with forgetting, of last learned, frequent and simple: "
    "{rank_correlation}",
    rank_correlation="≥ 0.5",  # the limit of C11
)  # fmt: skip
def variants_are_similar(sample):
    """Rank correlation of the points' values by forgetting and by each variant."""
    values = sample.values["forgetting"].values
    return {
        f"rank correlation, {name}": rank_correlation(values, sample.values[name].values)
        for name in ("last learned", "frequent", "simple")
    }


def _overlap(sample, method):
    """Intersection over union of the regions and the points above half of the 99 % quantile."""
    values, inside = sample.values[method].values, sample.regions.misclassified
    if np.isnan(values).any() or not inside.any():
        return np.nan
    high = values > np.quantile(values, 0.99) / 2
    return (high & inside).sum() / (high | inside).sum()


# Processor time is in seconds a sample. `wide` shares its refits with Figure 1.
GROUPS = (
    # 19 s. Three training seeds, an odd number: memorization is the majority of the seeds.
    Group(("watched grid",), "fig03",
          lambda settings, count: [added_points(settings, count, METHODS)],
          changes={"n_seeds": 3}),
    # 6 s
    Group(("watched mesh alone",), "fig15", lambda settings, count: [meshes_alone(settings, count)],
          "sets of two training seeds", changes={"n_seeds": 2}),
)  # fmt: skip
