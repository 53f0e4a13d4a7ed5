"""The command line of the suite: `dvlib COMMAND …`, or `python -m dvlib COMMAND …`.

run fig01 fig03                    makes figures with their own settings, into figures/
run fig01 grid_step=3 n_seeds=2    makes them with other settings, into build/
value my.csv --label outcome       says what each row of a table is worth

The environment variable DVLIB_BUILD names a folder that takes the place of build/.
The exit status is 0 if all went well, 1 if something failed or differs, 2 for a bad argument.
"""

import argparse
import ast
import os
import signal
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path

from dvlib.checks import check_choice
from dvlib.data.tables import find_csv, is_csv
from dvlib.methods.tensors import MissingTensorFlow, has_tensorflow, require_tensorflow
from dvlib.paper.manifest import FIGURES, figure_entry
from dvlib.paper.places import (
    FORMAT_VARIABLE,
    FORMATS,
    FROM_VARIABLE,
    display_path,
    fix_build_folder,
)
from dvlib.paper.settings import parameter_names, resolve
from dvlib.refits.cluster import ClusterError, open_client, use_cluster
from dvlib.root import in_clone, project_root
from dvlib.suite.run import kept, why

# As the user called it, so that the commands in messages work when they are copied.
PROGRAM = "dvlib" if Path(sys.argv[0]).stem == "dvlib" else "python -m dvlib"
SUSPECT = 3  # exit status of --json where a label is flagged


def main(arguments=None):
    """Parse arguments (None = those of the process), run the command, return the exit status."""
    options = _parser().parse_args(arguments)
    if options.act not in (_value, _methods, _list) and not in_clone():
        return _report_error(
            f"`{PROGRAM} {options.command}` works with the notebooks and figures of a clone, where "
            f"it is .venv/bin/dvlib {options.command}; anywhere: {PROGRAM} value, methods, list", 2
        )  # fmt: skip
    fix_build_folder()
    try:
        return options.act(options)
    except (_Refused, ClusterError) as error:  # a cluster may be lost during the run
        return _report_error(error, 2)
    except KeyboardInterrupt:
        # Python would warn of coroutines of a stopped kernel, which nobody awaits any more.
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        return _report_error(f"\nstopped: {kept()}", 128 + signal.SIGINT, "")


class _Refused(Exception):
    """A bad argument, found before any work was done."""


@contextmanager
def _checking_arguments():
    """Report errors inside this context in one line, because they come from the user's arguments.

    Errors elsewhere are bugs and keep their traceback.
    """
    try:
        yield
    except (ValueError, OSError, ClusterError, MissingTensorFlow) as error:
        raise _Refused(error) from error


