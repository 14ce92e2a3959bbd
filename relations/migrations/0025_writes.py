"""Cheaper writes: rows recorded together, rules called where they can be broken, indexes kept that are asked.

One statement of a file brings six rows and their history.
"""

from django.db import migrations
from pgtrigger.compiler import Trigger
from pgtrigger.migrations import AddTrigger, RemoveTrigger

from relations.migrations._together import Together
from relations.migrations._unindexed import Unindexed
from relations.models.history import RuleSql

# What the words of few texts need is done where they need it: to translate marks takes 70 µs, to see that there are none 4.
PLAIN = r"""
CREATE OR REPLACE FUNCTION relations_plain(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Words as they are compared: one space for any white space, straight marks for typographic ones.
  SELECT btrim(CASE WHEN straight ~ '(?! )\s|\s\s' THEN regexp_replace(straight, '\s+', ' ', 'g') ELSE straight END)
  FROM (
    SELECT CASE WHEN words ~ '[“”„‟«»‹›＂〝〞「」『』‘’‚‛＇]'
      THEN translate(words, '“”„‟«»‹›＂〝〞「」『』‘’‚‛＇', repeat('"', 15) || repeat('''', 5))
      ELSE words END
  ) AS marked (straight)
$$;
"""
ALWAYS_MADE_PLAIN = r"""
CREATE OR REPLACE FUNCTION relations_plain(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  -- Words as they are compared: one space for any white space, straight marks for typographic ones.
  SELECT btrim(regexp_replace(
    translate(words, '“”„‟«»‹›＂〝〞「」『』‘’‚‛＇', repeat('"', 15) || repeat('''', 5)), '\s+', ' ', 'g'))
$$;
"""


def quotations(told: str, plain: str, source: str) -> str:
    """Return the statement that makes the function by which a text's quotations are found."""
    return rf"""
CREATE OR REPLACE FUNCTION relations_quotations(words text) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
  -- What a text puts in quotation marks. A single mark is an apostrophe inside a word (Ankara's), before a number
  -- (the '90s) and after the s of a plural that goes on (the ministers' talks); else it opens or closes a quotation.{told}
  SELECT hit.parts[1] FROM {source}regexp_matches({plain}, '"([^"]+)"', 'g') AS hit(parts)
  UNION ALL
  SELECT hit.parts[1] FROM {source}regexp_matches(
    {plain},
    $re$(?<![\w'])'(?=[^\s\d'])((?:[^']|(?<=\w)'(?=\w)|(?<=s)'(?=\s\w))+)(?:(?<!s)'(?!\w)|'(?!\s?\w))$re$,
    'g') AS hit(parts)
$$;
"""


MADE_PLAIN_ONCE = quotations(
    "\n  WITH told AS MATERIALIZED (SELECT relations_plain(words) AS plain)", "told.plain", "told, "
)
MADE_PLAIN_TWICE = quotations("", "relations_plain(words)", "")


def unfounded(unless: str, passages: str) -> str:
    """Return the statement that makes the function by which a quotation without its passage is found."""
    return rf"""
CREATE OR REPLACE FUNCTION relations_unfounded_quotation(statement bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
  -- The first words that the statement puts in quotation marks and that stand in none of its passages; NULL where all do.
  -- Of a translation, the original words are compared. A quotation may leave out words: "... [...] ...".
  DECLARE
    said relations_statement;
    words text;
    quotation text;
    part text;
  BEGIN
    SELECT * INTO said FROM relations_statement WHERE id = statement;
    words := CASE WHEN said.original_text <> '' THEN said.original_text ELSE said.text END;{unless}
    FOR quotation IN
      SELECT words WHERE said.kind = 'quote'
      UNION ALL
      SELECT hit.quoted FROM relations_quotations(words) AS hit(quoted) WHERE said.kind <> 'quote'
    LOOP
      FOREACH part IN ARRAY regexp_split_to_array(quotation, '\[?(…|\.\.\.)\]?') LOOP
        part := btrim(relations_plain(part), ' ,.;:"''');
        CONTINUE WHEN part = '';
        IF NOT EXISTS (
          SELECT 1 FROM {passages}
            AND strpos(relations_plain(p.exact), part) > 0
        ) THEN
          RETURN part;
        END IF;
      END LOOP;
    END LOOP;
    RETURN NULL;
  END
$$;
"""


