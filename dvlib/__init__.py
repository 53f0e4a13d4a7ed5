"""Helpers of the data-values reproduction suite: value points by how they move a boundary."""

from dvlib import claims, plots
from dvlib.batches import RefitSettings, refit
from dvlib.boundaries import boundary, dv
from dvlib.bundle import save_bundle
from dvlib.datasets import MIXTURES, Dataset, make_dataset, make_datasets
from dvlib.forgetting import forgetting_values
from dvlib.leave_one_out import against_base, against_g
from dvlib.memorization import memorization_values, subsampled_memorization
from dvlib.mesh import X_M, X_P_M, MeshGrid
from dvlib.mlp import MLPConfig, Network, fit
from dvlib.one_point import refits_with_point, refits_without_point
from dvlib.regions import find_regions
from dvlib.settings import resolve
from dvlib.studies import added_points, mesh_alone
from dvlib.values import DataValues

__all__ = [
    "MIXTURES",
    "X_M",
    "X_P_M",
    "DataValues",
    "Dataset",
    "MLPConfig",
    "MeshGrid",
    "Network",
    "RefitSettings",
    "added_points",
    "against_base",
    "against_g",
    "boundary",
    "claims",
    "dv",
    "find_regions",
    "fit",
    "forgetting_values",
    "make_dataset",
    "make_datasets",
    "memorization_values",
    "mesh_alone",
    "plots",
    "refit",
    "refits_with_point",
    "refits_without_point",
    "resolve",
    "save_bundle",
    "subsampled_memorization",
]
