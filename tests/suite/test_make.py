"""make passes values to Python as they were typed, and runs none of them."""

import os
import shutil
import subprocess
import sys

import pytest

from dvlib.root import project_root

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="no make")
LOCKS = ("requirements.lock", "tensorflow.lock", "pyproject.toml")
# Stands in for Python: writes a line per call, with tabs between the arguments.
NOTING = "#!/bin/sh\nfor word; do printf '%s\\t' \"$word\"; done >> calls\necho >> calls\n"


@pytest.fixture
def clone(tmp_path):
    """Folder of a clone whose name a shell would take for several words and a command."""
    folder = tmp_path / "data values; touch x 'y"
    folder.mkdir()
    return folder


@pytest.fixture
def make(clone):
    """Function that runs make, with its arguments, in a clone of empty files.

    It returns the exit status, stderr, and the calls of Python as lists of words.
    """
    shutil.copy(project_root() / "Makefile", clone)
    for name in ("fig05_datasets", "fig07_architectures"):
        (clone / "notebooks").mkdir(exist_ok=True)
        (clone / "notebooks" / f"{name}.ipynb").touch()
    for name in LOCKS:
        (clone / name).touch()
    python = clone / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(NOTING)
    python.chmod(0o755)
    for name in ("tensorflow-yes", "installed"):
        (clone / ".venv" / name).touch()

    def run(*arguments, **variables):
        before = {path.name for path in clone.iterdir()}
        # Hide the make that may run these tests.
        own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        done = subprocess.run(
            ["make", "-s", *arguments], cwd=clone, env=own | variables, capture_output=True,
            text=True, timeout=60,
        )  # fmt: skip
        calls = clone / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        new = {path.name for path in clone.iterdir()} - before
        assert new <= {"calls", ".cache", "dvlib", "figures"}
        return done.returncode, done.stderr, [line.split("\t")[:-1] for line in lines]

    return run


@pytest.mark.parametrize(
    "value",
    [
        "noisy", "", "two clusters", "a  b ", "$(touch x)", "$$(touch x)", "$(shell touch x)",
        "$(DATASET)", "$$HOME", "`touch x`", "; touch x", "| touch x", "> x", "&& touch x",
        "'; touch x; '", '"; touch x; "', "'", '"', "\\", "\\'; touch x #", "#x", "%", "a=b", "*",
        "~", "a,b)(", "ü",
    ],
)  # fmt: skip
def test_a_value_reaches_python_as_it_was_typed_and_nothing_runs_it(make, value):
    status, said, calls = make("fig05", f"DATASET={value}", "SEED=2")
    assert (status, said) == (0, "")
    assert [sorted(words) for words in calls] == [
        sorted(["-m", "dvlib", "run", "fig05", f"dataset={value}", "seed=2"])
    ]


@pytest.mark.parametrize("value", ["a\ntouch x", "'\ntouch x\n'", "a\n"])
def test_a_value_of_several_lines_is_not_run_either(make, value):
    _, _, calls = make("fig05", f"DATASET={value}")
    assert calls == [["-m", "dvlib", "run", "fig05", f"dataset={value}".replace("\n", " ")]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fig05", "GRIDSTEP=3"], "unknown GRIDSTEP: give DATASET PRESET REGIME GRID_STEP"),
        (["fig05", "dataset=noisy"], "unknown dataset: give DATASET"),
        (["fig05", "SEED=1", "FRESH=1"], "unknown FRESH"),
        (["figures", "SEED=1"], "SEED: settings go with one figure"),
        (["test", "SEED="], "SEED: settings go with one figure"),
        (["verify", "N_SEEDS=1"], "N_SEEDS: settings go with one figure"),
        (["lab", "DATASET=noisy"], "DATASET: settings go with one figure"),
        (["setup", "TENSORFLOW=maybe"], "TENSORFLOW maybe: give yes or no"),
        (["fig99"], "No rule to make target 'fig99'"),
        (["fig5", "SEED=1"], "SEED: settings go with one figure"),
        (["figures", "SEED=1", "PRESET=quick"], "PRESET and FORMAT also with figures"),
        (["verify", "FORMAT=pdf"], "verify takes no FORMAT"),
        (["figures", "format=pdf"], "unknown format: give"),
        (["clean", "BUILD=/x"], "BUILD goes with figures"),
        (["book", "BUILD=/x"], "BUILD goes with figures"),
    ],
)
def test_unknown_settings_and_targets_are_errors_before_anything_runs(make, arguments, message):
    status, said, calls = make(*arguments)
    assert status == 2 and message in said and not calls


@pytest.mark.parametrize("name", ["figures.toml", "mlp.py"])
def test_a_changed_source_or_text_makes_its_figures_again(make, clone, name):
    source, bundle = clone / "dvlib" / name, clone / "figures" / "fig05_datasets.json"
    for path in (source, bundle):
        path.parent.mkdir()
        path.touch()
    notebook = clone / "notebooks" / "fig05_datasets.ipynb"
    for path, seconds in ((notebook, 1), (source, 1), (bundle, 2)):
        os.utime(path, (seconds, seconds))
    for path in (".venv/tensorflow-yes", ".venv/installed", *LOCKS):
        os.utime(clone / path, (1, 1))
    assert make("fig05")[2] == []
    os.utime(source, (3, 3))
    assert make("fig05")[2] == [["-m", "dvlib", "run", "fig05", "--page"]]


