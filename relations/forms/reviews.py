"""Decide on a review: approve, or return with comments, on the whole and at fields."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.actions.reviews import FieldComment
from relations.forms.base import TEXT_LIMIT, ActionForm, Rows
from relations.models import ReviewComment
from relations.models.reviewed import Reviewed


class DecisionForm(ActionForm):
    """Approve, or return with a comment, the revision that was read."""

    comment = forms.CharField(
        label=_("What should be changed"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=TEXT_LIMIT,
        required=False,
        help_text=_("Of the whole. What is about one field, say below."),
    )


class FieldCommentForm(forms.Form):
    """What should be changed in one field, and in which of its words."""

    field = forms.ChoiceField(label=_("Field"), required=False)
    words = forms.CharField(
        label=_("Which words"),
        max_length=TEXT_LIMIT,
        required=False,
        help_text=_("As they stand in the field; may be left empty."),
    )
    text = forms.CharField(
        label=_("What should be changed there"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=TEXT_LIMIT,
        required=False,
    )

    def __init__(self, *args: Any, subject: Reviewed, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject
        field: Any = self.fields["field"]
        field.choices = [("", "---------"), *subject.read_fields().items()]

    def clean(self) -> dict[str, Any]:
        """Want a field and a comment with each other, and words that stand in the field."""
        typed = super().clean() or self.cleaned_data
        field, words, text = (typed.get(name, "") for name in ("field", "words", "text"))
        if (field or words) and not text and "text" not in self.errors:
            self.add_error("text", _now("Say what should be changed."))
        if (words or text) and not field and "field" not in self.errors:
            self.add_error("field", _now("Say which field this is about."))
        if field and words and not self.subject.holds(field, words):
            self.add_error("words", _now("These words do not stand in that field."))
        return typed

    def comment(self) -> FieldComment | None:
        """Return the comment; None where the row was left empty."""
        typed = self.cleaned_data
        return FieldComment(typed["text"], typed["field"], typed["words"]) if typed.get("text") else None


class FieldComments(Rows):
    """What should be changed in single fields; where it was not sent, nothing."""

    def said(self) -> list[FieldComment]:
        """Return the comments, without the rows that were left empty."""
        return [said for row in self.forms if (said := row.comment())] if self.is_bound else []


FieldCommentFormSet = forms.formset_factory(
    FieldCommentForm, formset=FieldComments, extra=3, max_num=30, absolute_max=40
)


def field_comments(data: Any, subject: Reviewed) -> Any:
    """Return the rows in which `subject` is commented on field by field, bound where `data` holds them."""
    sent = data if data and "comments-TOTAL_FORMS" in data else None
    return FieldCommentFormSet(sent, prefix="comments", form_kwargs={"subject": subject})


def show_comments(form: forms.BaseForm, comments: list[ReviewComment], **parts: tuple[Any, str]) -> None:
    """Put what a reviewer said of a field at that field, told with it to those who listen.

    `parts` are the form sets of what counts with it, by the name a comment knows each by, with the field that tells
    their rows: a comment stands at the row its words are about, else at the first.
    """
    for comment in comments:
        if comment.field in form.fields:
            _say_at(form[comment.field], comment)
        elif comment.field in parts and parts[comment.field][0].forms:
            rows, column = parts[comment.field]
            _say_at(_row_about(rows.forms, column, comment.words)[column], comment)


def _row_about(rows: list[Any], column: str, words: str) -> Any:
    """Return the row that holds these words, or is named in them; the first where none is."""
    said = " ".join(words.split())
    for row in rows:
        shown = " ".join(str(row.initial.get(column) or "").split())
        if said and shown and (said in shown or shown in said):
            return row
    return rows[0]


def _say_at(bound: Any, comment: ReviewComment) -> None:
    field = bound.field
    field.comments = [*getattr(field, "comments", []), comment]
    told = [f"{bound.auto_id}_helptext"] if field.help_text else []
    told += [f"{bound.auto_id}_error"] if bound.errors else []
    field.widget.attrs["aria-describedby"] = " ".join([*told, f"{bound.auto_id}_comments"])
