"""make hands parameters to Python and refuses what nothing reads."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from dvlib.paper.manifest import FIGURES
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


@pytest.mark.parametrize(("arguments", "words"), [
    (["fig05", "ARGS=dataset=moons seed=2"], ["fig05", "dataset=moons", "seed=2"]),
    (["fig05", "ARGS=dataset='my points.csv'"], ["fig05", "dataset=my points.csv"]),
    (["fig05", "ARGS=seed=2", "PRESET=paper"], ["fig05", "seed=2", "preset=paper"]),
    (["fig05", "FORMAT=pdf"], ["fig05", "--format", "pdf"]),
    (["fig05", "FORMAT=svg", "ARGS=seed=1"], ["fig05", "seed=1", "--format", "svg"]),
    (["fig05"], ["fig05", "--page"]), (["fig05", "BUILD=../results"], ["fig05", "--page"]),
    (["figures", "FORMAT=svg"], ["fig05", "fig07", "--format", "svg", "--available"]),
    (["figures", "PRESET=quick"], ["fig05", "fig07", "preset=quick", "--page", "--available"]),
])  # fmt: skip
def test_parameters_formats_and_quick_runs(make, arguments, words):
    assert make(*arguments) == (0, "", [["-m", "dvlib", "run", *words]])


def test_parameters_apply_to_every_figure_named_and_the_environment_gives_none(make):
    _, _, calls = make("fig05", "fig07", "ARGS=seed=1", PRESET="paper")
    assert calls == [["-m", "dvlib", "run", one, "seed=1"] for one in ("fig05", "fig07")]
    _, _, calls = make("fig05", ARGS="seed=1", SEED="1")
    assert calls[2:] == [["-m", "dvlib", "run", "fig05", "--page"]]


@pytest.mark.parametrize(("arguments", "message"), [
    (["fig05", "GRID_STEP=3"], 'unknown GRID_STEP: .* as in `make fig01 ARGS="grid_step=3"`'),
    (["fig05", "dataset=$(shell touch x)"], "unknown dataset: "),
    (["figures", "FRESH=1"], "unknown FRESH"), (["figures", "format=pdf"], "unknown format"),
    (["test", "ARGS="], "test takes no ARGS: ARGS, PRESET and FORMAT go with figures"),
    (["verify", "FORMAT=pdf"], "verify takes no FORMAT"),
    (["clean", "BUILD=/x"], "clean takes no BUILD: .* BUILD also with verify and lab"),
    (["setup", "TENSORFLOW=maybe"], "TENSORFLOW maybe: give yes or no"),
    (["fig99"], "No rule to make target 'fig99'"), (["fig5", "ARGS=seed=1"], "fig5 takes no ARGS"),
])  # fmt: skip
def test_unknown_names_and_targets_are_errors_before_anything_runs(make, arguments, message):
    status, said, calls = make(*arguments)
    assert status == 2 and not calls and re.search(message, said)


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


def test_make_reports_an_error_of_python_and_names_the_folder_that_it_was_called_from(make, clone):
    python = clone / ".venv" / "bin" / "python"
    # make itself passes no PYTHONPATH on.
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{project_root()}" exec "{sys.executable}" "$@"\n')
    status, said, _ = make("fig05", "ARGS=dataset=nosy")
    assert status == 2 and said.startswith("error: unknown data set 'nosy': give one of two_cl")
    assert "Traceback" not in said
    python.write_text('#!/bin/sh\nprintf "%s\\t\\n" "$DVLIB_FROM" >> calls\n')
    assert make("fig05", "ARGS=dataset=points.csv", PWD="/a b/'c")[2] == [["/a b/'c"]]


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
        (["fig05", "ARGS=seed=1"], []),
        (["setup"], [both]),
        (["fig05", "ARGS=seed=1", "TENSORFLOW=no"], [one]),
    ):
        (clone / "calls").unlink(missing_ok=True)
        assert installed() == expected, arguments
    assert [path.name for path in (clone / ".venv").glob("tensorflow-*")] == ["tensorflow-no"]


@pytest.mark.parametrize(("version", "words", "status", "kept", "says"), [
    ((3, 10), [], 2, [], "Python 3.11 to 3.15 is needed, 3.10 was found"),
    ((3, 13), [], 0, ["tensorflow-yes"], ""),
    ((3, 13), ["TENSORFLOW=no"], 0, ["tensorflow-no"], ""),
    ((3, 14), [], 0, ["tensorflow-no"], "Nobody has tried this suite with Python 3.14 yet"),
    ((3, 15), [], 0, ["tensorflow-no"], "Figure 6, Extension 3 and make claims have to wait"),
    ((3, 14), ["TENSORFLOW=yes"], 2, [], "TensorFlow has no wheel for Python 3.14"),
    ((3, 16), [], 2, [], "Python 3.11 to 3.15 is needed, 3.16 was found"),
])  # fmt: skip
def test_setup_goes_on_without_tensorflow_where_it_has_no_wheel(
    clone, tmp_path, version, words, status, kept, says
):
    shutil.copy(project_root() / "Makefile", clone)
    for name in LOCKS:
        (clone / name).touch()
    (clone / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(shutil.which("true"), clone / ".venv" / "bin" / "python")
    python = tmp_path / "python"  # runs a script as another version of Python, and makes no venv
    python.write_text(
        f'#!/bin/sh\n[ "$1" = -c ] || exit 0\n'
        f'exec "{sys.executable}" -c "import sys; sys.version_info = {version}\n$2"\n'
    )
    python.chmod(0o755)
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", "-s", "setup", f"PYTHON={python}", *words], cwd=clone, env=own,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == status and says in said
    assert ("Nobody has tried" in said) == (status == 0 and version >= (3, 14))
    assert [path.name for path in (clone / ".venv").glob("tensorflow-*")] == kept


def test_the_makefile_names_every_figure_that_needs_tensorflow():
    waiting = {entry.name for entry in FIGURES.values() if entry.needs_tensorflow}
    assert waiting == {"Figure 6", "Extension 3", FIGURES["claims"].name}  # as the Makefile says


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


def test_make_drops_foreign_settings_sets_its_own_and_passes_the_users_choices(make, clone):
    (clone / ".venv" / "bin" / "python").write_text("#!/bin/sh\nenv -0 | tr '\\0' '\\t' >> calls\n")
    foreign = {"PYTHONPATH", "PYTHONOPTIMIZE", "JUPYTER_PATH", "MPLBACKEND", "PYTEST_PLUGINS"}
    own = {"PYTHONUTF8": "0", "IPYTHONDIR": "/x", "JUPYTER_DATA_DIR": "/x", "MPLCONFIGDIR": "/x"}
    chosen = {"DVLIB_CACHE": "/y", "PYTHONDONTWRITEBYTECODE": "1", "JUPYTER_TOKEN": "y"}
    (words,) = make("page", **dict.fromkeys(foreign, "x"), **own, **chosen)[2]
    seen = dict(word.split("=", 1) for word in words)
    assert chosen.items() <= seen.items() and seen["PYTHONUTF8"] == "1" and not foreign & {*seen}
    assert all("/.cache/" in seen[name] for name in own if name != "PYTHONUTF8")