# A text without any mark that is or is made a plain one has no quotation. That a passage stands in its copy is the rule of
# each passage, and no copy changes.
FOUNDED = unfounded(
    """
    IF said.kind <> 'quote' AND words !~ '["''“”„‟«»‹›＂〝〞「」『』‘’‚‛＇]' THEN
      RETURN NULL;
    END IF;""",
    "relations_passage p WHERE p.statement_id = statement",
)
FOUNDED_IN_COPIES = unfounded(
    "",
    """relations_passage p JOIN relations_capture c ON c.id = p.capture_id
          WHERE p.statement_id = statement
            AND substr(c.text, p.start + 1, p."end" - p.start) = p.exact""",
)

# Refs are looked up whole, by the index of their uniqueness; nothing looks for how they begin, for which Django makes these.
REFS = {"document": "c84ed589", "review": "f293b637", "statement": "b15fad8e"}

# The tables whose new rows are recorded together, with what names their triggers, and their columns.
RECORDED = {
    "agendaitem": ("1f1e0", "4d559", "id relationship_id meeting_id issue_id"),
    "bearing": (
        "a6534",
        "e183d",
        "id relationship_id statement_id issue_id act mode intensity position_of_id towards_id stated",
    ),
    "brief": (
        "9946d",
        "61d22",
        "id relationship_id ref author_id created_at kind title marking asked known sha256 cites holds_own_work "
        "template_id withdrawn_at withdrawn_by_id withdrawal_reason",
    ),
    "brieftemplate": ("49d35", "33655", "id relationship_id ref name sha256 uploaded_by_id created_at retired_at"),
    "capture": ("d568b", "444b8", "id relationship_id document_id number text extent sha256 retrieved_at recorded_at"),
    "commitment": (
        "b24bd",
        "c8610",
        "id relationship_id author_id created_at edited_by_id edited_at revision ref issue_id statement_id party_id "
        "text due_earliest due_latest due_precision state settled_by_id settled_on settler_id settling_note",
    ),
    "confirmation": ("ae056", "a1aee", "id relationship_id ref issue_id confirmed_by_id confirmed_at"),
    "contribution": ("5562b", "ec553", "id relationship_id user_id statement_id status_change_id"),
    "deskmembership": ("b1497", "e9183", "id user_id relationship_id role"),
    "document": (
        "10c37",
        "bb53e",
        "id relationship_id author_id created_at edited_by_id edited_at revision ref publisher_id title url "
        "date_published language marking reprints_id recorded_at",
    ),
    "evidence": ("26973", "1a58c", "id relationship_id status_change_id statement_id"),
    "issue": (
        "23e1f",
        "e83a4",
        "id relationship_id author_id created_at edited_by_id edited_at revision title slug summary topic impact "
        "scope owner_id review_due",
    ),
    "issuelink": ("bb37d", "5e179", "id relationship_id from_issue_id kind to_issue_id recorded_at"),
    "mandate": ("ed658", "97057", "id ref person_id post_id start end first_attested last_attested source_url"),
    "meeting": (
        "67659",
        "c0124",
        "id relationship_id author_id created_at edited_by_id edited_at revision ref title kind state earliest "
        "latest precision place summary recorded_at",
    ),
    "mention": ("1ae33", "0c1a0", "id relationship_id note_id user_id"),
    "note": (
        "66829",
        "bd52f",
        "id relationship_id author_id created_at edited_by_id edited_at revision ref issue_id text kind likelihood "
        "confidence marking",
    ),
    "organisation": ("c815f", "88932", "id ref name sort_key party_id"),
    "original": ("0f060", "fe9b0", "id relationship_id capture_id name media_type size sha256 file"),
    "participant": ("08e73", "5e44e", "id relationship_id meeting_id number party_id person_id descriptor mandate_id"),
    "party": ("9d83d", "7de05", "id code kind name short_name"),
    "passage": ("b2b17", "aff3c", "id relationship_id statement_id number capture_id exact prefix suffix start end"),
    "passagecheck": ("14d87", "f6b59", "id relationship_id passage_id capture_id state found_start checked_at"),
    "passagesettlement": ("6c78b", "05c5b", "id relationship_id check_row_id outcome note settled_by_id settled_at"),
    "person": ("9193e", "f1b42", "id ref name sort_name sort_key biography merged_into_id"),
    "post": ("cfa59", "0b839", "id ref name sort_key organisation_id party_id"),
    "publisher": ("faec3", "428b9", "id ref name sort_key party_id url"),
    "readout": (
        "3216a",
        "1aae9",
        "id relationship_id meeting_id side_id teller_person_id teller_descriptor document_id",
    ),
    "relationship": ("bbbca", "517cd", "id first_party_id second_party_id slug order own_side time_zone quiet_after"),
    "reliabilityrating": ("f3767", "8be50", "id relationship_id publisher_id reliability"),
    "review": (
        "72cdb",
        "3ddc7",
        "id relationship_id statement_id status_change_id ref revision submitted_by_id submitted_at decision "
        "decided_by_id decided_at comment",
    ),
    "reviewcomment": ("1ea4d", "cd102", "id relationship_id review_id number field words text"),
    "savedview": ("b0133", "54b1e", "id relationship_id ref owner_id page name query columns shared created_at"),
    "statement": (
        "dd57c",
        "f6150",
        "id relationship_id author_id created_at edited_by_id edited_at revision ref supersedes_id correction_note "
        "published_at superseded_at withdrawn_at withdrawn_by_id withdrawal_reason document_id text original_text "
        "original_language translated_by kind basis speaker_person_id speaker_organisation_id speaker_descriptor "
        "mandate_id relayer_person_id relayer_organisation_id relayer_descriptor relayer_mandate_id on_behalf_of_id "
        "earliest latest precision told_on meeting_id cited_place first_said_in first_said_url credibility marking "
        "note",
    ),
    "statuschange": (
        "1076b",
        "951cc",
        "id relationship_id author_id created_at edited_by_id edited_at revision ref supersedes_id correction_note "
        "published_at superseded_at withdrawn_at withdrawn_by_id withdrawal_reason issue_id to_status to_trend "
        "to_agreement effective rationale",
    ),
    "user": (
        "65382",
        "bcc14",
        "id is_superuser username first_name last_name email is_staff is_active date_joined name",
    ),
}
# The keys that need no index of their own: no history is asked for by them, or a unique one begins with them.
UNINDEXED = {
    "bearing": "statement",
    "capture": "document",
    "contribution": "statement status_change",
    "passage": "statement",
    "agendaitemevent": "issue relationship",
    "bearingevent": "issue position_of relationship towards",
    "briefevent": "author relationship template withdrawn_by",
    "brieftemplateevent": "relationship uploaded_by",
    "captureevent": "relationship",
    "commitmentevent": "author edited_by issue party relationship settled_by settler statement",
    "confirmationevent": "confirmed_by issue relationship",
    "contributionevent": "relationship statement status_change user",
    "documentevent": "author edited_by publisher relationship reprints",
    "evidenceevent": "relationship statement",
    "issueevent": "author edited_by owner relationship",
    "issuelinkevent": "relationship to_issue",
    "mandateevent": "post",
    "meetingevent": "author edited_by relationship",
    "mentionevent": "relationship user",
    "noteevent": "author edited_by relationship",
    "organisationevent": "party",
    "originalevent": "capture relationship",
    "participantevent": "mandate party person relationship",
    "passagecheckevent": "capture passage relationship",
    "passageevent": "capture relationship",
    "passagesettlementevent": "check_row relationship settled_by",
    "personevent": "merged_into",
    "postevent": "organisation party",
    "publisherevent": "party",
    "readoutevent": "document relationship side teller_person",
    "relationshipevent": "first_party second_party",
    "reliabilityratingevent": "publisher relationship",
    "reviewcommentevent": "relationship",
    "reviewevent": "decided_by relationship submitted_by",
    "savedviewevent": "owner relationship",
    "statementevent": (
        "author document edited_by mandate meeting on_behalf_of relationship relayer_mandate relayer_organisation "
        "relayer_person speaker_organisation speaker_person supersedes withdrawn_by"
    ),
    "statuschangeevent": "author edited_by issue relationship supersedes withdrawn_by",
}


