"""What is said must be seen, what is quoted in whatever marks must stand in a passage, and a form is about one thing."""

from django.db import migrations, models

import relations.models.base
from relations.migrations._together import Together

QUOTATIONS = r"""
CREATE OR REPLACE FUNCTION relations_plain(words text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  -- Words as they are compared: one space for any white space, straight marks for typographic ones.
  SELECT btrim(regexp_replace(
    translate(words, '“”„‟«»‹›＂〝〞「」『』‘’‚‛＇', repeat('"', 15) || repeat('''', 5)), '\s+', ' ', 'g'))
$$;

CREATE OR REPLACE FUNCTION relations_quotations(words text) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
  -- What a text puts in quotation marks. A single mark is an apostrophe inside a word (Ankara's), before a number
  -- (the '90s) and after the s of a plural that goes on (the ministers' talks); else it opens or closes a quotation.
  SELECT hit.parts[1] FROM regexp_matches(relations_plain(words), '"([^"]+)"', 'g') AS hit(parts)
  UNION ALL
  SELECT hit.parts[1] FROM regexp_matches(
    relations_plain(words),
    $re$(?<![\w'])'(?=[^\s\d'])((?:[^']|(?<=\w)'(?=\w)|(?<=s)'(?=\s\w))+)(?:(?<!s)'(?!\w)|'(?!\s?\w))$re$,
    'g') AS hit(parts)
$$;

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
    words := CASE WHEN said.original_text <> '' THEN said.original_text ELSE said.text END;
    FOR quotation IN
      SELECT words WHERE said.kind = 'quote'
      UNION ALL
      SELECT hit.quoted FROM relations_quotations(words) AS hit(quoted) WHERE said.kind <> 'quote'
    LOOP
      FOREACH part IN ARRAY regexp_split_to_array(quotation, '\[?(…|\.\.\.)\]?') LOOP
        part := btrim(relations_plain(part), ' ,.;:"''');
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
"""


class Migration(migrations.Migration):
    dependencies = [("relations", "0008_say_constraints")]

    operations = [
        # Backwards it stays: the earlier functions ask for less, and nothing stored depends on either.
        migrations.RunSQL(QUOTATIONS, migrations.RunSQL.noop),
        Together(
            [
                migrations.RemoveConstraint(
                    model_name="capture",
                    name="capture_text_not_blank",
                ),
                migrations.RemoveConstraint(
                    model_name="commitment",
                    name="commitment_text_not_blank",
                ),
                migrations.RemoveConstraint(
                    model_name="document",
                    name="document_title_not_blank",
                ),
                migrations.RemoveConstraint(
                    model_name="issue",
                    name="issue_title_not_blank",
                ),
                migrations.RemoveConstraint(
                    model_name="meeting",
                    name="meeting_title_not_blank",
                ),
                migrations.RemoveConstraint(
                    model_name="note",
                    name="note_text_not_blank",
                ),
                migrations.RemoveConstraint(
                    model_name="organisation",
                    name="organisation_name_not_blank",
                ),
                migrations.RemoveConstraint(
                    model_name="party",
                    name="party_name_not_blank",
                ),
                migrations.RemoveConstraint(
                    model_name="passage",
                    name="passage_exact_not_blank",
                ),
                migrations.RemoveConstraint(
                    model_name="person",
                    name="person_name_not_blank",
                ),
                migrations.RemoveConstraint(
                    model_name="post",
                    name="post_name_not_blank",
                ),
                migrations.RemoveConstraint(
                    model_name="publisher",
                    name="publisher_name_not_blank",
                ),
                migrations.RemoveConstraint(
                    model_name="review",
                    name="review_returned_with_comment",
                ),
                migrations.RemoveConstraint(
                    model_name="reviewcomment",
                    name="review_comment_not_blank",
                ),
                migrations.RemoveConstraint(
                    model_name="savedview",
                    name="saved_view_name_not_blank",
                ),
                migrations.RemoveConstraint(
                    model_name="statement",
                    name="statement_withdrawn_with_reason",
                ),
                migrations.RemoveConstraint(
                    model_name="statement",
                    name="statement_text_not_blank",
                ),
                migrations.RemoveConstraint(
                    model_name="statuschange",
                    name="statuschange_withdrawn_with_reason",
                ),
                migrations.RemoveConstraint(
                    model_name="statuschange",
                    name="status_change_rationale_not_blank",
                ),
                migrations.AddField(
                    model_name="idempotencykey",
                    name="about",
                    field=models.CharField(blank=True, max_length=80),
                ),
                migrations.AddConstraint(
                    model_name="capture",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "text__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="capture_text_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="commitment",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "text__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="commitment_text_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="document",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "title__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="document_title_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="issue",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "title__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="issue_title_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="meeting",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "title__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="meeting_title_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="note",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "text__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="note_text_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="organisation",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "name__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="organisation_name_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="party",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "name__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="party_name_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="passage",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "exact__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="passage_exact_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="person",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "name__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="person_name_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="post",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "name__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="post_name_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="publisher",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "name__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="publisher_name_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="review",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", "returned"), _negated=True),
                            (
                                "comment__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            ),
                            _connector="OR",
                        ),
                        name="review_returned_with_comment",
                        violation_error_message="Say what should be changed.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="reviewcomment",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "text__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="review_comment_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="savedview",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "name__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="saved_view_name_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="statement",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("withdrawal_reason", ""),
                                ("withdrawn_at__isnull", True),
                                ("withdrawn_by__isnull", True),
                            ),
                            models.Q(
                                ("published_at__isnull", False),
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                                (
                                    "withdrawal_reason__regex",
                                    "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="statement_withdrawn_with_reason",
                        violation_error_message="Only what is published is withdrawn: with who, when and why. Give all three, or none of them.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="statement",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "text__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="statement_text_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="statuschange",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("withdrawal_reason", ""),
                                ("withdrawn_at__isnull", True),
                                ("withdrawn_by__isnull", True),
                            ),
                            models.Q(
                                ("published_at__isnull", False),
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                                (
                                    "withdrawal_reason__regex",
                                    "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="statuschange_withdrawn_with_reason",
                        violation_error_message="Only what is published is withdrawn: with who, when and why. Give all three, or none of them.",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="statuschange",
                    constraint=relations.models.base.NotBlank(
                        condition=models.Q(
                            (
                                "rationale__regex",
                                "[^\\s\\u0085\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180e\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb\\U000e0000-\\U000e01ef]",
                            )
                        ),
                        name="status_change_rationale_not_blank",
                        violation_error_message="This may not be empty.",
                    ),
                ),
            ]
        ),
    ]
