"""Helpers of the data-values reproduction suite: value points by how they move a boundary."""

from dvlib import (
    agreement_plots,
    boundary_claims,
    boundary_plots,
    claims,
    claims_plots,
    comparison_claims,
    dvrl_claims,
    extension_claims,
    ood_claims,
    pairwise_plots,
    plots,
    training_claims,
    training_plots,
    value_claims,
)
from dvlib.agreement_studies import agreement_study
from dvlib.batches import RefitSettings, refit
from dvlib.boundaries import boundary, dv
from dvlib.boundary_studies import architectures, correct_point, mislabelled_centre, trajectories
from dvlib.bundle import save_bundle
from dvlib.cluster import use_cluster
from dvlib.comparison_studies import side_by_side, uncentred_runs
from dvlib.datasets import Dataset, make_dataset, make_datasets
from dvlib.dvrl import DVRLSettings, Task, dvrl_values, run_dvrl
from dvlib.dvrl_studies import rare_point, repeated_runs, three_inputs
from dvlib.evidence import all_claims
from dvlib.forgetting import forgetting_values
from dvlib.leave_one_out import against_base, against_g
from dvlib.memorization import memorization_values, subsampled_memorization
from dvlib.mesh import X_M, X_P_M, MeshGrid
from dvlib.mirror import mirror_study
from dvlib.mixtures import MIXTURES, ZOO
from dvlib.mlp import MLPConfig, Network, fit
from dvlib.one_point import refits_with_point, refits_without_point
from dvlib.ood import ensemble, gaussian_process, monte_carlo_dropout
from dvlib.ood_studies import ood_scores
from dvlib.pairwise import clusters_of, pairwise_values
from dvlib.pairwise_studies import pairwise_study
from dvlib.regions import find_regions
from dvlib.removal import lowest_first, removal_curves
from dvlib.robustness import robustness_sweep
from dvlib.runs import deviations, mean_pairwise_dv, train_runs
from dvlib.settings import resolve
from dvlib.shapley import added_point_shapley, exact_shapley, exact_shapley_values, shapley_values
from dvlib.shapley_studies import shapley_study
from dvlib.stratified import stratified_shapley
from dvlib.studies import added_points, mesh_alone
from dvlib.svarm import svarm_shapley
from dvlib.target import Target
from dvlib.training_studies import training_values
from dvlib.values import DataValues

__all__ = [
    "MIXTURES",
    "X_M",
    "X_P_M",
    "ZOO",
    "DVRLSettings",
    "DataValues",
    "Dataset",
    "MLPConfig",
    "MeshGrid",
    "Network",
    "RefitSettings",
    "Target",
    "Task",
    "added_point_shapley",
    "added_points",
    "against_base",
    "against_g",
    "agreement_plots",
    "agreement_study",
    "all_claims",
    "architectures",
    "boundary",
    "boundary_claims",
    "boundary_plots",
    "claims",
    "claims_plots",
    "clusters_of",
    "comparison_claims",
    "correct_point",
    "deviations",
    "dv",
    "dvrl_claims",
    "dvrl_values",
    "ensemble",
    "exact_shapley",
    "exact_shapley_values",
    "extension_claims",
    "find_regions",
    "fit",
    "forgetting_values",
    "gaussian_process",
    "lowest_first",
    "make_dataset",
    "make_datasets",
    "mean_pairwise_dv",
    "memorization_values",
    "mesh_alone",
    "mirror_study",
    "mislabelled_centre",
    "monte_carlo_dropout",
    "ood_claims",
    "ood_scores",
    "pairwise_plots",
    "pairwise_study",
    "pairwise_values",
    "plots",
    "rare_point",
    "refit",
    "refits_with_point",
    "refits_without_point",
    "removal_curves",
    "repeated_runs",
    "resolve",
    "robustness_sweep",
    "run_dvrl",
    "save_bundle",
    "shapley_study",
    "shapley_values",
    "side_by_side",
    "stratified_shapley",
    "subsampled_memorization",
    "svarm_shapley",
    "three_inputs",
    "train_runs",
    "training_claims",
    "training_plots",
    "training_values",
    "trajectories",
    "uncentred_runs",
    "use_cluster",
    "value_claims",
]