def recorded(model: str, pgid: str, columns: str) -> AddTrigger:
    """Return the trigger that records new rows of `model`."""
    listed = ", ".join(f'"{column}"' for column in columns.split())
    return AddTrigger(
        model_name=model,
        trigger=Trigger(
            name="insert_insert",
            sql=RuleSql(
                func=(
                    f'INSERT INTO "relations_{model}event" ({listed}, pgh_created_at, pgh_label, pgh_obj_id, pgh_context, '
                    f"pgh_context_id) SELECT {listed}, now(), 'insert', \"id\", "
                    "nullif(current_setting('pghistory.context_metadata', true), '')::jsonb, "
                    "nullif(current_setting('pghistory.context_id', true), '')::uuid FROM new_values; RETURN NULL;"
                ),
                pgid=f"pgtrigger_insert_insert_{pgid}",
                table=f"relations_{model}",
                when="AFTER",
                operation="INSERT",
                referencing="REFERENCING NEW TABLE AS new_values ",
                level="STATEMENT",
            ),
        ),
    )


def not_forged(model: str, pgid: str) -> AddTrigger:
    """Return the trigger that lets nobody but triggers write to the history of `model`."""
    return AddTrigger(
        model_name=f"{model}event",
        trigger=Trigger(
            name="no_forgery",
            sql=RuleSql(
                func=(
                    "RAISE EXCEPTION 'history is written by the database alone' "
                    "USING ERRCODE = 'integrity_constraint_violation';"
                ),
                pgid=f"pgtrigger_no_forgery_{pgid}",
                table=f"relations_{model}event",
                when="BEFORE",
                operation="INSERT",
                condition="WHEN (pg_trigger_depth() < 1)",
            ),
        ),
    )


