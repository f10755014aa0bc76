"""The shape of the source: imports go one way, reading a machine needs no JAX, and no file or function is a monster."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "dmm"

# What each part of the package may import, besides itself. `from dmm import ...` is for users: inside, name the folder.
VALUES = {"vvalue"}
MACHINES = VALUES | {"neurons", "machine"}
ENGINES = MACHINES | {"interpret", "compile"}
LEARNING = ENGINES | {"engines", "tasks"}
SEEING = LEARNING | {"gradients", "synthesis", "circuits", "reasons"}
MAY_IMPORT: dict[str, set[str]] = {
    "vvalue": set(),
    "pure": VALUES,
    "neurons": VALUES,
    "machine": VALUES | {"neurons"},
    "networks": MACHINES,
    "interpret": MACHINES,
    "live": MACHINES | {"interpret"},
    "reasons": MACHINES | {"interpret"},
    "compile": MACHINES,
    "engines": ENGINES,
    "tasks": MACHINES | {"interpret"},
    "gradients": ENGINES | {"tasks"},
    "synthesis": LEARNING | {"gradients"},
    "circuits": MACHINES,
    "report": SEEING,
    "benchmarks": SEEING | {"report"},
    "cli": SEEING | {"live", "report", "benchmarks"},
    "__main__": {"cli"},
}

# What a part may also import inside functions, for methods that hand over to what is built on it.
MAY_IMPORT_LATE: dict[str, set[str]] = {"machine": {"circuits"}}

# Files and folders that must not load JAX, so that reading, running and showing a machine starts at once.
WITHOUT_JAX = [
    "vvalue/tree.py",
    "pure",
    "neurons",
    "machine",
    "interpret",
    "live",
    "reasons",
    "engines.py",
    "tasks",
    "cli",
]
SLOW_LIBRARIES = {"jax", "jaxlib", "optax"}

WORDS_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "misc", "common", "manager"}
LONGEST_FILE = 400
LONGEST_BODY = 60

FILES = sorted(SOURCE.rglob("*.py"))
every_file = pytest.mark.parametrize("path", FILES, ids=[path.relative_to(SOURCE).as_posix() for path in FILES])


def part_of(path: Path) -> str:
    """The folder of the package that a file belongs to; for a file at the top, its own name."""
    return path.relative_to(SOURCE).with_suffix("").parts[0]


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported_modules(node: ast.AST, path: Path) -> list[str]:
    """The full names that one import statement asks for; `from a import b` counts as `a.b`."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        package = ["dmm", *path.relative_to(SOURCE).parent.parts]
        base = package[: len(package) + 1 - node.level] if node.level else []
        return [".".join([*base, *filter(None, [node.module]), alias.name]) for alias in node.names]
    return []


def executed_on_import(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs when the module is imported: not bodies of functions, nor what is there for types only."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            yield from (inner for statement in child.orelse for inner in [statement, *executed_on_import(statement)])
            continue
        yield child
        yield from executed_on_import(child)


def forbidden_imports(tree: ast.Module, path: Path) -> list[str]:
    """The imports of ours that the table does not allow to this file, each with its line."""
    part = part_of(path)
    allowed = MAY_IMPORT.get(part, set()) | {part}
    late = allowed | MAY_IMPORT_LATE.get(part, set())
    at_once = set(executed_on_import(tree))
    return [
        f"{part} imports {name} in line {node.lineno}"
        for node in ast.walk(tree)
        for name in imported_modules(node, path)
        if name.split(".")[0] == "dmm" and ([*name.split("."), ""])[1] not in (allowed if node in at_once else late)
    ]


def slow_imports(tree: ast.Module, path: Path) -> list[str]:
    """The slow libraries that importing this file would load, each with its line."""
    return [
        f"{name} in line {node.lineno}"
        for node in executed_on_import(tree)
        for name in imported_modules(node, path)
        if name.split(".")[0] in SLOW_LIBRARIES
    ]


def body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The physical lines of a function after its head and its docstring."""
    statements = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return statements[-1].end_lineno - statements[0].lineno + 1 if statements else 0


def words_of(name: str) -> list[str]:
    """The words of a name in snake case or camel case, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name)] or [name]


def jax_free_files() -> list[Path]:
    roots = [SOURCE / entry for entry in WITHOUT_JAX]
    return [path for path in FILES if any(path == root or root in path.parents for root in roots)]


