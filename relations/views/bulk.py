"""The same act on many chosen rows: what each will undergo is shown first, then what can be done is done."""

import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.defaultfilters import date as written
from django.urls import reverse
from django.utils.translation import gettext as _

from relations import access
from relations.access import Desk, Verb
from relations.actions.bulk import BULK_LIMIT, BULK_SECONDS, Fate, carried_out, tried
from relations.actions.editing import save_edited
from relations.actions.reviews import submit, withdraw_statement
from relations.filters.statements import StatementFilter
from relations.forms.base import ActionForm, ReasonForm
from relations.forms.bulk import AssignForm
from relations.forms.saved_views import ADDRESS_LIMIT
from relations.models import Issue, Statement
from relations.views.responses import desk_context, respond

_ROW = re.compile(r"([-\w]{1,80})(?::(\d{1,9}))?", re.ASCII)


@dataclass(frozen=True)
class Act:
    """One act on many rows. `run` gets the row and the revision it was read at."""

    name: str
    title: str
    button: str
    form: Any
    effect: Callable[[Any], str]
    run: Callable[[Any, int], Any]
    asks_first: bool = False  # what is typed decides what happens, so it is asked before the preview
    is_grave: bool = False


@dataclass(frozen=True)
class Chosen:
    """The rows chosen, by the names that addresses have for them, each with the revision it was read at if that is known."""

    rows: dict[str, Any]
    read_at: dict[str, int | None]
    later: tuple[str, ...] = ()  # chosen, and left for when these are done
    bounded: bool = False  # more were found than are done at once


def _read(names: Iterable[str]) -> dict[str, int | None]:
    """Return the rows that these name, each with its revision where the name has one; what is no name is passed over."""
    found = (match for match in map(_ROW.fullmatch, names) if match)
    return {match[1]: int(match[2]) if match[2] else None for match in found}


def _named(request: HttpRequest) -> tuple[dict[str, int | None], tuple[str, ...]]:
    """Return the rows that the post names, as many as are done at once, and the names of the others.

    They come from a list's boxes (`ref`), are what the preview showed (`row`), or what was left before (`later`).
    """
    later = _read(request.POST.get("later", "").split(" "))
    named = _read(request.POST.getlist("row") or request.POST.getlist("ref"))
    if not named:
        named, later = later, {}
    names = list(named)
    at_once = {name: named[name] for name in names[:BULK_LIMIT]}
    return at_once, (*names[BULK_LIMIT:], *(name for name in later if name not in named))


def _answer(request: HttpRequest, here: Desk, act: Act, chosen: Chosen, list_url: str) -> HttpResponse:
    """Answer one step: ask, show what each row will undergo, or do it and tell."""
    names = {row.pk: name for name, row in chosen.rows.items()}

    def run(row: Any) -> Any:
        read_at = chosen.read_at.get(names[row.pk])
        return act.run(row, row.revision if read_at is None else read_at)

    form = act.form
    asking = act.asks_first and not (form.is_bound and form.is_valid())
    doing = "confirmed" in request.POST and not asking and form.is_valid()
    fates: list[Fate] = []
    if not asking:
        step = carried_out if doing else tried
        fates = step(chosen.rows.values(), effect=act.effect, act=run)
    allowed = [fate for fate in fates if not fate.refusal]
    unreached = () if asking else list(chosen.rows)[len(fates) :]
    if asking:
        going = [f"{name}:{chosen.read_at.get(name) or row.revision}" for name, row in chosen.rows.items()]
    else:
        going = [f"{names[fate.row.pk]}:{fate.revision}" for fate in allowed]
    context = {
        **desk_context(here),
        "act": act,
        "form": form,
        "asking": asking,
        "done": doing,
        "rows": chosen.rows.values(),
        "allowed": allowed,
        "refused": [fate for fate in fates if fate.refusal],
        "going": going,
        "later": [*unreached, *chosen.later],
        "bounded": len(chosen.rows) - len(unreached) if chosen.bounded else 0,
        "bulk_limit": BULK_LIMIT,
        "bulk_seconds": BULK_SECONDS,
        "list_url": list_url,
        # All statements of one desk have the same second readers, but for who wrote them: one is asked about.
        "nobody_reviews": doing and act.name == "submit" and allowed and not access.second_readers(allowed[0].row),
    }
    return respond(request, "relations/bulk/form.html", context, status=422 if form.errors else 200)


def _nothing(request: HttpRequest, list_url: str) -> HttpResponse:
    if request.method == "POST":
        messages.error(request, _("Choose at least one row that is still here."))
    return redirect(list_url)