CONTEXT_KEY = "(nullif(current_setting('pghistory.context_metadata', true), '')::jsonb ->> 'user')::bigint"


def part_of_revision(model: str, table: str, column: str, pgid: str) -> AddTrigger:
    """Return the rule that a child's change is one of its parent's revision."""
    return AddTrigger(
        model_name=model,
        trigger=Trigger(
            name="part_of_revision",
            sql=RuleSql(
                declare="DECLARE parent bigint; desk bigint; who bigint;",
                func=(
                    "IF TG_OP = 'UPDATE' THEN IF OLD.* IS NOT DISTINCT FROM NEW.* THEN RETURN NULL; END IF; END IF; "
                    f"IF TG_OP = 'DELETE' THEN parent := OLD.{column}; desk := OLD.relationship_id; ELSE parent := "
                    f"NEW.{column}; desk := NEW.relationship_id; END IF; IF EXISTS (SELECT 1 FROM relations_review WHERE "
                    f"{column} = parent) THEN UPDATE {table} SET revision = revision + 1 WHERE id = parent; END IF; "
                    f"who := {CONTEXT_KEY}; IF who IS NOT NULL THEN IF who NOT IN (SELECT user_id FROM "
                    f"relations_contribution WHERE {column} = parent) THEN INSERT INTO relations_contribution "
                    f"(relationship_id, {column}, user_id) SELECT desk, parent, id FROM relations_user WHERE id = who "
                    f"AND EXISTS (SELECT 1 FROM {table} WHERE id = parent) AND (TG_OP <> 'DELETE' OR EXISTS (SELECT 1 "
                    f"FROM relations_review WHERE {column} = parent)) ON CONFLICT DO NOTHING; END IF; END IF; RETURN NULL;"
                ),
                operation="INSERT OR UPDATE OR DELETE",
                pgid=f"pgtrigger_part_of_revision_{pgid}",
                table=f"relations_{model}",
                when="AFTER",
            ),
        ),
    )