def _parser():
    parser = argparse.ArgumentParser(
        prog=PROGRAM, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, act, says, **words):
        """A command with positional words, and options without a value, whose names have an _."""
        added = commands.add_parser(name, help=says, description=says)
        added.set_defaults(act=act)
        for word, help_text in words.items():
            kind = {"action": "store_true"} if word.startswith("_") else {"nargs": "*"}
            added.add_argument(word.replace("_", "--"), help=help_text, **kind)
        return added

    run = command(
        "run", _run, "make figures", words="fig01 …, and name=value to change a setting",
        _available="leave out what needs TensorFlow, if it is missing",
        _summary="then the table of `summary`", _page="then a page of them, if nothing failed",
    )  # fmt: skip
    run.add_argument(
        "--format", default=FORMATS[0],
        help=f"of the pictures: {', '.join(FORMATS)}; into build/ if it is not {FORMATS[0]}",
    )  # fmt: skip
    command("list", _list, "list the figures and their parameters")
    command("summary", _summary, "seconds, fits and verdicts of figures/")
    command(
        "verify", _verify, "figures again, into build/verify, against the committed ones",
        figures="fig01 …; all without", _fresh="use nothing computed before",
    )  # fmt: skip
    command("methods", _methods, "list the methods that value the rows of a table")
    value = command("value", _value, "value the rows of a table of your own")
    value.add_argument(
        "table",
        help="CSV, semicolons or tabs, with a line of names; .gz, .parquet; - = from a pipe",
    )
    value.add_argument("--label", help="name of the column that holds the labels")
    value.add_argument(
        "--methods", nargs="+", help=f"such as p_label oob loo; `{PROGRAM} methods` lists them"
    )
    value.add_argument("--target", help="a file with further labelled rows, for some methods")
    value.add_argument(
        "--seconds", type=float, default=60, help="that it may take; more rows mean fewer fits"
    )
    value.add_argument("--groups", metavar="COLUMN", help="rows of a group are held out together")
    value.add_argument("--cluster", help="tcp://host:8786 or local:2: fits on a Dask cluster")
    value.add_argument("--n-fits", type=int, help="fits of each pass; without, 100 random halves")
    for name, says in (
        ("text", "columns of text, whatever they look like"), ("drop", "columns to leave out"),
        ("keep", "columns to use, though they look like ids or free text"),
    ):  # fmt: skip
        value.add_argument(f"--{name}", nargs="+", default=(), metavar="COLUMN", help=says)
    value.add_argument(
        "--strict", action="store_true", help="refuse a table that would have to be changed"
    )
    value.add_argument("--decisions", help="the table of an earlier call, with its decisions")
    value.add_argument("--no-report", action="store_true", help="write no page")
    value.add_argument(
        "--json", action="store_true",
        help=f"print the verdict as JSON; the exit status is {SUSPECT} if a label is flagged",
    )  # fmt: skip
    value.add_argument("--overwrite", action="store_true", help="replace files that are there")
    value.add_argument("--out", help="the file to write; without, my-values.csv beside the table")
    command("page", _page, "write figures/index.html, README.md, docs/results.md, answer.md …")
    command("report", _report, "write figures/report.pdf, from the files in figures/")
    command("store", _store, "run notebooks at quick, keep output", figures="fig01 …; all without")
    command("check", _check, "check stored notebooks", paths="notebooks/*.ipynb")
    return parser


def _run(options):
    from dvlib.suite.run import run_all

    figures = [word for word in options.words if "=" not in word]
    assignments = [word for word in options.words if "=" in word]
    with _checking_arguments():  # check all figures before the first one runs
        os.environ[FORMAT_VARIABLE] = check_choice("format", options.format, FORMATS)
        if options.available:
            figures = _available(figures)
        if not figures and not options.summary:
            raise ValueError(f"no figure: give one, such as fig01; `{PROGRAM} list` names them")
        runs = [(name, parse_parameters(name, assignments) or PAPER) for name in figures]
        folders = {resolve(name, **parameters).folder for name, parameters in runs}
    try:
        failed = run_all(runs)
    except OSError as error:  # a kernel that cannot be started
        return _report_error(f"the run {why(error)}", 1)
    status = max(1 if failed else 0, _summary(options) if options.summary else 0)
    if options.page and not status:
        for folder in folders:
            _write_page(folder)
    return status


def _available(figures):
    """Ids of the figures that the installed libraries can make; prints which ones are left out."""
    entries = [figure_entry(name) for name in figures]
    missing = [entry for entry in entries if entry.needs_tensorflow and not has_tensorflow()]
    if missing:
        print(
            f"left out, for want of TensorFlow: {', '.join(entry.name for entry in missing)}; "
            "to make them: make setup, or pip install dvlib[tensorflow]"
        )
    return [entry.id for entry in entries if entry not in missing]


def _list(options):
    for entry in FIGURES.values():
        print(f"{entry.id}  {entry.title}: {', '.join(parameter_names(entry.id))}")
    return 0


def _methods(options):
    from dvlib.methods.registry import known_methods
    from dvlib.tables.plan import WORDS

    for name, method in known_methods("rows").items():
        source = ", ".join(WORDS[fits] for fits in method.passes) or "no fits"
        target = "; needs labelled target rows" if method.target == "labels" else ""
        print(f"{name}: {method.title}, from {source}{target}. High = {method.high}.")
    return 0


def _summary(options):
    from dvlib.suite.findings import summary

    text, damaged = summary()
    print(text)
    return 1 if damaged else 0