def test_the_source_is_there():
    assert FILES, f"no Python file under {SOURCE}"


def test_every_part_has_a_row_in_the_table():
    parts = {part_of(path) for path in FILES} - {"__init__"}
    assert parts <= set(MAY_IMPORT), "a new folder or top-level file needs a row in MAY_IMPORT"


def test_the_table_goes_one_way():
    """Taking away, again and again, what imports nothing that is left must take away everything."""
    left = {part: set(allowed) for part, allowed in MAY_IMPORT.items()}
    while free := [part for part, allowed in left.items() if not allowed & set(left)]:
        for part in free:
            del left[part]
    assert not left, f"these import each other in a circle: {sorted(left)}"


@every_file
def test_imports_follow_the_table(path):
    if path != SOURCE / "__init__.py":
        assert forbidden_imports(parsed(path), path) == []


@pytest.mark.parametrize("path", jax_free_files(), ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_reading_a_machine_names_no_slow_library(path):
    assert slow_imports(parsed(path), path) == []


def test_reading_a_machine_loads_no_slow_library():
    """The same by running it: also nothing that those files import may load JAX."""
    paths = [SOURCE / "__init__.py", *jax_free_files()]
    modules = [".".join(["dmm", *path.relative_to(SOURCE).with_suffix("").parts]) for path in paths]
    imports = "\n".join(f"import {module.removesuffix('.__init__')}" for module in modules)
    program = f"{imports}\nimport sys\nprint(*sorted({SLOW_LIBRARIES!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [], f"loaded by {', '.join(modules)}"


@every_file
def test_names_say_something(path):
    """No word in the name of a file or folder, nor the last word in the name of a class or function, is empty."""
    files = [word for name in path.relative_to(SOURCE).with_suffix("").parts for word in words_of(name)]
    definitions = [
        words_of(node.name)[-1]
        for node in parsed(path).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert WORDS_THAT_SAY_NOTHING & {*files, *definitions} == set()


@every_file
def test_no_file_is_a_monster(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@every_file
def test_no_function_is_a_monster(path):
    functions = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {f"{node.name}, line {node.lineno}": body_length(node) for node in functions}
    assert {name: length for name, length in lengths.items() if length > LONGEST_BODY} == {}


# The checks above find what they are there to find.


@pytest.mark.parametrize(
    ("file", "statement", "found"),
    [
        ("vvalue/tree.py", "import dmm.machine.links", 1),
        ("compile/lower.py", "from dmm.interpret import run", 1),
        ("compile/lower.py", "from dmm import machine", 0),
        ("compile/lower.py", "from dmm import Machine", 1),
        ("compile/lower.py", "import dmm", 1),
        ("compile/lower.py", "def f():\n    import dmm.cli.main", 1),
        ("compile/lower.py", "from ..interpret import run", 1),
        ("compile/lower.py", "from .. import interpret", 1),
        ("compile/lower.py", "from . import supports", 0),
        ("compile/lower.py", "from .supports import infer", 0),
        ("synthesis/train.py", "from dmm.compile.program import Program\nimport jax, dmmlike", 0),
    ],
)
def test_a_forbidden_import_is_found(file, statement, found):
    assert len(forbidden_imports(ast.parse(statement), SOURCE / file)) == found


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("import jax.numpy as jnp", 1),
        ("class A:\n    from optax import adam", 1),
        ("try:\n    import jax\nexcept ImportError:\n    pass", 1),
        ("def f():\n    import jax", 0),
        ("if TYPE_CHECKING:\n    import jax", 0),
        ("if TYPE_CHECKING:\n    pass\nelse:\n    import jax", 1),
        ("if fast:\n    import jax", 1),
    ],
)
def test_a_slow_import_is_found(statement, found):
    assert len(slow_imports(ast.parse(statement), SOURCE / "machine" / "file.py")) == found


def test_words_are_found_in_names():
    assert words_of("graph_utils") == ["graph", "utils"]
    assert words_of("_TrainingManager") == ["training", "manager"]
    assert words_of("__init__") == ["init"]


def test_the_length_of_a_body_leaves_out_head_and_docstring():
    (function,) = ast.parse('def f(\n    a,\n):\n    """One\n\n    two."""\n\n    b = a\n    return b\n').body
    assert body_length(function) == 2
