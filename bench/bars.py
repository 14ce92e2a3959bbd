"""What the figures are held against: the bars of the benchmark, all of them ratios within one run."""

from collections.abc import Iterator
from typing import Any

FLOOR = "Floor: an empty page"
LIST_QUERIES = 8
DEEPEST = ("Statements, deepest page", "Statements, first page", 1.1)
GROWTH = 1.3  # p50 with all statements, beside p50 with ten thousand
GROWTH_FROM = "10000"
LONG_SQL, LONG_SQL_BAR = 50, 1.25  # milliseconds; page beside its SQL
SHORT_SQL, SHORT_SQL_BAR = 3, 3.0
ADMIN_MS = 100
ADMIN = (
    ("Django's admin: statements", "Statements, first page", 20),
    ("Django's admin: statements, search", "Search, a common word", 100),
)
EXPORT_MEMORY = 200 * 2**20
BUILT_A_SECOND = 5_000
LOADED_A_SECOND = 10_000
IMPORTED_A_SECOND = 100_000 / 60
IMPORT_MEMORY = 500 * 2**20
BEGIN, END = "<!-- `make bench` writes from here -->", "<!-- to here -->"


def ratio(number: float, other: float) -> float:
    """Return how many times `other` a number is; 0 where there is nothing to compare with."""
    return number / other if other else 0.0