def _verify(options):
    from dvlib.suite.verify import folder, table, verify

    with _checking_arguments():
        figures = list(dict.fromkeys(figure_entry(name).id for name in options.figures))
        for entry in map(figure_entry, figures):
            if entry.needs_tensorflow:
                require_tensorflow(entry.name)
        drawn = [name for name, entry in FIGURES.items() if entry.kind != "overview"]
        figures = figures or _available(drawn)
        open_client()
    report = verify(figures, options.fresh)
    print(table(report))
    print(f"{display_path(folder())}/report.json holds every comparison")
    return 0 if report["passes"] else 1


def _value(options):
    from dvlib.suite.valuing import value_file

    with _checking_arguments():
        if options.cluster:
            use_cluster(options.cluster)
        found, lines = value_file(
            options.table, options.label, methods=options.methods, target=options.target,
            n_fits=options.n_fits, out=options.out, overwrite=options.overwrite,
            strict=options.strict, text=options.text, drop=options.drop, keep=options.keep,
            report=not options.no_report, decisions=options.decisions, quiet=options.json,
            seconds=options.seconds, groups=options.groups,
        )  # fmt: skip
    print(found.to_json() if options.json else "\n".join(lines))
    return SUSPECT if options.json and found.out_of_sample and found.verdict.flagged.any() else 0


def _page(options):
    _write_page(project_root() / "figures")
    return 0


def _write_page(folder):
    from dvlib.suite.page import write_page

    paths = write_page(folder, "" if folder == project_root() / "figures" else folder.name)
    print(f"wrote the pages of figures: {' and '.join(map(display_path, paths))}")


def _report(options):
    from dvlib.suite.report import write_report

    try:
        path = write_report()
    except ValueError as error:
        return _report_error(error, 1)
    print(f"wrote the report: {display_path(path)}")
    return 0


def _store(options):
    from dvlib.suite.notebooks import WITHOUT_FIGURE, store_all

    with _checking_arguments():
        names = options.figures or (*FIGURES, *WITHOUT_FIGURE)
        stems = [name if name in WITHOUT_FIGURE else figure_entry(name).stem for name in names]
    store_all(stems)
    return 0


def _check(options):
    from dvlib.suite.notebooks import problems_of_file

    with _checking_arguments():
        if not options.paths:
            raise ValueError(f"no notebook: give paths, as in `{PROGRAM} check notebooks/*.ipynb`")
    paths = [Path(path) for path in options.paths]
    problems = [f"{path}: {problem}" for path in paths for problem in problems_of_file(path)]
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


def _report_error(error, status, before="error: "):
    print(f"{before}{error}", file=sys.stderr)
    return status


PAPER = {"preset": "paper"}  # the settings of a run without assignments


def parse_parameters(figure_id, assignments):
    """Dict from "name=value" strings, with the checks that the notebook would do.

    The path of a table becomes absolute. What is no assignment, an unknown or repeated name, or a
    value that `resolve` refuses is a ValueError.
    """
    names, parameters = parameter_names(figure_id), {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals:
            raise ValueError(f"{assignment!r}: give name=value, with a name of {', '.join(names)}")
        if name in parameters:
            raise ValueError(f"{name} is given twice: give it once")
        parameters[name] = _parsed(text)
    if is_csv(parameters.get("dataset")):
        parameters["dataset"] = _absolute(parameters["dataset"])
    resolve(figure_id, **parameters or PAPER)
    return parameters


def _absolute(name):
    """Absolute path of a table, as seen from the user's folder.

    It is resolved only once: a kernel works in another folder, where the same relative path may be
    another file. `make -C` works in the clone and names the folder that it was called from.
    """
    places = [Path(folder, name) for folder in (os.environ.get(FROM_VARIABLE) or ".", ".")]
    files = {path.resolve(): None for path in places if path.is_file()}
    if len(files) > 1:
        raise ValueError(
            f"data set {name!r}: it may be {' or '.join(map(str, files))}; give the whole path"
        )
    return str(next(iter(files), None) or find_csv(name))


def _parsed(text):
    """A value from its text: yes or no, a Python literal, or else the text itself as a string."""
    if text.lower() in ("yes", "no"):  # as in YAML, and as in make's own TENSORFLOW=no
        return text.lower() == "yes"
    try:
        with warnings.catch_warnings(action="ignore"):  # Python's SyntaxWarning for odd text
            return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text
