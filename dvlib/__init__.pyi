"""The names that `import dvlib` gives, and the module of each."""

# For a table of one's own.
from .tables.new_rows import value_new
from .tables.value import value

# isort: split
from .engine.mlp import MLPConfig, Network
from .methods.registry import known_methods, method
from .methods.values import DataValues
from .refits.cluster import use_cluster

# isort: split
# For points of the plane, and the paper's figures.
from .data.datasets import MIXTURES, ZOO, Dataset, make_dataset
from .data.regions import find_regions
from .engine.boundaries import boundary, dv
from .engine.mesh import X_M, X_P_M, MeshGrid
from .methods.dvrl.runs import Task, dvrl_values, run_dvrl
from .methods.dvrl.settings import DVRLSettings
from .methods.dvrl.target import Target
from .methods.forgetting import forgetting_values
from .methods.labelling import label_in_turn
from .methods.leave_one_out import against_base, against_g, against_reference
from .methods.memorization import memorization_values
from .methods.one_point import refits_with_point, refits_without_point
from .methods.out_of_distribution import ensemble, gaussian_process, monte_carlo_dropout
from .methods.pairwise import clusters_of, pairwise_values
from .methods.removal import lowest_first, removal_curves
from .methods.runs import deviations, mean_pairwise_dv, train_runs
from .methods.sample import MeshAlone, Sample, TrainingPoints
from .methods.shapley.added import added_point_shapley
from .methods.shapley.stratified import stratified_shapley
from .methods.shapley.svarm import svarm_shapley
from .paper.drawing.boundaries import boundary_panels
from .paper.drawing.maps import draw_values, value_maps
from .paper.drawing.panels import panels
from .paper.judging.verdicts import verdict_table
from .paper.settings import resolve
from .paper.table import Table
from .play.widget import playground
from .refits.batch import RefitSettings, refit
from .refits.single import fit
from .suite.bundle import save_bundle