def _pages(results: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return results["pages"][str(results["sizes"][-1])]


def missed(results: dict[str, Any]) -> list[str]:
    """Return a sentence for each bar that is not met."""
    return [*_of_pages(results), *_of_pairs(results), *_of_loads(results)]


def _of_pages(results: dict[str, Any]) -> Iterator[str]:
    pages = _pages(results)
    floor = pages[FLOOR]["p50"]
    smaller = results["pages"].get(GROWTH_FROM, {})
    for name, page in pages.items():
        if page["bar"] and ratio(page["p50"], floor) > page["bar"]:
            yield f"{name}: {ratio(page['p50'], floor):.1f} times the floor, not {page['bar']:g}"
        if page["is_list"] and page["queries"] > LIST_QUERIES:
            yield f"{name}: {page['queries']} queries, not {LIST_QUERIES}"
        if name.startswith(("Django's admin", "Floor")):
            continue
        grown = ratio(page["p50"], smaller[name]["p50"]) if name in smaller else 0
        if grown > GROWTH:
            yield f"{name}: {grown:.2f} times its own p50 at {int(GROWTH_FROM):,} statements, not {GROWTH:g}"
        most = LONG_SQL_BAR if page["sql"] >= LONG_SQL else SHORT_SQL_BAR if page["sql"] >= SHORT_SQL else 0
        if most and ratio(page["p50"], page["sql"]) > most:
            yield f"{name}: {ratio(page['p50'], page['sql']):.2f} times its SQL of {page['sql']:.1f} ms, not {most:g}"
        if name.startswith("Admin: ") and page["p50"] > ADMIN_MS:
            yield f"{name}: {page['p50']:.0f} ms, not {ADMIN_MS}"


def _of_pairs(results: dict[str, Any]) -> Iterator[str]:
    pages = _pages(results)
    deepest, first, most = DEEPEST
    if ratio(pages[deepest]["p50"], pages[first]["p50"]) > most:
        yield f"{deepest}: {ratio(pages[deepest]['p50'], pages[first]['p50']):.2f} times the first, not {most:g}"
    for django, ours, least in ADMIN:
        if ratio(pages[django]["p50"], pages[ours]["p50"]) < least:
            yield f"{django}: {ratio(pages[django]['p50'], pages[ours]['p50']):.1f} times as slow as ours, not {least}"


def _of_loads(results: dict[str, Any]) -> Iterator[str]:
    built = results["built"].get(str(results["sizes"][-1]))
    if built and built["statements a second"] < BUILT_A_SECOND:
        yield f"make_archive: {built['statements a second']:,.0f} statements a second, not {BUILT_A_SECOND:,}"
    loads = results["loads"]
    if loads["load_desk"] < LOADED_A_SECOND:
        yield f"load_desk: {loads['load_desk']:,.0f} statements a second, not {LOADED_A_SECOND:,}"
    if loads["load_desk"] < loads["loaddata"]:
        yield f"load_desk: slower than loaddata, {loads['loaddata']:,.0f} statements a second"
    if loads["import_table"] < IMPORTED_A_SECOND:
        yield f"import_table: {loads['import_table']:,.0f} rows a second, not {IMPORTED_A_SECOND:,.0f}"
    if loads["memory"] > IMPORT_MEMORY:
        yield f"import_table: {loads['memory'] / 2**20:.0f} MB of memory, not {IMPORT_MEMORY >> 20}"
    if results["export"]["memory at most"] > EXPORT_MEMORY:
        yield f"CSV export: {results['export']['memory at most'] / 2**20:.0f} MB of memory, not {EXPORT_MEMORY >> 20}"


def table(results: dict[str, Any]) -> str:
    """Return the figures as a table in Markdown."""
    pages = _pages(results)
    floor = pages[FLOOR]["p50"]
    smallest, largest = results["sizes"][0], results["sizes"][-1]
    lines = [
        f"{largest:,} statements, {results['machine']['cores']} cores, PostgreSQL {results['machine']['postgresql']}, "
        f"Python {results['machine']['python']}. Milliseconds.",
        "",
        "| page | p50 | p95 | of 4 at once | a second | queries | SQL | / floor | / SQL "
        f"| grown from {smallest:,} | from {int(GROWTH_FROM):,} |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, page in pages.items():
        grown = [
            f"{ratio(page['p50'], results['pages'][size][name]['p50']):.2f}" if size in results["pages"] else ""
            for size in (str(smallest), GROWTH_FROM)
        ]
        lines.append(
            f"| {name} | {page['p50']:.1f} | {page['p95']:.1f} | {page['p50 of 4']:.1f} "
            f"| {page['requests a second']:.0f} | {page['queries']} | {page['sql']:.1f} "
            f"| {ratio(page['p50'], floor):.1f} | {ratio(page['p50'], page['sql']):.1f} | {' | '.join(grown)} |"
        )
    return "\n".join([*lines, "", *(_loads(results)), "", "Not met:", *(f"- {each}" for each in results["missed"])])


def _loads(results: dict[str, Any]) -> Iterator[str]:
    for size, built in results["built"].items():
        if built:
            yield (
                f"- `make_archive` of {int(size):,}: {built['seconds']:.0f} s, "
                f"{built['statements a second']:,.0f} statements a second, {built['bytes'] / 2**30:.1f} GB"
            )
    loads = results["loads"]
    yield (
        f"- `load_desk`: {loads['load_desk']:,.0f} statements a second, {ratio(loads['load_desk'], loads['loaddata']):.0f} "
        f"times as fast as `loaddata` on the same file of {loads['rows']:,} rows"
    )
    yield (
        f"- `import_table` of {loads['imported']:,} statements: {loads['import_table']:,.0f} rows a second, "
        f"{loads['memory'] / 2**20:.0f} MB of memory at most"
    )
    export = results["export"]
    yield (
        f"- CSV of {export['rows']:,} rows: {export['seconds']:.0f} s, {export['bytes'] / 2**20:.0f} MB; the worker's "
        f"memory {export['memory before'] / 2**20:.0f} MB before and {export['memory at most'] / 2**20:.0f} MB at most"
    )


def written_into(text: str, table: str) -> str:
    """Return `text` with the table between its two marks. Raises `ValueError` where they are not there."""
    before, _begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"The text has no {BEGIN} with {END} after it.")
    return f"{before}{BEGIN}\n\n{table}\n\n{END}{after}"
