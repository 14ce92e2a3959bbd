"""The check of a statement that goes to review (R1), one function for the trigger and the form's message alike."""

from django.db import migrations

CHECK = r"""
CREATE FUNCTION relations_plain(words text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  -- Words as they are compared: one space for any white space, straight marks for typographic ones.
  SELECT btrim(regexp_replace(translate(words, '“”„«»‘’‚', repeat('"', 5) || repeat('''', 3)), '\s+', ' ', 'g'))
$$;

CREATE FUNCTION relations_unfounded_quotation(statement bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
  -- The first words that the statement puts in quotation marks and that stand in none of its passages; NULL where all do.
  -- Of a translation, the original words are compared. A quotation may leave out words: "... [...] ...".
  DECLARE
    said relations_statement;
    words text;
    quotation text;
    part text;
  BEGIN
    SELECT * INTO said FROM relations_statement WHERE id = statement;
    words := CASE WHEN said.original_text <> '' THEN said.original_text ELSE said.text END;
    FOR quotation IN
      SELECT words WHERE said.kind = 'quote'
      UNION ALL
      SELECT hit.parts[1] FROM regexp_matches(
        translate(words, '“”„«»', repeat('"', 5)), '"([^"]+)"', 'g') AS hit(parts) WHERE said.kind <> 'quote'
    LOOP
      FOREACH part IN ARRAY regexp_split_to_array(quotation, '\[?(…|\.\.\.)\]?') LOOP
        part := btrim(relations_plain(part), ' ,.;:"');
        CONTINUE WHEN part = '';
        IF NOT EXISTS (
          SELECT 1 FROM relations_passage p JOIN relations_capture c ON c.id = p.capture_id
          WHERE p.statement_id = statement
            AND substr(c.text, p.start + 1, p."end" - p.start) = p.exact
            AND strpos(relations_plain(p.exact), part) > 0
        ) THEN
          RETURN part;
        END IF;
      END LOOP;
    END LOOP;
    RETURN NULL;
  END
$$;

CREATE FUNCTION relations_check_statement(statement bigint) RETURNS void LANGUAGE plpgsql STABLE AS $$
  -- Raises what keeps a statement from review: no passage or place, no issue, a quotation without its passage.
  DECLARE
    said relations_statement;
    unfounded text;
  BEGIN
    SELECT * INTO said FROM relations_statement WHERE id = statement;
    IF NOT EXISTS (SELECT 1 FROM relations_passage WHERE statement_id = statement) THEN
      IF said.cited_place !~ '\S' THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'statement_has_source_place',
          COLUMN = 'passage', MESSAGE = 'Cite the passage in the source before you submit.';
      END IF;
      IF NOT EXISTS (
        SELECT 1 FROM relations_capture WHERE document_id = said.document_id AND extent = 'excerpt'
      ) THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'statement_place_in_excerpt',
          COLUMN = 'cited_place',
          MESSAGE = 'Our copy is the whole text, so cite the passage itself and not just its place.';
      END IF;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM relations_bearing WHERE statement_id = statement) THEN
      RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'statement_on_issue',
        COLUMN = 'bearings', MESSAGE = 'Say on which issue this is, and what they did there.';
    END IF;
    unfounded := relations_unfounded_quotation(statement);
    IF unfounded IS NOT NULL THEN
      RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'statement_quotation_founded',
        COLUMN = 'text',
        MESSAGE = 'These quoted words do not stand in a passage of the source: “' || left(unfounded, 120) || '”';
    END IF;
  END
$$;
"""

DROP = """
DROP FUNCTION relations_check_statement(bigint);
DROP FUNCTION relations_unfounded_quotation(bigint);
DROP FUNCTION relations_plain(text);
"""


class Migration(migrations.Migration):
    dependencies = [("relations", "0001_desk")]
    operations = [migrations.RunSQL(CHECK, DROP)]
