"""Cheaper triggers: what the search finds is written once for all writes of a transaction, when its rules are checked."""

from django.db import migrations
from pgtrigger.compiler import Trigger
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from relations.migrations._together import Together
from relations.models.history import RuleSql

NOUNS = ("statements", "issues", "documents", "people", "meetings", "notes")

# A statement, its passages and its bearings are three writes; each wrote the entry anew, with its vector and its place
# in the index of words, which takes longer than all else. Now a write notes in `relations_searchdue` what is due, and
# the first of these notes to be looked at, at SET CONSTRAINTS ALL IMMEDIATE or at the end, settles all of its noun.
# No row of the table outlives its transaction, so nothing of it has to be logged.
DUE = """
CREATE UNLOGGED TABLE relations_searchdue (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, noun text NOT NULL, ids bigint[] NOT NULL
);

CREATE FUNCTION relations_find_due() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE due bigint[]; part bigint[];
  BEGIN
    IF NOT EXISTS (SELECT 1 FROM relations_searchdue WHERE id = NEW.id) THEN
      RETURN NULL;
    END IF;
    WITH settled AS (DELETE FROM relations_searchdue WHERE noun = NEW.noun RETURNING ids)
      SELECT array_agg(DISTINCT one) INTO due FROM settled, unnest(ids) one;
    FOR part IN SELECT array_agg(one ORDER BY one) FROM unnest(due) WITH ORDINALITY AS each (one, place)
        GROUP BY place / 5000 ORDER BY 1 LOOP
      EXECUTE format('SELECT %I($1)', 'relations_find_' || NEW.noun || '_now') USING part;
    END LOOP;
    RETURN NULL;
  END
$$;

CREATE CONSTRAINT TRIGGER relations_find_due AFTER INSERT ON relations_searchdue
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION relations_find_due();
ALTER TABLE relations_searchdue ENABLE ALWAYS TRIGGER relations_find_due;
"""
NOT_DUE = "DROP TABLE relations_searchdue; DROP FUNCTION relations_find_due();"


def later(noun: str) -> str:
    """Return the statements by which entries are found later, and by a plan that is kept.

    With a plan made for each list of ids, which PostgreSQL prefers for a short one, planning takes longer than finding.
    """
    return f"""
ALTER FUNCTION relations_find_{noun}(bigint[]) RENAME TO relations_find_{noun}_now;
ALTER FUNCTION relations_find_{noun}_now(bigint[]) SET plan_cache_mode = force_generic_plan;
CREATE FUNCTION relations_find_{noun}(ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    IF cardinality(ids) > 0 THEN
      INSERT INTO relations_searchdue (noun, ids) VALUES ('{noun}', ids);
    END IF;
  END
$$;
"""


def at_once(noun: str) -> str:
    """Return the statements that undo `later`."""
    return f"""
DROP FUNCTION relations_find_{noun}(bigint[]);
ALTER FUNCTION relations_find_{noun}_now(bigint[]) RESET plan_cache_mode;
ALTER FUNCTION relations_find_{noun}_now(bigint[]) RENAME TO relations_find_{noun};
"""


