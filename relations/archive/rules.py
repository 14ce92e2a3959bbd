"""The rules that triggers hold row by row, asked of all rows at once: what came in past the triggers must pass here.

Check constraints hold under COPY too; unique indexes and foreign keys are checked when `guards` makes them anew.
"""

from typing import Any

from django.db import connection

from relations.archive.content import TABLES
from relations.choices import STATED_ACTS

_STATED = ", ".join(f"'{act.value}'" for act in STATED_ACTS)
_MODELS: tuple[Any, ...] = TABLES
_MARKINGS = "ARRAY['CLEAR','GREEN','AMBER','AMBER+STRICT','RED']"
_TODAY = "(now() AT TIME ZONE d.time_zone)::date"
_SENT = "EXISTS (SELECT 1 FROM relations_review r WHERE r.statement_id = s.id AND r.decision <> 'returned')"
_OF_DESK = "FROM relations_statement s JOIN relations_relationship d ON d.id = s.relationship_id WHERE"
_FOUND = "FROM relations_statement s LEFT JOIN relations_searchentry e ON e.statement_id = s.id"
_READ = "FROM relations_review r JOIN relations_statement s ON s.id = r.statement_id WHERE r.decision = 'approved' AND"


def _same_desk(table: str, **parents: str) -> list[str]:
    return [
        f"FROM relations_{table} t JOIN relations_{parent} p ON p.id = t.{column} WHERE t.relationship_id <> p.relationship_id"
        for column, parent in parents.items()
    ]