def test_settings_apply_to_every_figure_named(make):
    _, _, calls = make("fig05", "fig07", "SEED=1")
    assert calls == [["-m", "dvlib", "run", one, "seed=1"] for one in ("fig05", "fig07")]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fig05", "FORMAT=pdf"], ["fig05", "--format", "pdf"]),
        (["fig05", "FORMAT=it's"], ["fig05", "--format", "it's"]),
        (["fig05", "FORMAT=svg", "SEED=1"], ["fig05", "seed=1", "--format", "svg"]),
        (["figures", "FORMAT=svg"], ["fig05", "fig07", "--format", "svg", "--available"]),
        (["figures", "PRESET=quick"], ["fig05", "fig07", "preset=quick", "--page", "--available"]),
    ],
)
def test_formats_and_quick_runs_of_all_figures(make, arguments, words):
    assert make(*arguments) == (0, "", [["-m", "dvlib", "run", *words]])


def test_variables_of_the_environment_are_no_settings(make):
    _, _, calls = make("fig05", SEED="1", DATASET="noisy")
    assert calls == [["-m", "dvlib", "run", "fig05", "--page"]]


def test_make_reports_an_error_of_python(make, clone):
    python = clone / ".venv" / "bin" / "python"
    # make itself passes no PYTHONPATH on.
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{project_root()}" exec "{sys.executable}" "$@"\n')
    status, said, _ = make("fig05", "DATASET=$(touch x)")
    assert status == 2 and "Traceback" not in said
    first, *others = said.splitlines()
    assert first.startswith("error: unknown data set '$(touch x)': give one of two_clusters")
    assert all(line.startswith("make: ***") for line in others)


def test_setup_without_tensorflow_is_remembered_until_the_next_setup(make, clone):
    python = f"PYTHON={clone / '.venv' / 'bin' / 'python'}"

    def installed():
        """Locks that set-up installs from, call by call."""
        calls = make(*arguments, python)[2]
        return [[w for w in words if w.endswith(".lock")] for words in calls if "-r" in words]

    both, one = ["requirements.lock", "tensorflow.lock"], ["requirements.lock"]
    for arguments, expected in (
        (["setup"], []),  # the fixture's, with TensorFlow
        (["setup", "TENSORFLOW=no"], [one]),
        (["setup", "TENSORFLOW=no"], []),
        (["fig05", "SEED=1"], []),
        (["setup"], [both]),
        (["fig05", "SEED=1", "TENSORFLOW=no"], [one]),
    ):
        (clone / "calls").unlink(missing_ok=True)
        assert installed() == expected, arguments
    assert [path.name for path in (clone / ".venv").glob("tensorflow-*")] == ["tensorflow-no"]


def test_clean_deletes_what_make_has_made_and_nothing_else(make, clone):
    beside = [clone.parent / name for name in ("data", "values", "y", ".cache", ".venv", "build")]
    beside += [clone / name for name in ("data", "figures")]
    for folder in beside:
        folder.mkdir()
        (folder / "mine").touch()
    for folder in (".cache", "build", "dvlib.egg-info"):
        (clone / folder).mkdir()
    status, _, _ = make("clean")
    assert status == 0 and all((folder / "mine").exists() for folder in beside)
    left = {path.name for path in clone.iterdir()}
    assert left == {"Makefile", "notebooks", "data", "figures", *LOCKS}


def test_the_environment_of_the_peers_lies_in_the_clone(make, clone):
    (clone / "benchmarks").mkdir()
    (clone / "benchmarks" / "peers.txt").touch()
    python = clone / ".cache" / "peers" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(NOTING)
    python.chmod(0o755)
    status, _, calls = make("bench-peers", f"PYTHON={clone / '.venv' / 'bin' / 'python'}")
    assert status == 0 and calls[0] == ["-m", "venv", ".cache/peers"]
    assert (python.parents[1] / "installed").exists()


def test_make_names_the_folder_that_it_was_called_from(clone, make):
    python = clone / ".venv" / "bin" / "python"
    python.write_text('#!/bin/sh\nprintf "%s\\t\\n" "$DVLIB_FROM" >> calls\n')
    for folder in ("/some/where", "/a b/$(touch x)/'c"):
        _, _, calls = make("fig05", "DATASET=points.csv", PWD=folder)
        assert calls[-1] == [folder]


@pytest.mark.parametrize(
    "name",
    [
        "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONOPTIMIZE", "PYTHONINSPECT",
        "PYTHONWARNINGS", "PYTHONSAFEPATH", "PYTHONHASHSEED", "PYTHONIOENCODING", "JUPYTER_PATH",
        "JUPYTER_CONFIG_PATH", "MATPLOTLIBRC", "MPLBACKEND", "NUMBA_DISABLE_JIT", "PYTEST_PLUGINS",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PIP_USER", "PIP_TARGET",
    ],
)  # fmt: skip
def test_settings_of_other_programs_do_not_pass_through_make(environment_in_make, name):
    assert name not in environment_in_make(**{name: "of another program"})


def test_make_sets_folders_and_utf_8_itself_and_passes_the_users_choices(environment_in_make):
    own = {"PYTHONUTF8": "0", "IPYTHONDIR": "/x", "JUPYTER_DATA_DIR": "/x", "MPLCONFIGDIR": "/x"}
    chosen = {"DVLIB_CACHE": "/y", "PYTHONDONTWRITEBYTECODE": "1", "JUPYTER_TOKEN": "y"}
    seen = environment_in_make(**own, **chosen)
    assert chosen.items() <= seen.items() and seen["PYTHONUTF8"] == "1"
    assert all("/.cache/" in seen[name] for name in own if name != "PYTHONUTF8")


@pytest.fixture
def environment_in_make(make, clone):
    """Function: the environment of a program that make starts, as a dict, for one of make."""
    (clone / ".venv" / "bin" / "python").write_text("#!/bin/sh\nenv -0 | tr '\\0' '\\t' >> calls\n")

    def environment(**variables):
        _, _, calls = make("page", **variables)
        return dict(pair.split("=", 1) for pair in calls[0])

    return environment
