"""What imports what, and what a command may not load."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import updown_cli
from tests.conftest import SAMPLES
from updown_cli.cli.command_table import SUMMARIES

PACKAGE = Path(updown_cli.__file__).parent
LAYERS = (
    *("errors", "stores", "op", "tensors", "ops", "pipeline", "processors", "engine", "explain"),
    *("files", "figures", "identify", "doctor", "batch", "warm", "fit", "cli"),
)
SIDE_BY_SIDE = ({"engine", "explain"}, {"batch", "warm"})
HEAVY = {"torch", "numpy", "PIL", "rich"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imported(path: Path) -> list[str]:
    """Return the modules of this package that a module imports."""
    tree = ast.parse(path.read_text())
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = [node.module or "" for node in nodes]
    return [name for name in names if name.startswith("updown_cli.")]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own in ("__init__", "__main__"):
        own = "cli"
    below = set(LAYERS[: LAYERS.index(own) + 1])
    for group in SIDE_BY_SIDE:
        if own in group:
            below -= group - {own}
    assert {name.split(".")[1] for name in imported(path)} <= below


def test_explaining_knows_no_operation() -> None:
    """An operation tells of itself what `explain` asks; it is found in its own folder alone."""
    paths = [*(PACKAGE / "explain").rglob("*.py"), PACKAGE / "batch" / "explain_input.py"]
    paths += (PACKAGE / "cli").glob("explain*.py")
    known = {f"{path.stem}: {name}" for path in paths for name in imported(path)}
    assert not {line for line in known if ": updown_cli.ops." in line}


@pytest.mark.parametrize("package", ["pipeline", "engine", "batch"])
def test_no_operation_is_known_by_its_module(package: str) -> None:
    """What is special about one is asked of it, as `op` has it."""
    names = {name for path in (PACKAGE / package).rglob("*.py") for name in imported(path)}
    assert {name for name in names if name.startswith("updown_cli.ops.")} == set()


@pytest.mark.parametrize(
    ("library", "home"),
    [("PIL", {"files", "figures", "ops"}), ("rich", {"cli"}), ("click", {"cli"})],
)
def test_each_library_has_its_home(library: str, home: set[str]) -> None:
    users = {
        path.relative_to(PACKAGE).parts[0]
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and library in ast.unparse(node).replace(".", " ").split()
    }
    assert users == home


def test_of_the_operations_only_pillows_own_resize_runs_pillow() -> None:
    users = [path for path in (PACKAGE / "ops").rglob("*.py") if "from PIL" in path.read_text()]
    assert users == [PACKAGE / "ops" / "upsample" / "like" / "pillow.py"]


def modules_after(code: str) -> set[str]:
    """Return the modules that are loaded after some code ran in a new process."""
    script = f"import sys\n{code}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def loaded_by(code: str) -> set[str]:
    """Return the heavy libraries that are loaded after some code ran in a new process."""
    return HEAVY & modules_after(code)


def own_modules_after(*line: str) -> set[str]:
    """Return the modules of this package that a command line, which exits with 0, loads."""
    code = (
        "from updown_cli.cli.main import main\n"
        f"try: main({[*line]!r})\nexcept SystemExit as end: assert end.code == 0"
    )
    return {name for name in modules_after(code) if name.startswith("updown_cli.")}


@pytest.mark.parametrize(
    "line",
    [
        "--help",
        "--version",
        "pool --help",
        "infer pool --in 8 --out 4 --json",
        "shapes pool --shape 1x8x8 --json",
    ],
)
def test_help_and_arithmetic_load_nothing_heavy(line: str) -> None:
    code = (
        "from updown_cli.cli.main import main\n"
        f"try: main({line.split()!r})\nexcept SystemExit as end: assert end.code == 0"
    )
    assert loaded_by(code) == set()


def test_the_list_of_commands_loads_none() -> None:
    loaded = own_modules_after("--help")
    assert not {f"updown_cli.cli.{name}" for name in (*SUMMARIES, "op_command")} & loaded
    assert {name for name in loaded if name.startswith("updown_cli.ops.")} == set()


@pytest.mark.parametrize("name", ["pool", "upsample", "shuffle"])
def test_the_help_of_an_operation_loads_no_other_command(name: str) -> None:
    loaded = own_modules_after(name, "--help")
    assert not {f"updown_cli.cli.{other}" for other in SUMMARIES} & loaded
    assert f"updown_cli.ops.{name}" in loaded
    layers = {module.split(".")[1] for module in loaded}
    below = {"errors", "stores", "op", "ops", "tensors", "engine", "files"}
    assert layers <= below | {"batch", "cli", "warm"}


def test_the_help_of_pool_loads_no_other_operation() -> None:
    parts = [name.split(".") for name in own_modules_after("pool", "--help")]
    assert {part[2] for part in parts if part[1] == "ops" and len(part) > 2} == {"pool"}


@pytest.mark.parametrize("name", [*SUMMARIES])
def test_the_help_of_a_command_loads_no_operation(name: str) -> None:
    loaded = own_modules_after(name, "--help")
    assert {other for other in SUMMARIES if f"updown_cli.cli.{other}" in loaded} == {name}
    assert {module for module in loaded if module.startswith("updown_cli.ops.")} == set()


def test_a_refusal_does_not_load_torch() -> None:
    code = (
        "from updown_cli.cli.main import main\n"
        "try: main(['pool', 'missing.png'])\nexcept SystemExit as end: assert end.code == 1"
    )
    assert "torch" not in loaded_by(code)


def own_modules_of(*arguments: str) -> set[str]:
    """Return the modules of this package that a command loads, in a new process."""
    code = (
        "import sys\nfrom updown_cli.cli.main import main\n"
        f"try: main({list(arguments)!r})\nexcept SystemExit as end: assert end.code == 0\n"
        "print(*(name for name in sys.modules if name.startswith('updown_cli.')))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {name.removeprefix("updown_cli.") for name in done.stdout.splitlines()[-1].split()}


def test_a_pool_loads_nothing_that_draws_and_no_other_operation() -> None:
    """But for the table of what is drawn by which module."""
    loaded = own_modules_of("pool", "-k", "2", str(SAMPLES / "photo.jpg"), "-o", "y.jpg", "-q")
    assert Path("y.jpg").exists()
    assert {name for name in loaded if name.startswith("figures.")} <= {"figures.artifacts"}
    assert {name.split(".")[1] for name in loaded if name.startswith("ops.")} == {"pool"}
    assert not {name for name in loaded if name.split(".")[0] in ("explain", "warm")}


@pytest.mark.parametrize("files", [["values", "photo.png"], ["compare", "gray.png", "photo.png"]])
def test_what_looks_at_pixels_only_loads_no_torch(files: list[str]) -> None:
    command, *names = files
    code = (
        "from updown_cli.cli.main import main\n"
        f"try: main([{command!r}, '--json', *{[str(SAMPLES / name) for name in names]!r}])\n"
        "except SystemExit as end: assert end.code in (0, 1)"
    )
    assert loaded_by(code) == {"numpy", "PIL"}


def test_who_hands_a_call_over_loads_next_to_nothing() -> None:
    names = ("place", "client", "call", "wire", "descriptors")
    code = (
        "import sys; before = set(sys.modules)\n"
        "import updown_cli.__main__, updown_cli.warm.client\n"
        "new = sys.modules.keys() - before\n"
        "print(*sorted(name for name in new if name.startswith('updown_cli.')))\n"
        "print(*{'typing', 're', 'json', 'threading', 'tempfile', 'click', 'numpy'} & new)"
    )
    command = [sys.executable, "-S", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    own, others = done.stdout.split("\n")[:2]
    modules = {f"updown_cli.warm.{name}" for name in names}
    assert set(own.split()) == {*modules, "updown_cli.__main__", "updown_cli.warm"}
    assert others == ""