# By table and trigger: queries that find a row against the rule.
RULES: dict[tuple[str, str], list[str]] = {
    ("document", "same_desk"): _same_desk("document", reprints_id="document"),
    ("document", "reprints_in_no_circle"): [
        "FROM relations_document d JOIN LATERAL (WITH RECURSIVE origin (id) AS (SELECT d.reprints_id UNION "
        "SELECT n.reprints_id FROM relations_document n JOIN origin o ON n.id = o.id WHERE n.reprints_id IS NOT NULL) "
        "SELECT 1 FROM origin WHERE id = d.id) circle ON true WHERE d.reprints_id IS NOT NULL"
    ],
    ("capture", "same_desk"): _same_desk("capture", document_id="document"),
    ("capture", "kept_as_it_stood"): [
        # What is ASCII alone, as most of it is, needs no closer look.
        "FROM relations_capture WHERE (octet_length(text) > length(text) AND text IS NOT NFC NORMALIZED) "
        "OR strpos(text, chr(13)) > 0",
        "FROM relations_capture WHERE sha256 <> encode(sha256(convert_to(text, 'UTF8')), 'hex')",
    ],
    ("statement", "same_desk"): _same_desk(
        "statement", document_id="document", meeting_id="meeting", supersedes_id="statement"
    ),
    ("statement", "published_by_review"): [
        "FROM relations_statement s LEFT JOIN relations_review r ON r.statement_id = s.id AND r.decision = 'approved' "
        "WHERE s.published_at IS DISTINCT FROM r.decided_at",
        "FROM relations_statement s LEFT JOIN relations_statement n ON n.supersedes_id = s.id AND n.published_at IS NOT NULL "
        "WHERE s.superseded_at IS DISTINCT FROM n.published_at",
    ],
    ("statement", "keep_contributors"): [
        "FROM relations_statement s LEFT JOIN relations_contribution c ON c.statement_id = s.id AND c.user_id = s.author_id "
        "WHERE c.id IS NULL",
        "FROM relations_statement s LEFT JOIN relations_contribution c ON c.statement_id = s.id AND c.user_id = s.edited_by_id "
        "WHERE c.id IS NULL",
    ],
    ("statement", "dated_in_the_past"): [
        f"{_OF_DESK} s.earliest > {_TODAY} OR s.told_on > {_TODAY} OR date_trunc(CASE WHEN s.precision IN ('month', 'year') "
        f"THEN s.precision ELSE 'day' END, s.latest)::date > {_TODAY}",
        f"{_OF_DESK} s.precision = 'month' AND extract(day FROM s.latest + 1) <> 1",
    ],
    ("statement", "office_on_the_day"): [
        "FROM relations_statement s JOIN relations_mandate m ON m.id = s.mandate_id "
        "WHERE s.speaker_person_id IS DISTINCT FROM m.person_id",
        "FROM relations_statement s JOIN relations_mandate m ON m.id = s.relayer_mandate_id "
        "WHERE s.relayer_person_id IS DISTINCT FROM m.person_id",
        "FROM relations_statement s JOIN relations_mandate m ON m.id = s.mandate_id "
        "WHERE NOT (m.covers_from <= s.latest AND m.covers_until >= s.earliest)",
    ],
    ("statement", "marking_never_looser"): [
        "FROM relations_statement s JOIN relations_document d ON d.id = s.document_id WHERE "
        f"array_position({_MARKINGS}, s.marking::text) < array_position({_MARKINGS}, d.marking::text)",
    ],
    ("passage", "same_desk"): _same_desk("passage", statement_id="statement", capture_id="capture"),
    ("passage", "stands_in_copy"): [
        "FROM relations_passage p JOIN relations_capture c ON c.id = p.capture_id "
        "JOIN relations_statement s ON s.id = p.statement_id WHERE c.document_id <> s.document_id",
        # Each text is read once, and not once for each passage.
        "FROM relations_passage p JOIN (SELECT id, text || '' AS text FROM relations_capture OFFSET 0) c "
        "ON c.id = p.capture_id "
        'WHERE substr(c.text, p.start + 1, p."end" - p.start) IS DISTINCT FROM p.exact',
    ],
    ("passagecheck", "same_desk"): _same_desk("passagecheck", passage_id="passage", capture_id="capture"),
    ("bearing", "same_desk"): _same_desk("bearing", statement_id="statement", issue_id="issue"),
    ("bearing", "fits_statement"): [
        "FROM relations_bearing b JOIN relations_statement s ON s.id = b.statement_id "
        f"WHERE s.kind <> 'reported' AND (b.act NOT IN ({_STATED}) OR b.position_of_id IS NULL)",
    ],
    ("contribution", "same_desk"): _same_desk("contribution", statement_id="statement"),
    ("review", "same_desk"): _same_desk("review", statement_id="statement"),
    ("review", "submittable"): [
        f"FROM relations_statement s LEFT JOIN relations_passage p ON p.statement_id = s.id WHERE p.id IS NULL AND {_SENT} "
        "AND (s.cited_place !~ '\\S' OR NOT EXISTS (SELECT 1 FROM relations_capture c WHERE c.document_id = s.document_id "
        "AND c.extent = 'excerpt'))",
        f"FROM relations_statement s LEFT JOIN relations_bearing b ON b.statement_id = s.id WHERE b.id IS NULL AND {_SENT}",
        # `relations_unfounded_quotation` for all rows at once; words that stand in the passage to the letter are well founded.
        "FROM relations_statement s "
        "CROSS JOIN LATERAL (SELECT CASE WHEN s.original_text <> '' THEN s.original_text ELSE s.text END AS words) w "
        "CROSS JOIN LATERAL (SELECT w.words AS quotation WHERE s.kind = 'quote' UNION ALL SELECT hit.parts[1] FROM "
        "regexp_matches(translate(w.words, '“”„«»', repeat('\"', 5)), '\"([^\"]+)\"', 'g') AS hit(parts) "
        "WHERE s.kind <> 'quote' AND w.words ~ '[\"“”„«»]') q "
        "LEFT JOIN relations_passage l ON l.statement_id = s.id AND strpos(l.exact, q.quotation) > 0 "
        "CROSS JOIN LATERAL regexp_split_to_table(q.quotation, '\\[?(…|\\.\\.\\.)\\]?') AS part "
        "LEFT JOIN relations_passage p ON p.statement_id = s.id "
        "AND strpos(relations_plain(p.exact), btrim(relations_plain(part), ' ,.;:\"')) > 0 "
        f"WHERE l.id IS NULL AND p.id IS NULL AND btrim(relations_plain(part), ' ,.;:\"') <> '' AND {_SENT}",
    ],
    ("review", "approvable"): [
        f"{_READ} r.decided_at > now()",
        f"{_READ} r.revision <> s.revision",
        "FROM relations_review r JOIN relations_contribution c ON c.statement_id = r.statement_id "
        "AND c.user_id = r.decided_by_id WHERE r.decision = 'approved'",
        "FROM relations_review r JOIN relations_review o ON o.statement_id = r.statement_id "
        "AND o.submitted_by_id = r.decided_by_id WHERE r.decision = 'approved'",
        "FROM relations_review r JOIN relations_statement n ON n.id = r.statement_id "
        "JOIN relations_statement o ON o.id = n.supersedes_id WHERE r.decision = 'approved' AND "
        "(o.published_at IS NULL OR o.withdrawn_at < r.decided_at OR o.superseded_at < r.decided_at)",
    ],
    ("statement", "search_insert"): [
        f"{_FOUND} WHERE e.id IS NULL OR e.published <> (s.published_at IS NOT NULL) OR e.latest <> s.latest "
        "OR strpos(e.title || e.text, s.text) = 0"
    ],
    ("passage", "search_insert"): [
        f"{_FOUND} JOIN relations_passage p ON p.statement_id = s.id WHERE strpos(e.text, p.exact) = 0"
    ],
    ("bearing", "search_insert"): [
        f"{_FOUND} JOIN relations_bearing b ON b.statement_id = s.id WHERE NOT e.keys @> ARRAY['issue=' || b.issue_id]",
        "FROM relations_bearing b JOIN relations_statement s ON s.id = b.statement_id "
        "LEFT JOIN relations_publishedbearing p ON p.bearing_id = b.id WHERE (p.latest, p.published_at, p.withdrawn_at, "
        "p.stands) IS DISTINCT FROM (CASE WHEN s.published_at IS NOT NULL THEN s.latest END, s.published_at, "
        "s.withdrawn_at, CASE WHEN s.published_at IS NOT NULL THEN s.withdrawn_at IS NULL AND s.superseded_at IS NULL END)",
        "FROM relations_bearing b JOIN relations_statement s ON s.id = b.statement_id LEFT JOIN relations_issuestatement k "
        "ON k.statement_id = s.id AND k.issue_id = b.issue_id WHERE k.latest IS DISTINCT FROM s.latest",
    ],
    ("document", "search_insert"): [
        "FROM relations_document d LEFT JOIN relations_searchentry e ON e.document_id = d.id "
        "WHERE e.id IS NULL OR e.title <> d.title OR (NOT e.published AND EXISTS "
        "(SELECT 1 FROM relations_statement s WHERE s.document_id = d.id AND s.published_at IS NOT NULL))"
    ],
    ("capture", "search_insert"): [
        "FROM relations_capture c JOIN relations_searchentry e ON e.document_id = c.document_id "
        "LEFT JOIN relations_capture n ON n.document_id = c.document_id AND n.number > c.number "
        "WHERE n.id IS NULL AND e.text <> left(c.text, 100000)"
    ],
    ("review", "publishes"): [f"{_READ} r.decided_at IS DISTINCT FROM s.published_at"],
}  # fmt: skip
# Triggers that look at changes and removals alone, of which an archive has none, and those that write the history.
ABOUT_CHANGES = {
    "append_only", "decided_once", "delete_delete", "frozen", "immutable", "insert_insert", "keep_editors", "kept",
    "kept_as_it_is", "kept_once_submitted", "kept_with_subject", "no_forgery", "no_truncate", "part_of_revision",
    "search_delete", "search_update", "unchangeable", "update_update",
}  # fmt: skip


