"""Data that are not in the paper: the zoo, data sets of scikit-learn, and a user's CSV file."""

import gc

import numpy as np
import pandas as pd
import pytest
import zmq

import dvlib
from dvlib.data.datasets import ZOO
from dvlib.data.plane import GIVEN, MARGIN, given_points, window_as_they_are, window_of
from dvlib.methods.removal import removal_curves
from dvlib.paper.drawing.maps import remarkable
from dvlib.paper.settings import resolve
from dvlib.root import project_root
from dvlib.suite.command import main, parse_parameters

pytestmark = pytest.mark.slow

QUICK = dvlib.RefitSettings(
    config=dvlib.MLPConfig((8,), max_iter=30), mesh=dvlib.MeshGrid(-4, 4, 20), cache=False
)


@pytest.fixture
def csv(tmp_path):
    """Path of a CSV file: two groups of points, with columns of very different scales."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 30)
    table = pd.DataFrame(
        {"id": range(60), "x1": 1e4 * labels + 2e3 * rng.normal(size=60),
         "x2": 1e-3 * rng.normal(size=60) - 5, "label": labels}
    )  # fmt: skip
    path = tmp_path / "my points.csv"
    table.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("name", ZOO)
def test_zoo_lies_in_the_plane_of_the_paper_and_g_follows_its_shapes(name):
    data = dvlib.make_dataset(name)
    assert (data.X > -10).all() and (data.X < 20).all()  # where boundaries are compared
    np.testing.assert_array_equal(data.g(data.means), data.mean_labels)
    np.testing.assert_array_equal(data.y, data.g(data.X))
    np.testing.assert_array_equal(data.label(data.X), data.y)
    # g separates the shapes: few points lie on the other side of g than their own mean.
    assert (data.mean_labels[data.clusters] != data.y).mean() < 0.05


@pytest.mark.parametrize("name", GIVEN)
def test_shipped_sets_are_standardized_and_have_no_ground_truth(name):
    points = given_points(name).points
    assert len(points) == {"breast_cancer": 569, "digits_3_5": 365}[name]
    # rounding of a mean of some hundred numbers of size 1
    np.testing.assert_allclose(points.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(points.std(0), 1, atol=1e-12)
    np.testing.assert_allclose(np.corrcoef(points.T)[0, 1], 0, atol=1e-10)  # components
    data = dvlib.make_dataset(name)
    assert data.g is None and len(data.X) + len(data.X_test) == len(points)
    np.testing.assert_array_equal(data.label(data.X), data.y)  # the nearest is the point itself
    assert data.rows is data.rows_test is None  # they come from no file
    assert list(data.to_frame()) == ["x", "y", "label", "split"]
    other = dvlib.make_dataset(name, seed=1)
    assert not np.array_equal(data.X, other.X)  # another split …
    both = [np.sort(np.concatenate([of.X, of.X_test]), axis=0) for of in (data, other)]
    np.testing.assert_array_equal(*both)  # … of the same points


def test_csv_is_standardized_and_its_plane_holds_all_points(csv):
    data = dvlib.make_dataset(str(csv), test_share=0)
    table = pd.read_csv(csv)
    expected = (table[["x1", "x2"]] - table[["x1", "x2"]].mean()) / table[["x1", "x2"]].std(ddof=0)
    np.testing.assert_allclose(data.X, expected, rtol=1e-9)  # x2 loses digits beside its mean
    np.testing.assert_array_equal(data.y, table["label"])
    low, high = data.plot_range
    assert low == -high and high >= MARGIN * np.abs(data.X).max() and high % 0.5 == 0
    assert data.mesh_range == data.plot_range == window_of(data.X)
    middles = [data.X[data.y == k].mean(0) for k in (0, 1)]
    np.testing.assert_allclose(data.means, middles)


@pytest.mark.parametrize(("text", "message"), [
    (None, "there is no such file"), ("", "cannot be read as CSV"),
    ("1,2,0\n3,4,1\n", "columns 1, 2, 0: x1, x2, label missing"),
    ("x1,x2,label\n" + "1,2,0\n2,1,1\n" * 4 + "1,inf,1\n", "row 9: x2 is 'inf'"),
    ("x1,x2,label\n" + "1,2,0\n2,1,0\n" * 4, "8 points of label 0 and 0 of label 1"),
    ("x1,x2,label\n" + "1,2,0\n1,3,1\n" * 4, "x1 is 1.0 in every row"),
    (b"\xff\xfe\x00junk", "cannot be read as CSV"),
    ("x1,x2,label\n" + "1e308,2,0\n-1e308,1,1\n" * 4, "cannot be standardized"),
])  # fmt: skip
def test_bad_csv_is_refused_with_what_is_wrong(tmp_path, text, message):
    path = tmp_path / "bad.csv"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=message) as error:
        dvlib.make_dataset(str(path))
    assert "bad.csv" in str(error.value)
    with pytest.raises(ValueError, match=message):
        resolve("fig01", dataset=str(path))


def test_given_points_take_no_mixtures_options(csv):
    for options in ({"n_per_class": 9}, {"cluster_std": 1.0}):
        with pytest.raises(ValueError, match=r"points of .* are given, give None"):
            dvlib.make_dataset(str(csv), **options)
    with pytest.raises(ValueError, match="test_share"):
        dvlib.make_dataset("breast_cancer", test_share=1.0)


@pytest.mark.parametrize("figure", ["fig08", "fig09", "fig21"])
def test_figures_of_sampled_sizes_refuse_given_points(csv, figure):
    for name in (str(csv), "breast_cancer"):
        with pytest.raises(ValueError, match=r"data set .*: Figure \d+ needs .* give one") as error:
            resolve(figure, dataset=name)
        assert ".csv" not in str(error.value).partition("give one of")[2]


def test_steps_of_a_preset_are_scaled_to_the_plane_and_given_steps_are_not(csv):
    settings = resolve("fig02", dataset=str(csv), preset="paper")
    low, high = settings.data.plot_range
    assert settings.grid.side == resolve("fig02", preset="paper").grid.side
    assert settings.values["fine_step"] == pytest.approx((high - low) / 35)  # 1 of the paper's 35
    assert resolve("fig01", dataset=str(csv), grid_step=0.5).values["grid_step"] == 0.5
    assert settings.refits().mesh.low == low and settings.drawing_mesh.high == high
    assert "ground truth of my points is unknown" in str(settings)


def test_folder_of_a_csv_is_named_by_its_name_and_contents(csv):
    folder = resolve("fig01", dataset=str(csv)).folder
    assert folder.name.startswith("quick__dataset-my points-") and folder.parent.name == "build"
    csv.write_text(csv.read_text() + "60,1,1,1\n")
    assert resolve("fig01", dataset=str(csv)).folder != folder


def test_without_g_values_against_g_are_unknown_and_others_stay_the_same():
    data = dvlib.make_dataset("two_clusters", n_per_class=20)
    points = np.array([[5.0, 5.0], [15.0, 5.0], [0.0, 9.0]])
    labels = data.g(points)
    given = data.X, data.y, points, labels
    known, unknown = (dvlib.refits_with_point(*given, g, QUICK) for g in (data.g, None))
    against_g = dvlib.against_g(unknown)
    assert np.isnan(against_g.values).all() and np.isnan(unknown.base_dv_g).all()
    assert dvlib.draw_values(against_g).texts[0].get_text() == "the ground truth g is unknown"
    np.testing.assert_array_equal(known.dv_base, unknown.dv_base)
    np.testing.assert_array_equal(known.hits, unknown.hits)
    sampled = [dvlib.added_point_shapley(*given, g, QUICK, n_sets=4) for g in (data.g, None)]
    with_g, without = sampled
    assert np.isnan(without[0].values).all()
    np.testing.assert_array_equal(with_g[1].values, without[1].values)


def test_without_g_removal_is_measured_against_the_model_of_all_points():
    data = dvlib.make_dataset("two_clusters", n_per_class=20)
    X, y, X_test, y_test = data.X, data.y, data.X_test, data.y_test
    order = {"one": np.arange(len(X))}
    curves = removal_curves(X, y, X_test, y_test, None, order, QUICK, shares=(0, 0.5))
    assert curves.reference == "f_X" and curves.dv["one"][0] == 0 and curves.dv["one"][1] > 0


def test_points_of_remarkable_values_are_few_and_stand_alone():
    def found(*values):
        return remarkable(np.array(values, float))

    assert found(5, 1, 9, 3, 8, 2, 7, 6, 4) == [2, 4, 6, 1, 5, 3]  # 9, 8, 7 and 1, 2, 3
    assert found(0, 0, 0, 0, 0, 2, 1) == [5, 6]  # five share the lowest value
    assert found(1, 1, 1, 1, 2, 2, 2, 2) == [] and found(3, 3, 3, 3) == []
    assert found(4, 4, 1, 1, 1, 1, 2) == [1, 0, 6]  # 4 twice, then 2; the lowest is shared by four
    assert found(np.nan, 1, 2, np.nan) == [2, 1] and found(np.nan, np.nan) == []
    assert found(1, np.inf, 2) == [1, 2, 0]


def test_runner_takes_a_csv_and_says_where_the_figure_is(csv, capsys, monkeypatch):
    """Through papermill, with a space in the file's name, and without a socket left open.

    Kernels work in notebooks/, where the relative path is nothing, or another file.
    """
    pd.read_csv(csv).assign(height=1).to_csv(csv, index=False)
    monkeypatch.chdir(csv.parent)
    assert main(["run", "fig05", f"dataset={csv.name}", "standardize=no"]) == 0
    assert all(each.closed for each in gc.get_objects() if isinstance(each, zmq.Socket))
    said = capsys.readouterr().out
    assert "Columns of the file that are not used: height." in said
    folder = resolve("fig05", dataset=str(csv), standardize=False).folder
    assert f"build/{folder.name}/fig05_datasets.png" in said
    table = pd.read_csv(folder / "fig05_datasets.csv")
    assert len(table) == 60 and set(table["split"]) == {"train", "test"}
    np.testing.assert_array_equal(table["id"], table["row"] - 1)
    np.testing.assert_allclose(table[["x", "y"]], table[["x1", "x2"]])  # as they are in the file
    for file in (*folder.iterdir(), *(project_root() / "build/notebooks" / folder.name).iterdir()):
        file.unlink()


@pytest.mark.parametrize("test_share", [0, 0.33, 0.5])
@pytest.mark.parametrize("named", ["id", "ID", ""])
def test_a_row_keeps_its_index_its_id_and_its_units(csv, test_share, named):
    table = pd.read_csv(csv)
    table["id"] = [f"p{k * k}" for k in range(60)]
    table.rename(columns={"id": named}).to_csv(csv, index=False)
    data = dvlib.make_dataset(csv, test_share=test_share, seed=3)
    frame = data.to_frame()
    assert list(frame) == ["row", "id", "x1", "x2", "x", "y", "label", "split"]
    assert sorted(frame["row"]) == list(range(1, 61))
    of_file = table.iloc[frame["row"] - 1].reset_index(drop=True)
    for column in ("id", "x1", "x2", "label"):
        np.testing.assert_array_equal(frame[column], of_file[column])
    # x and y are the very row, standardized
    for own, ours in (("x1", "x"), ("x2", "y")):
        expected = (frame[own] - table[own].mean()) / table[own].std(ddof=0)
        np.testing.assert_allclose(frame[ours], expected, rtol=1e-9)
    assert len(data.rows) == len(data.X) and len(data.rows_test) == len(data.X_test)


def test_a_split_and_coordinates_can_be_taken_as_they_are(csv):
    table = pd.read_csv(csv)
    table["split"] = np.where(np.arange(60) % 3 == 1, "test", "train")
    table.to_csv(csv, index=False)
    for seed in (0, 1):
        data = dvlib.make_dataset(csv, seed=seed, standardize=False)
        parts = (data.X, data.y, data.rows), (data.X_test, data.y_test, data.rows_test)
        for split, (points, labels, rows) in zip(("train", "test"), parts, strict=True):
            part = table[table["split"] == split]
            np.testing.assert_array_equal(points, part[["x1", "x2"]])
            np.testing.assert_array_equal(labels, part["label"])
            np.testing.assert_array_equal(rows["id"].astype(int), part["id"])
        assert data.plot_range[1] >= np.abs(table["x1"]).max()
    assert resolve("fig05", dataset=str(csv)).data.rows["id"].tolist() == data.rows["id"].tolist()
    assert len(dvlib.make_dataset(csv, test_share=0).X) == 60
    with pytest.raises(ValueError, match="only points of a file"):
        dvlib.make_dataset("noisy", standardize=False)


@pytest.mark.parametrize(("name", "seed"), [("two_clusters", 0), ("noisy", 3), ("moons", 1)])
def test_an_exported_data_set_trains_the_very_same_network(tmp_path, name, seed):
    data = dvlib.make_dataset(name, seed=seed, n_per_class=40)
    path = tmp_path / "play.csv"
    data.to_frame().rename(columns={"x": "x1", "y": "x2"}).to_csv(path, index=False)
    again = resolve("fig01", dataset=str(path), standardize=False).data
    for part in ("X", "y", "X_test", "y_test"):
        assert getattr(again, part).tobytes() == getattr(data, part).tobytes()
    one, other = (dvlib.fit(of.X, of.y, QUICK.config, seed=5).network for of in (data, again))
    assert one.packed.tobytes() == other.packed.tobytes()
    assert not np.array_equal(dvlib.make_dataset(path).X, data.X)  # if it is standardized


@pytest.mark.parametrize(("points", "window"), [
    ([[0, 0], [1, 0.2]], (-0.15, 1.15)),  # 0.5 ± 0.625, outwards to steps of 0.05
    ([[120, 130], [180, 150]], (110, 190)),  # 150 ± 37.5, to steps of 5
    ([[-5e-4, 0], [5e-4, 1e-4]], (-6.5e-4, 6.5e-4)),  # ± 6.25e-4, to steps of 0.5e-4
    ([[1.7e6, 1.7e6 + 8], [1.7e6, 1.7e6]], (1.7e6 - 1, 1.7e6 + 9)),  # ± 5, to steps of 0.5
])  # fmt: skip
def test_square_around_points_as_they_are(points, window):
    found = window_as_they_are(np.array(points, float))
    np.testing.assert_allclose(found, window, rtol=1e-12)
    assert f"{found[0]:.7g}" == str(found[0]) or found[0] == int(found[0])  # it reads well


def test_standardize_is_a_setting_of_given_points_only(csv):
    for name in (str(csv), *GIVEN):
        assert resolve("fig01", dataset=name).values["standardize"] is True
        settings = resolve("fig01", dataset=name, standardize=np.False_)
        assert settings.values["standardize"] is False and settings.data.units is None
        assert settings.plot_range == settings.data.plot_range == settings.data.mesh_range
        assert settings.folder.name.endswith("standardize-False")
    assert parse_parameters("fig16", [f"dataset={csv}", "standardize=no"])["standardize"] is False
    assert "standardize" not in resolve("fig01").values  # figures of the paper stay as they are
    only = "only points of a file, breast_cancer, digits_3_5 are"
    for figure, parameters, message in (
        ("fig01", {"standardize": False}, only), ("fig05", {"standardize": True}, only),
        ("fig12", {"standardize": False, "dataset": "moons"}, only),
        ("fig08", {"standardize": False}, "unknown parameter of fig08 'standardize'"),
        ("fig01", {"standardize": 0.0, "dataset": str(csv)}, "standardize .*True, False"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            resolve(figure, **parameters)


def test_further_samples_are_taken_as_the_first(csv):
    settings = resolve("fig16", dataset=str(csv), standardize=False, n_data_seeds=3)
    own = pd.read_csv(csv)[["x1", "x2"]].to_numpy()
    for k in range(settings.n_data_seeds):
        data = settings.dataset_of(settings.seed + k)
        assert np.isin(data.X, own).all()


@pytest.mark.parametrize(("words", "message"), [
    (["train"] * 59 + ["valid"], "row 60: split is 'valid': give train or test"),
    (["train"] * 60, "split has 0 test points of label 0 and 0 of label 1: give 1 or more"),
    (["test"] * 29 + ["train"] * 30 + ["test"], "1 train points of label 0 and 29 of label 1"),
])  # fmt: skip
def test_a_split_that_cannot_be_used_is_refused_early(csv, words, message):
    pd.read_csv(csv).assign(split=words).to_csv(csv, index=False)
    with pytest.raises(ValueError, match=message):
        resolve("fig05", dataset=str(csv))


def test_values_name_the_rows_of_the_file(csv):
    data = dvlib.make_dataset(csv, test_share=0.5)
    values = dvlib.against_base(dvlib.refits_without_point(data.X, data.y, None, QUICK))
    frame = values.to_frame(data.rows)
    pd.testing.assert_frame_equal(frame.drop(columns=["row", "id", "x1", "x2"]), values.to_frame())
    np.testing.assert_array_equal(frame["label"], pd.read_csv(csv)["label"][frame["row"] - 1])
    with pytest.raises(ValueError, match="30 rows for 1 points"):
        values.at([0]).to_frame(data.rows)


def test_a_table_is_read_anew_when_it_changes_and_keeps_no_changes_of_the_user(csv):
    for options in ({}, {"standardize": False}):
        first = dvlib.make_dataset(csv, test_share=0, **options)
        before = first.to_frame()
        first.X[:], first.y[:], first.rows["x1"] = 0, 1, 0
        again = dvlib.make_dataset(csv, test_share=0, **options)
        pd.testing.assert_frame_equal(again.to_frame(), before)
    csv.write_text(csv.read_text(encoding="utf-8") + "60,1,1,1\n", encoding="utf-8")
    assert len(dvlib.make_dataset(csv, test_share=0).X) == 61


@pytest.mark.parametrize("way", ["{name}", "./{name}", "../{folder}/{name}", "{path}"])
def test_a_path_is_made_absolute_from_where_the_user_is(csv, tmp_path, monkeypatch, way):
    given = way.format(name=csv.name, folder=csv.parent.name, path=csv)
    monkeypatch.chdir(csv.parent)
    assert parse_parameters("fig05", [f"dataset={given}"]) == {"dataset": str(csv)}
    elsewhere = tmp_path / "elsewhere"  # as with make -C
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("DVLIB_FROM", str(csv.parent))
    assert parse_parameters("fig05", [f"dataset={given}"]) == {"dataset": str(csv)}
    if given == csv.name:  # which of two files of that name?
        (elsewhere / csv.name).write_bytes(csv.read_bytes())
        with pytest.raises(ValueError, match="it may be .* or .*; give the whole path"):
            parse_parameters("fig05", [f"dataset={given}"])