def statements(request: HttpRequest, desk: str) -> HttpResponse:
    """Submit chosen drafts for review, or withdraw chosen published statements with one reason."""
    here = access.enter(request.user, desk, Verb.WRITE)
    list_url = reverse("statement_list", args=[desk])
    act = _statement_acts(request, here).get(request.POST.get("act", ""))
    chosen = _chosen_statements(request, here)
    for row in chosen.rows.values():
        row.relationship = here.relationship
    if act is None or not chosen.rows:
        return _nothing(request, list_url)
    return _answer(request, here, act, chosen, list_url)


def _chosen_statements(request: HttpRequest, here: Desk) -> Chosen:
    rows = (
        Statement.objects.visible_to(request.user)
        .at(here.relationship)
        .with_people()
        .with_review_state()
        .newest_first()
    )
    address = request.POST.get("address", "")
    if "all" not in request.POST or "row" in request.POST:
        named, later = _named(request)
        return Chosen({row.ref: row for row in rows.filter(ref__in=named)}, named, later)
    if len(address) > ADDRESS_LIMIT:
        return Chosen({}, {})
    found = StatementFilter(QueryDict(address), queryset=rows, relationship=here.relationship, drafts=True).qs
    first = list(found[: BULK_LIMIT + 1])
    return Chosen({row.ref: row for row in first[:BULK_LIMIT]}, {}, bounded=len(first) > BULK_LIMIT)


def _statement_acts(request: HttpRequest, here: Desk) -> dict[str, Act]:
    """Return what the user may do to many statements; each row's act is the one its own page does."""
    confirmed = request.POST if "confirmed" in request.POST else None
    sending, withdrawing = ActionForm(confirmed), ReasonForm(confirmed)

    def send(statement: Statement, revision: int) -> Any:
        return submit(actor=request.user, subject=statement, revision=revision, token=_token(sending, statement.ref))

    def take_back(statement: Statement, _revision: int) -> Any:
        # The reason is asked beside the preview: until it is typed, the trial stands on the form's own name for it.
        typed = withdrawing.is_valid() and withdrawing.cleaned_data["reason"]
        return withdraw_statement(
            actor=request.user,
            subject=statement,
            reason=typed or str(withdrawing.fields["reason"].label),
            token=_token(withdrawing, statement.ref),
        )

    acts = [
        Act(
            name="submit",
            title=_("Submit for review"),
            button=_("Submit these"),
            form=sending,
            effect=lambda _statement: _("Goes to review."),
            run=send,
        )
    ]
    if here.may(Verb.WITHDRAW):
        acts.append(
            Act(
                name="withdraw",
                title=_("Withdraw"),
                button=_("Withdraw these"),
                form=withdrawing,
                effect=lambda _statement: _("Is withdrawn; stays readable with your reason. This cannot be undone."),
                run=take_back,
                is_grave=True,
            )
        )
    return {act.name: act for act in acts}


def _token(form: ActionForm, ref: str) -> uuid.UUID | None:
    """Return the row's own share of the form's token: a second submit finds what the first did to this row."""
    return uuid.uuid5(form.cleaned_data["token"], ref) if form.is_bound and form.is_valid() else None


def issues(request: HttpRequest, desk: str) -> HttpResponse:
    """Give chosen issues an owner, a day on which they are due for review, or both."""
    here = access.enter(request.user, desk, Verb.WRITE)
    named, later = _named(request)
    rows = Issue.objects.visible_to(request.user).at(here.relationship).select_related("owner")
    chosen = Chosen({row.slug: row for row in rows.filter(slug__in=named).order_by("title", "pk")}, named, later)
    list_url = reverse("board", args=[desk])
    if not chosen.rows:
        return _nothing(request, list_url)
    for row in chosen.rows.values():
        row.relationship = here.relationship
    form = AssignForm(request.POST if "row" in request.POST else None, relationship=here.relationship)

    def effect(issue: Issue) -> str:
        owner, due = form.wanted(issue)
        told = []
        if owner != issue.owner:
            told.append(
                _("Owner: %(after)s, until now %(before)s")
                % {"before": issue.owner or _("no one"), "after": owner or _("no one")}
            )
        if due != issue.review_due:
            before = written(issue.review_due, "j M Y") if issue.review_due else _("no date")
            told.append(
                _("Review due: %(after)s, until now %(before)s") % {"before": before, "after": written(due, "j M Y")}
            )
        return "; ".join(told) or _("Stays as it is.")

    def assign(issue: Issue, revision: int) -> None:
        owner, due = form.wanted(issue)
        if (owner, due) != (issue.owner, issue.review_due):  # a second submit finds it done
            issue.owner, issue.review_due = owner, due
            save_edited(actor=request.user, row=issue, revision=revision)

    act = Act(
        name="assign",
        title=_("Owner and review date"),
        button=_("Change these"),
        form=form,
        effect=effect,
        run=assign,
        asks_first=True,
    )
    return _answer(request, here, act, chosen, list_url)
