"""Imports run one way through the layers (DESIGN section 3)."""

import ast
from pathlib import Path

APP = Path(__file__).resolve().parents[1] / "relations"

# Each layer with those it may import, besides itself.
BELOW = {
    "choices": set(),
    "columns": set(),  # of the tables that go out and come in
    "models": {"choices"},
    "access": {"choices", "models"},
    "extraction": {"choices"},  # text out of files; knows no desk
    "tables": {"choices", "columns", "extraction"},  # files of rows that come in; knows no desk
    "briefs": set(),  # a brief's frozen words and how they are drawn; knows no desk
    "archive": {"choices", "models"},  # made-up desks, past the actions; nothing else imports it but its command
    "actions": {"choices", "columns", "models", "access", "extraction", "briefs", "tables"},
    "reports": {
        "choices",
        "columns",
        "models",
        "access",
        "actions",
        "briefs",
        "extraction",
    },  # of which language a text is
    "forms": {"extraction", "choices", "columns", "tables", "models", "access", "actions", "reports", "filters"},
    "filters": {"choices", "models", "access", "actions", "reports", "forms"},
    "templatetags": {"choices", "models", "briefs"},
    "context_processors": {"choices", "models", "access"},
    "accounts": {"choices", "models", "access"},
    "middleware": {"choices", "models", "access", "actions", "reports"},
    "past_view": {"models", "access", "forms"},
    "uploading": {"extraction"},
    "views": {
        "api",
        "briefs",
        "extraction",
        "choices",
        "columns",
        "tables",
        "models",
        "access",
        "actions",
        "reports",
        "forms",
        "filters",
    },
    "api": {"choices", "models", "access", "actions", "reports", "forms", "filters"},
    "admin": {
        "extraction",
        "choices",
        "models",
        "access",
        "actions",
        "reports",
        "forms",
        "filters",
        "templatetags",
        "views",
    },
    "management": {"archive", "extraction", "tables", "choices", "models", "access", "actions", "reports"},
    "urls": {"views"},
    "apps": {"actions", "filters"},
    "migrations": {"choices", "models"},
}


def layer_of(path: Path) -> str:
    return path.relative_to(APP).parts[0].removesuffix(".py")


def imported_layers(path: Path) -> set[str]:
    layers = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "relations":
            parts = node.module.split(".")
            layers |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            layers |= {a.name.split(".")[1] for a in node.names if a.name.startswith("relations.")}
    return layers


def test_imports_run_one_way() -> None:
    wrong = []
    for path in sorted(APP.rglob("*.py")):
        layer = layer_of(path)
        if layer == "__init__":
            continue
        above = imported_layers(path) - BELOW[layer] - {layer}
        wrong += [f"{path.relative_to(APP)} imports {name}" for name in sorted(above)]
    assert wrong == []


def test_no_module_passes_four_hundred_lines_by_much() -> None:
    long = {
        str(path.relative_to(APP)): count
        for path in APP.rglob("*.py")
        if "migrations" not in path.parts and (count := len(path.read_text().splitlines())) > 420
    }
    assert long == {}