def part_of_revision(model: str, table: str, column: str, pgid: str, sha1: str) -> AddTrigger:
    """Return the rule that a child's change is one of its parent's revision."""
    return AddTrigger(
        model_name=model,
        trigger=Trigger(
            name="part_of_revision",
            sql=RuleSql(
                declare="DECLARE parent bigint; desk bigint;",
                func=(
                    "IF TG_OP = 'UPDATE' THEN IF OLD.* IS NOT DISTINCT FROM NEW.* THEN RETURN NULL; END IF; END IF; "
                    f"parent := (CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END).{column}; desk := (CASE WHEN TG_OP = "
                    "'DELETE' THEN OLD ELSE NEW END).relationship_id; IF EXISTS (SELECT 1 FROM relations_review WHERE "
                    f"{column} = parent) THEN UPDATE {table} SET revision = revision + 1 WHERE id = parent; END IF; "
                    f"INSERT INTO relations_contribution (relationship_id, {column}, user_id) SELECT desk, parent, who "
                    "FROM (SELECT (SELECT id FROM relations_user WHERE id = "
                    "(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'user')::bigint)) AS "
                    f"contributors(who) WHERE who IS NOT NULL AND EXISTS (SELECT 1 FROM {table} WHERE id = parent) AND "
                    f"(TG_OP <> 'DELETE' OR EXISTS (SELECT 1 FROM relations_review WHERE {column} = parent)) ON CONFLICT "
                    "DO NOTHING; RETURN NULL;"
                ),
                hash=sha1,
                operation="INSERT OR UPDATE OR DELETE",
                pgid=pgid,
                table=f"relations_{model}",
                when="AFTER",
            ),
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("relations", "0016_imports")]

    operations = [
        migrations.RunSQL(DUE, NOT_DUE),
        *(migrations.RunSQL(later(noun), at_once(noun)) for noun in NOUNS),
        # It reads nothing; so the rule about quotations can be asked of a whole archive by several processes.
        migrations.RunSQL(
            "ALTER FUNCTION relations_plain(text) PARALLEL SAFE", "ALTER FUNCTION relations_plain(text) PARALLEL UNSAFE"
        ),
        Together(
            [
                *(
                    RemoveTrigger(model_name=model, name="part_of_revision")
                    for model in ("bearing", "evidence", "passage")
                ),
                RemoveTrigger(model_name="review", name="approvable"),
                part_of_revision(
                    "bearing",
                    "relations_statement",
                    "statement_id",
                    "pgtrigger_part_of_revision_1575d",
                    "3fd3621462110248c6f2b832f79bec312cbc9fc1",
                ),
                part_of_revision(
                    "evidence",
                    "relations_statuschange",
                    "status_change_id",
                    "pgtrigger_part_of_revision_45e43",
                    "06118810602d1feb61052476fc815e939416e492",
                ),
                part_of_revision(
                    "passage",
                    "relations_statement",
                    "statement_id",
                    "pgtrigger_part_of_revision_19de1",
                    "f43c9529936cce52bed4c2233f5d3fb8705664fb",
                ),
                AddTrigger(
                    model_name="review",
                    trigger=Trigger(
                        name="approvable",
                        sql=RuleSql(
                            func=(
                                "IF TG_OP = 'UPDATE' THEN IF OLD.* IS NOT DISTINCT FROM NEW.* THEN RETURN NEW; END IF; END IF; IF "
                                "NEW.decision <> 'approved' THEN RETURN NEW; END IF; IF NEW.decided_at > clock_timestamp() + "
                                "interval '1 minute' THEN RAISE EXCEPTION USING MESSAGE = 'A review cannot be decided in the "
                                "future.', ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'review_decided_by_now', COLUMN "
                                "= 'decided_at'; END IF; IF NEW.statement_id IS NOT NULL THEN IF NEW.decided_by_id = "
                                "NEW.submitted_by_id OR NEW.decided_by_id IN (SELECT user_id FROM relations_contribution WHERE "
                                "statement_id = NEW.statement_id) OR NEW.decided_by_id IN (SELECT submitted_by_id FROM "
                                "relations_review WHERE statement_id = NEW.statement_id) THEN RAISE EXCEPTION USING MESSAGE = 'You "
                                "wrote, edited or submitted this, so someone else has to approve it.', ERRCODE = "
                                "'integrity_constraint_violation', CONSTRAINT = 'second_person', COLUMN = ''; END IF; IF "
                                "NEW.revision <> (SELECT revision FROM relations_statement WHERE id = NEW.statement_id) THEN RAISE "
                                "EXCEPTION USING MESSAGE = 'The text moved since it was opened. Read what changed, then decide.', "
                                "ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'review_revision', COLUMN = ''; END IF; IF "
                                "EXISTS (SELECT 1 FROM relations_statement n JOIN relations_statement o ON o.id = n.supersedes_id "
                                "WHERE n.id = NEW.statement_id AND (o.published_at IS NULL OR o.withdrawn_at < NEW.decided_at OR "
                                "o.superseded_at < NEW.decided_at)) THEN RAISE EXCEPTION USING MESSAGE = 'What this corrects no "
                                "longer stands: it was withdrawn, or another correction came first.', ERRCODE = "
                                "'integrity_constraint_violation', CONSTRAINT = 'corrects_what_stands', COLUMN = ''; END IF; END IF; "
                                "IF NEW.status_change_id IS NOT NULL THEN IF NEW.decided_by_id = NEW.submitted_by_id OR "
                                "NEW.decided_by_id IN (SELECT user_id FROM relations_contribution WHERE status_change_id = "
                                "NEW.status_change_id) OR NEW.decided_by_id IN (SELECT submitted_by_id FROM relations_review WHERE "
                                "status_change_id = NEW.status_change_id) THEN RAISE EXCEPTION USING MESSAGE = 'You wrote, edited or "
                                "submitted this, so someone else has to approve it.', ERRCODE = 'integrity_constraint_violation', "
                                "CONSTRAINT = 'second_person', COLUMN = ''; END IF; IF NEW.revision <> (SELECT revision FROM "
                                "relations_statuschange WHERE id = NEW.status_change_id) THEN RAISE EXCEPTION USING MESSAGE = 'The "
                                "text moved since it was opened. Read what changed, then decide.', ERRCODE = "
                                "'integrity_constraint_violation', CONSTRAINT = 'review_revision', COLUMN = ''; END IF; IF NOT "
                                "EXISTS (SELECT 1 FROM relations_evidence e JOIN relations_statement s ON s.id = e.statement_id JOIN "
                                "relations_statuschange c ON c.id = e.status_change_id WHERE e.status_change_id = "
                                "NEW.status_change_id AND s.published_at <= NEW.decided_at AND (s.withdrawn_at IS NULL OR "
                                "s.withdrawn_at > NEW.decided_at) AND (s.superseded_at IS NULL OR s.superseded_at > NEW.decided_at) "
                                "AND EXISTS (SELECT 1 FROM relations_bearing b WHERE b.statement_id = s.id AND b.issue_id = "
                                "c.issue_id)) THEN RAISE EXCEPTION USING MESSAGE = 'A status change needs at least one published "
                                "statement on this issue as its evidence.', ERRCODE = 'integrity_constraint_violation', CONSTRAINT = "
                                "'evidence_published', COLUMN = 'evidence'; END IF; IF EXISTS (SELECT 1 FROM relations_evidence e "
                                "JOIN relations_statement s ON s.id = e.statement_id JOIN relations_statuschange c ON c.id = "
                                "e.status_change_id WHERE e.status_change_id = NEW.status_change_id AND (s.published_at IS NULL OR "
                                "s.published_at > NEW.decided_at OR NOT EXISTS (SELECT 1 FROM relations_bearing b WHERE "
                                "b.statement_id = s.id AND b.issue_id = c.issue_id))) THEN RAISE EXCEPTION USING MESSAGE = 'Evidence "
                                "is published statements on this issue. One of these is not.', ERRCODE = "
                                "'integrity_constraint_violation', CONSTRAINT = 'evidence_on_issue', COLUMN = 'evidence'; END IF; IF "
                                "NOT EXISTS (SELECT 1 FROM relations_evidence e JOIN relations_statement s ON s.id = e.statement_id "
                                "JOIN relations_statuschange c ON c.id = e.status_change_id WHERE e.status_change_id = "
                                "NEW.status_change_id AND s.published_at <= NEW.decided_at AND (s.withdrawn_at IS NULL OR "
                                "s.withdrawn_at > NEW.decided_at) AND (s.superseded_at IS NULL OR s.superseded_at > NEW.decided_at) "
                                "AND EXISTS (SELECT 1 FROM relations_bearing b WHERE b.statement_id = s.id AND b.issue_id = "
                                "c.issue_id) AND s.kind <> 'reported') THEN RAISE EXCEPTION USING MESSAGE = 'The source’s own report "
                                "cannot be the only evidence. Cite what a side said.', ERRCODE = 'integrity_constraint_violation', "
                                "CONSTRAINT = 'evidence_not_only_reported', COLUMN = 'evidence'; END IF; IF (SELECT to_agreement "
                                "FROM relations_statuschange WHERE id = NEW.status_change_id) <> 'not_judged' AND NOT EXISTS (SELECT "
                                "1 FROM relations_evidence e JOIN relations_statement s ON s.id = e.statement_id JOIN "
                                "relations_statuschange c ON c.id = e.status_change_id WHERE e.status_change_id = "
                                "NEW.status_change_id AND s.published_at <= NEW.decided_at AND (s.withdrawn_at IS NULL OR "
                                "s.withdrawn_at > NEW.decided_at) AND (s.superseded_at IS NULL OR s.superseded_at > NEW.decided_at) "
                                "AND EXISTS (SELECT 1 FROM relations_bearing b WHERE b.statement_id = s.id AND b.issue_id = "
                                "c.issue_id) AND s.kind = 'joint') AND (SELECT count(DISTINCT s.on_behalf_of_id) FROM "
                                "relations_evidence e JOIN relations_statement s ON s.id = e.statement_id JOIN "
                                "relations_statuschange c ON c.id = e.status_change_id WHERE e.status_change_id = "
                                "NEW.status_change_id AND s.published_at <= NEW.decided_at AND (s.withdrawn_at IS NULL OR "
                                "s.withdrawn_at > NEW.decided_at) AND (s.superseded_at IS NULL OR s.superseded_at > NEW.decided_at) "
                                "AND EXISTS (SELECT 1 FROM relations_bearing b WHERE b.statement_id = s.id AND b.issue_id = "
                                "c.issue_id) AND s.on_behalf_of_id IN (SELECT unnest(ARRAY[first_party_id, second_party_id]) FROM "
                                "relations_relationship WHERE id = NEW.relationship_id)) < 2 THEN RAISE EXCEPTION USING MESSAGE = "
                                "'Whether the sides agree rests on words of both. Cite a statement of each, or leave it not "
                                "judged.', ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'evidence_of_both_sides', COLUMN "
                                "= 'evidence'; END IF; IF (SELECT effective FROM relations_statuschange WHERE id = "
                                "NEW.status_change_id) > (SELECT (now() AT TIME ZONE time_zone)::date FROM relations_relationship "
                                "WHERE id = NEW.relationship_id) THEN RAISE EXCEPTION USING MESSAGE = 'A status change cannot be "
                                "dated in the future.', ERRCODE = 'integrity_constraint_violation', CONSTRAINT = "
                                "'effective_not_in_future', COLUMN = 'effective'; END IF; IF EXISTS (SELECT 1 FROM "
                                "relations_statuschange n JOIN relations_statuschange o ON o.id = n.supersedes_id WHERE n.id = "
                                "NEW.status_change_id AND (o.published_at IS NULL OR o.withdrawn_at < NEW.decided_at OR "
                                "o.superseded_at < NEW.decided_at)) THEN RAISE EXCEPTION USING MESSAGE = 'What this corrects no "
                                "longer stands: it was withdrawn, or another correction came first.', ERRCODE = "
                                "'integrity_constraint_violation', CONSTRAINT = 'corrects_what_stands', COLUMN = ''; END IF; END IF; "
                                "RETURN NEW;"
                            ),
                            hash="3ccaa8c39cf7f239a68b8ae99b194e15c968b4c6",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_approvable_90744",
                            table="relations_review",
                            when="BEFORE",
                        ),
                    ),
                ),
            ]
        ),
    ]