class Broken(Exception):
    """Rows against a rule."""


def _history(model: Any) -> dict[str, str]:
    """Return the queries that find a row of `model` whose history does not begin with it or end as it stands."""
    event = model.pgh_event_model._meta
    columns = [one.column for one in event.concrete_fields if not one.name.startswith("pgh_") and not one.generated]
    as_recorded, as_it_stands = (", ".join(f'{row}."{column}"' for column in columns) for row in "et")
    rows = f'FROM "{model._meta.db_table}" t'
    return {
        f"{model._meta.model_name}: history begins": f'{rows} LEFT JOIN "{event.db_table}" e ON e.pgh_obj_id = t.id '
        "AND e.pgh_label = 'insert' WHERE e.pgh_id IS NULL",
        f"{model._meta.model_name}: history ends": f'{rows} LEFT JOIN "{event.db_table}" e ON e.pgh_obj_id = t.id '
        f"AND ROW({as_recorded}) IS NOT DISTINCT FROM ROW({as_it_stands}) WHERE e.pgh_id IS NULL",
    }


def queries() -> dict[str, str]:
    """Return, by what it is called, each query that finds a row against a rule."""
    asked = {
        f"{table}: {trigger} ({number})": query
        for (table, trigger), all_of_it in RULES.items()
        for number, query in enumerate(all_of_it, start=1)
    }
    return asked | {name: query for model in _MODELS for name, query in _history(model).items()}


def broken(asked: dict[str, str]) -> list[str]:
    """Return which of these queries find a row."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'")
        found = []
        for name, query in asked.items():
            # Counted, so that it is planned for all rows (and several processes): there is no first row to be quick for.
            cursor.execute(f"SELECT count(*) > 0 {query}")
            found += [name] * cursor.fetchone()[0]
    return found


def check() -> int:
    """Ask every rule of all rows. Return how many queries that took; raises `Broken` with those that found a row."""
    asked = queries()
    if found := broken(asked):
        raise Broken(", ".join(found))
    return len(asked)
