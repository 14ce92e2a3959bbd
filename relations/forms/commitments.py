"""Record a commitment, revise it, and say what became of it."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from relations.choices import CommitmentState, Precision
from relations.forms.base import ActionForm, DateInput
from relations.forms.choosing import ChosenField
from relations.forms.status_changes import evidence_label
from relations.models import Bearing, Commitment, Issue, Party, Statement
from relations.models.base import widen

SHOWN = 100  # statements offered as what settles a commitment, the newest


def whole_due(form: forms.BaseForm, typed: dict[str, Any]) -> dict[str, Any]:
    """Return what was typed with both ends of the span it falls due in: a single day typed once, a month widened."""
    first, last = typed.get("due_earliest"), typed.get("due_latest")
    first, last = first or last, last or first
    if first and last and last < first:
        form.add_error("due_latest", _now("The last day cannot come before the first."))
    elif first and last:
        first, last = widen(first, last, typed.get("due_precision") or Precision.DAY)
    return {**typed, "due_earliest": first, "due_latest": last}


def later_on(commitment: Commitment) -> Any:
    """Return the statements that may show what became of it: the later ones that stand on its issue."""
    on_issue = Bearing.objects.filter(issue=commitment.issue_id).values("statement")
    later = Statement.objects.standing().filter(pk__in=on_issue, latest__gte=commitment.statement.earliest)
    return later.exclude(pk=commitment.statement_id)


def showing(commitment: Commitment) -> Any:
    """Return the statements offered as what became of it where they are listed: the newest, and the one chosen."""
    later = later_on(commitment).newest_first()
    newest = [*later.values_list("pk", flat=True)[:SHOWN], commitment.settled_by_id]
    return Statement.objects.filter(pk__in=[pk for pk in newest if pk]).with_people().newest_first()


class CommitmentForm(ActionForm):
    """What is owed, by whom and by when; for a new one, on which of its statement's issues."""

    issue = forms.ModelChoiceField(queryset=Issue.objects.none(), label=_("Issue"), empty_label=None)
    text = forms.CharField(
        label=_("What they said they will do"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In the desk’s words: technical talks will be held."),
    )
    party = forms.ModelChoiceField(queryset=Party.objects.none(), label=_("Who owes it"))
    due_latest = forms.DateField(
        label=_("Due by"), required=False, widget=DateInput(), help_text=_("Empty where no day was given.")
    )
    due_precision = forms.ChoiceField(label=_("Precise to the"), choices=Precision, initial=Precision.DAY)
    due_earliest = forms.DateField(
        label=_("Not before"), required=False, widget=DateInput(), help_text=_("Only where a span was given.")
    )

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        relationship = commitment.relationship
        fields["party"].queryset = Party.objects.filter(pk__in=[party.pk for party in relationship.parties])
        if commitment.pk:
            del self.fields["issue"]
        else:
            issues = Bearing.objects.filter(statement=commitment.statement).values("issue")
            fields["issue"].queryset = Issue.objects.filter(pk__in=issues).order_by("title")

    def clean(self) -> dict[str, Any]:
        """Let a single day be typed once, and widen a month or a year."""
        return whole_due(self, super().clean() or self.cleaned_data)

    def fill(self, commitment: Commitment) -> Commitment:
        """Put what was typed into `commitment`."""
        for name in ("issue", "text", "party", "due_earliest", "due_latest", "due_precision"):
            if name in self.fields:
                setattr(commitment, name, self.cleaned_data[name])
        return commitment


class StatementField(forms.ModelChoiceField):
    """One statement, shown by its words, who said them and when."""

    def label_from_instance(self, statement: Any) -> str:
        """Return the words of the statement with its day."""
        return evidence_label(statement)


class SettlementForm(ActionForm):
    """What became of a commitment, what shows it, and when."""

    state = forms.ChoiceField(label=_("What became of it"), widget=forms.RadioSelect)
    settled_by = ChosenField(
        Statement.objects.none(),
        kind="statement",
        label=_("Shown by"),
        required=False,
        hint=_("Type some of its words"),
        help_text=_("For kept or broken: a later statement published on this issue."),
    )
    settled_on = forms.DateField(
        label=_("On"), required=False, widget=DateInput(), help_text=_("Empty for the day of that statement.")
    )
    note = forms.CharField(label=_("Why"), max_length=300, required=False, help_text=_("Needed where it lapsed."))

    def __init__(self, *args: Any, commitment: Commitment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["state"].choices = [choice for choice in CommitmentState.choices if choice[0] != CommitmentState.OPEN]
        if not commitment.is_open:
            fields["state"].choices += [(CommitmentState.OPEN, _("Open again"))]
        shown: Any = fields["settled_by"]
        shown.queryset = Statement.objects.filter(
            Q(pk__in=later_on(commitment).order_by().values("pk")) | Q(pk=commitment.settled_by_id)
        )
        shown.widget.desk = commitment.relationship
        shown.widget.narrow = {
            "issue": commitment.issue.slug,
            "since": commitment.statement.earliest.isoformat(),
        }