def contributed(column: str, rows: str) -> str:
    """Return the statement that notes the author, the last editor and the acting user of each of `rows` r."""
    return (
        f"INSERT INTO relations_contribution (relationship_id, {column}, user_id) SELECT DISTINCT r.relationship_id, "
        f"r.id, who FROM {rows}, LATERAL (VALUES (r.author_id), (r.edited_by_id), ((SELECT id FROM relations_user "
        f"WHERE id = {CONTEXT_KEY}))) AS contributors(who) WHERE who IS NOT NULL ORDER BY r.id, who "
        "ON CONFLICT DO NOTHING;"
    )


def contributors(model: str, column: str, pgid: str) -> AddTrigger:
    """Return the trigger that notes who made new rows of `model`."""
    return AddTrigger(
        model_name=model,
        trigger=Trigger(
            name="keep_contributors",
            sql=RuleSql(
                func=f"{contributed(column, 'rows r')} RETURN NULL;",
                pgid=f"pgtrigger_keep_contributors_{pgid}",
                table=f"relations_{model}",
                when="AFTER",
                operation="INSERT",
                referencing="REFERENCING NEW TABLE AS rows ",
                level="STATEMENT",
            ),
        ),
    )


def editors(model: str, column: str, pgid: str) -> AddTrigger:
    """Return the trigger that notes who changed what a row of `model` says."""
    beside = (
        "ARRAY['published_at', 'superseded_at', 'withdrawn_at', 'withdrawn_by_id', 'withdrawal_reason', 'revision', "
        "'edited_by_id', 'edited_at']"
    )
    row = (
        "(VALUES (NEW.relationship_id, NEW.id, NEW.author_id, NEW.edited_by_id)) "
        "r (relationship_id, id, author_id, edited_by_id)"
    )
    return AddTrigger(
        model_name=model,
        trigger=Trigger(
            name="keep_editors",
            sql=RuleSql(
                func=(
                    f"IF (to_jsonb(NEW) - {beside}) IS DISTINCT FROM (to_jsonb(OLD) - {beside}) THEN "
                    f"{contributed(column, row)} END IF; RETURN NULL;"
                ),
                pgid=f"pgtrigger_keep_editors_{pgid}",
                table=f"relations_{model}",
                when="AFTER",
                operation="UPDATE",
            ),
        ),
    )


UNCHANGED = "IF TG_OP = 'UPDATE' THEN IF OLD.* IS NOT DISTINCT FROM NEW.* THEN RETURN NEW; END IF; END IF; "
DEED = "NEW.act NOT IN ('AGREE', 'SUPPORT', 'CONCEDE', 'CONSULT', 'REQUEST', 'ACCUSE', 'REJECT', 'THREATEN')"
TODAY = "(SELECT (now() AT TIME ZONE time_zone)::date FROM relations_relationship WHERE id = NEW.relationship_id)"


def refuse_when(condition: str, sentence: str, rule: str, field: str) -> str:
    """Return the block that refuses where `condition` is true."""
    return (
        f"IF {condition} THEN RAISE EXCEPTION USING MESSAGE = '{sentence}', "
        f"ERRCODE = 'integrity_constraint_violation', CONSTRAINT = '{rule}', COLUMN = '{field}'; END IF; "
    )


