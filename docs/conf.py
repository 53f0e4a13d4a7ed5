"""How Sphinx builds the book: `make book`, into build/book. Nothing in it needs a network.

The source folder is the clone itself, so that a link such as `../notebooks/fig01_….ipynb` works in
the book as it does in the repository. `include_patterns` names the pages.
"""

import ast
import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import ziamath
from docutils.nodes import SkipNode
from latex2mathml.converter import convert

import dvlib

HERE = Path(__file__).parent
API = HERE / "api"  # written by `write_api`; git passes it by

FACADE = "``import dvlib`` gives these names. All others are imported from their package."

project = "Data values"
author = "the authors of dvlib"
version = release = "0.1.0"
html_title = "Data values"
copyright = "MIT licence"

root_doc = "docs/index"
include_patterns = [
    "figures/README.md",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/**",
    "benchmarks/*.md",
    "notebooks/*.ipynb",
]
exclude_patterns = [  # folders that need not be searched
    ".*", "build", "dvlib", "tests", "docs/root", "docs/style",
    "**/.ipynb_checkpoints",
]  # fmt: skip
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]

nb_execution_mode = "off"  # notebooks are shown as they are stored
nb_render_image_options = {"alt": "The figure that this cell draws."}
nb_ipywidgets_js = {}  # or pages with a progress bar would ask the network for scripts
myst_enable_extensions = ["dollarmath", "html_image"]
myst_heading_anchors = 4  # links to headings, as the repository's own pages have them

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # types stand in the docstrings
autosummary_generate = False
default_role = "literal"  # `name` in a docstring is code
numpydoc_show_class_members = False  # autodoc shows them

html_theme = "furo"
# Where a system has no font for mathematics, formulas are drawn with the one that ziamath ships.
MATH_FONT = Path(ziamath.__file__).parent / "fonts" / "STIXTwoMath-Regular.ttf"
html_static_path = ["style", str(MATH_FONT)]
html_css_files = ["book.css"]
html_extra_path = ["root"]  # index.html, which leads to the first page
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_math_renderer = "mathml"


def typeset(display):
    """A visitor that writes mathematics as MathML, which browsers draw without a script."""

    def visit(writer, node):
        writer.body.append(convert(node.astext(), display=display))
        raise SkipNode

    return visit, None


def public_modules(package):
    """Names of a package's public modules; modules of its sub-packages come after its own."""
    own, nested = [], []
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if module.name.rpartition(".")[2].startswith("_"):
            continue
        if module.ispkg:
            nested += public_modules(import_module(module.name))
        else:
            own.append(module.name)
    return own + nested


def facade():
    """Names that `dvlib` exports, by the package they come from, in the order of the imports."""
    groups = {}
    listed = Path(dvlib.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    for node in ast.parse(listed).body:
        if isinstance(node, ast.ImportFrom):
            names = groups.setdefault(node.module.split(".")[0], [])
            names += [f"dvlib.{node.module}.{alias.name}" for alias in node.names]
    return groups


def page(title, *blocks):
    """Text of a page in reStructuredText."""
    return "\n\n".join([f"{title}\n{'=' * len(title)}", *blocks]) + "\n"


def table(title, names):
    """A heading, and a line for each name that leads to its documentation."""
    lines = "\n".join(f"   ~{name}" for name in names)
    return f"{title}\n{'-' * len(title)}\n\n.. autosummary::\n\n{lines}"


def module(name):
    """A heading, and what a module defines."""
    return f"{name}\n{'-' * len(name)}\n\n.. automodule:: {name}\n   :members:"


def write_api():
    """A page for the names that `dvlib` exports and one for each package, in docs/api."""
    API.mkdir(exist_ok=True)
    tables = (table(f"From dvlib.{group}", names) for group, names in facade().items())
    pages = {"index": page("The names of dvlib", FACADE, *tables)}
    for found in pkgutil.iter_modules(dvlib.__path__, "dvlib."):
        if found.ispkg:
            package = import_module(found.name)
            modules = map(module, public_modules(package))
            pages[found.name] = page(found.name, inspect.getdoc(package) or "", *modules)
    for name, text in pages.items():
        path = API / f"{name}.rst"
        if not path.exists() or path.read_text(encoding="utf-8") != text:  # Sphinx reads the time
            path.write_text(text, encoding="utf-8")


def escape(app, what, name, obj, options, lines):
    """Docstrings are plain text with `code`: what reStructuredText would read as markup is not."""
    for number, line in enumerate(lines):
        if not line.lstrip().startswith(">>>"):
            lines[number] = re.sub(
                r"(`[^`]*`)|([\\|*])", lambda found: found[1] or rf"\{found[2]}", line
            )


def skip(app, what, name, obj, skipped, options):
    """Leave out what a base class of a library brings along, and fields without a text."""
    module = getattr(obj, "__module__", None) or "dvlib"
    text = getattr(obj, "__doc__", None) or ""
    return skipped or not module.startswith("dvlib") or text.startswith("Alias for field number")


def setup(app):
    write_api()
    app.connect("autodoc-process-docstring", escape, priority=400)  # before numpydoc
    app.connect("autodoc-skip-member", skip)
    app.add_html_math_renderer("mathml", typeset("inline"), typeset("block"))
