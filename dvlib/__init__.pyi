"""The names that `import dvlib` gives, and the module of each."""

from dvlib.data.datasets import Dataset, make_dataset, make_datasets
from dvlib.data.mixtures import MIXTURES, ZOO
from dvlib.data.regions import find_regions
from dvlib.engine.boundaries import boundary, dv
from dvlib.engine.mesh import X_M, X_P_M, MeshGrid
from dvlib.engine.mlp import MLPConfig, Network
from dvlib.methods.dvrl.runs import Task, dvrl_values, run_dvrl
from dvlib.methods.dvrl.settings import DVRLSettings
from dvlib.methods.dvrl.target import Target
from dvlib.methods.forgetting import forgetting_values
from dvlib.methods.labelling import STRATEGIES, label_in_turn
from dvlib.methods.leave_one_out import against_base, against_g, against_reference
from dvlib.methods.memorization import memorization_values, subsampled_memorization
from dvlib.methods.one_point import refits_with_point, refits_without_point
from dvlib.methods.out_of_distribution import ensemble, gaussian_process, monte_carlo_dropout
from dvlib.methods.pairwise import clusters_of, pairwise_values
from dvlib.methods.registry import method, methods
from dvlib.methods.removal import lowest_first, removal_curves
from dvlib.methods.runs import deviations, mean_pairwise_dv, train_runs
from dvlib.methods.sample import MeshAlone, Sample, TrainingPoints
from dvlib.methods.shapley.added import added_point_shapley
from dvlib.methods.shapley.exact import exact_shapley, exact_shapley_values
from dvlib.methods.shapley.permutations import shapley_values
from dvlib.methods.shapley.stratified import stratified_shapley
from dvlib.methods.shapley.svarm import svarm_shapley
from dvlib.methods.values import DataValues
from dvlib.paper import claims, plots
from dvlib.paper.drawing.maps import draw_values, value_maps
from dvlib.paper.drawing.panels import panels
from dvlib.paper.judging.verdicts import verdict_table
from dvlib.paper.settings import resolve
from dvlib.paper.studies.boundaries import (
    architectures,
    correct_point,
    mislabelled_centre,
    trajectories,
)
from dvlib.paper.studies.core_sets import core_set_study
from dvlib.paper.studies.grid import added_points, learned_boundary, mesh_alone
from dvlib.paper.studies.labelling import labelled_maps, labelled_next
from dvlib.paper.studies.mirror import partner_panels, partner_samples
from dvlib.paper.studies.noisy_labels import noisy_labels
from dvlib.paper.studies.pairwise import (
    clustered_points,
    clustered_samples,
    planted_groups,
    recover_clusters,
)
from dvlib.paper.studies.rules import rules_of_value
from dvlib.paper.studies.ten_dimensions import ten_dimensions
from dvlib.paper.tables import Table
from dvlib.play.widget import playground
from dvlib.refits.batch import RefitSettings, refit
from dvlib.refits.cluster import use_cluster
from dvlib.refits.single import fit
from dvlib.suite.bundle import save_bundle
from dvlib.tables.new import value_new
from dvlib.tables.value import value