FITS_STATEMENT = AddTrigger(
    model_name="bearing",
    trigger=Trigger(
        name="fits_statement",
        sql=RuleSql(
            func=UNCHANGED
            + refuse_when(
                f"{DEED} AND (SELECT kind FROM relations_statement WHERE id = NEW.statement_id) <> 'reported'",
                "Deeds are told by the source’s own report alone.",
                "deeds_are_reported",
                "act",
            )
            + refuse_when(
                "NEW.position_of_id IS NULL "
                "AND (SELECT kind FROM relations_statement WHERE id = NEW.statement_id) <> 'reported'",
                "Say whose position this is.",
                "position_has_party",
                "position_of",
            )
            + "RETURN NEW;",
            condition=f"WHEN ({DEED} OR NEW.position_of_id IS NULL)",
            operation="INSERT OR UPDATE",
            pgid="pgtrigger_fits_statement_101cf",
            table="relations_bearing",
            when="BEFORE",
        ),
    ),
)
DATED_IN_THE_PAST = AddTrigger(
    model_name="statement",
    trigger=Trigger(
        name="dated_in_the_past",
        sql=RuleSql(
            func=UNCHANGED
            + refuse_when(
                f"NEW.earliest > {TODAY}", "This day lies in the future.", "statement_not_in_future", "earliest"
            )
            + refuse_when(
                "date_trunc(CASE WHEN NEW.precision IN ('month', 'year') THEN NEW.precision ELSE 'day' END, "
                f"NEW.latest)::date > {TODAY}",
                "This day lies in the future.",
                "statement_ends_not_in_future",
                "latest",
            )
            + refuse_when(
                f"NEW.told_on > {TODAY}", "This day lies in the future.", "statement_told_not_in_future", "told_on"
            )
            + refuse_when(
                "NEW.precision = 'month' AND extract(day FROM NEW.latest + 1) <> 1",
                "A month runs from its first day to its last.",
                "statement_month_whole",
                "latest",
            )
            + "RETURN NEW;",
            condition=(
                "WHEN (NEW.precision = 'month' OR "
                "greatest(NEW.earliest, NEW.latest, NEW.told_on) > (now() AT TIME ZONE 'UTC')::date - 2)"
            ),
            operation="INSERT OR UPDATE",
            pgid="pgtrigger_dated_in_the_past_a7264",
            table="relations_statement",
            when="BEFORE",
        ),
    ),
)


class Migration(migrations.Migration):
    dependencies = [("relations", "0024_home")]

    operations = [
        migrations.RunSQL(PLAIN, ALWAYS_MADE_PLAIN),
        migrations.RunSQL(MADE_PLAIN_ONCE, MADE_PLAIN_TWICE),
        migrations.RunSQL(FOUNDED, FOUNDED_IN_COPIES),
        *(
            migrations.RunSQL(
                f"DROP INDEX relations_{model}_ref_{digest}_like",
                f"CREATE INDEX relations_{model}_ref_{digest}_like ON relations_{model} (ref varchar_pattern_ops)",
            )
            for model, digest in REFS.items()
        ),
        Together(
            [
                *(Unindexed(model, key) for model, keys in UNINDEXED.items() for key in keys.split()),
                *(RemoveTrigger(model_name=model, name="insert_insert") for model in RECORDED),
                *(RemoveTrigger(model_name=f"{model}event", name="no_forgery") for model in RECORDED),
                *(recorded(model, pgid, columns) for model, (pgid, _forgery, columns) in RECORDED.items()),
                *(not_forged(model, pgid) for model, (_insert, pgid, _columns) in RECORDED.items()),
                *(
                    RemoveTrigger(model_name=model, name="part_of_revision")
                    for model in ("bearing", "evidence", "passage")
                ),
                part_of_revision("bearing", "relations_statement", "statement_id", "1575d"),
                part_of_revision("evidence", "relations_statuschange", "status_change_id", "45e43"),
                part_of_revision("passage", "relations_statement", "statement_id", "19de1"),
                RemoveTrigger(model_name="statement", name="keep_contributors"),
                RemoveTrigger(model_name="statuschange", name="keep_contributors"),
                contributors("statement", "statement_id", "24695"),
                contributors("statuschange", "status_change_id", "10af6"),
                editors("statement", "statement_id", "577e2"),
                editors("statuschange", "status_change_id", "01070"),
                RemoveTrigger(model_name="bearing", name="fits_statement"),
                FITS_STATEMENT,
                RemoveTrigger(model_name="statement", name="dated_in_the_past"),
                DATED_IN_THE_PAST,
            ]
        ),
    ]
