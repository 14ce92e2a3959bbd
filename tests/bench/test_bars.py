"""The benchmark says what it missed."""

from typing import Any

import pytest

from bench.bars import BEGIN, END, FLOOR, missed, table, written_into

LIST, DEEPEST = "Statements, first page", "Statements, deepest page"
SEARCH, ADMIN = "Search, a common word", "Admin: statements"
DJANGO, DJANGO_SEARCH = "Django's admin: statements", "Django's admin: statements, search"


def _page(p50: float, *, bar: float = 0, sql: float = 0, queries: int = 8, is_list: bool = False) -> dict[str, Any]:
    return {
        "p50": p50, "p95": p50, "p50 of 4": p50, "p95 of 4": p50, "requests a second": 1000 / p50, "queries": queries,
        "sql": sql, "bytes": 1, "bar": bar, "is_list": is_list,
    }  # fmt: skip


def _pages() -> dict[str, Any]:
    return {
        FLOOR: _page(4),
        LIST: _page(19, bar=5, sql=10, is_list=True),
        DEEPEST: _page(20, bar=5, sql=10, is_list=True),
        SEARCH: _page(32, bar=8, sql=12, is_list=True),
        ADMIN: _page(90, sql=80),
        DJANGO: _page(400),
        DJANGO_SEARCH: _page(3200),
    }


@pytest.fixture
def results() -> dict[str, Any]:
    """Every bar met, each by little."""
    return {
        "machine": {"cores": 2, "python": "3.11.2", "postgresql": "18.0"},
        "sizes": [1_000, 10_000, 1_000_000],
        "built": {"1000000": {"seconds": 190.0, "statements a second": 5_263.0, "bytes": 2**30}},
        "pages": {"1000": _pages(), "10000": _pages(), "1000000": _pages()},
        "loads": {
            "load_desk": 10_000.0,
            "loaddata": 800.0,
            "rows": 3_000,
            "import_table": 1_700.0,
            "imported": 10_000,
            "memory": 400 * 2**20,
        },
        "export": {"rows": 333_334, "bytes": 1, "seconds": 1, "memory before": 1, "memory at most": 150 * 2**20},
    }


def test_nothing_is_missed_where_every_bar_is_met(results: dict[str, Any]) -> None:
    assert missed(results) == []


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (LIST, {"p50": 24.0}, "6.0 times the floor, not 5"),
        (LIST, {"queries": 9}, "9 queries, not 8"),
        (DEEPEST, {"p50": 22.8, "bar": 0}, "1.20 times the first, not 1.1"),
        (SEARCH, {"p50": 42.0, "bar": 0}, "1.31 times its own p50 at 10,000 statements, not 1.3"),
        (SEARCH, {"sql": 10.0}, "3.20 times its SQL of 10.0 ms, not 3"),
        (ADMIN, {"sql": 60.0}, "1.50 times its SQL of 60.0 ms, not 1.25"),
        (ADMIN, {"p50": 110.0, "sql": 100.0}, "110 ms, not 100"),
        (DJANGO, {"p50": 361.0}, "19.0 times as slow as ours, not 20"),
        (DJANGO_SEARCH, {"p50": 3168.0}, "99.0 times as slow as ours, not 100"),
    ],
)
def test_a_bar_that_is_not_met_is_named_with_its_figure(
    results: dict[str, Any], name: str, change: dict[str, Any], said: str
) -> None:
    results["pages"]["1000000"][name].update(change)
    assert [each for each in missed(results) if each == f"{name}: {said}"]


def test_a_slow_load_is_named_with_its_figure(results: dict[str, Any]) -> None:
    results["loads"] |= {"load_desk": 200.0, "loaddata": 201.0, "import_table": 400.0, "memory": 600 * 2**20}
    assert missed(results) == [
        "load_desk: 200 statements a second, not 10,000",
        "load_desk: slower than loaddata, 201 statements a second",
        "import_table: 400 rows a second, not 1,667",
        "import_table: 600 MB of memory, not 500",
    ]


def test_the_table_takes_the_place_of_the_last_one_in_the_readme() -> None:
    old = f"# Desk\n\n{BEGIN}\n\nof last month\n\n{END}\n\nMore.\n"
    assert written_into(old, "| new |") == f"# Desk\n\n{BEGIN}\n\n| new |\n\n{END}\n\nMore.\n"
    with pytest.raises(ValueError, match="writes from here"):
        written_into("# Desk\n", "| new |")


def test_what_is_missed_stands_under_the_table(results: dict[str, Any]) -> None:
    results["missed"] = ["the export: too long"]
    text = table(results)
    assert "| Statements, first page | 19.0 |" in text
    assert text.endswith("Not met:\n- the export: too long")
