"""Keep briefs as they were made, and the template that gives a desk's briefs its letterhead."""

import datetime
import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from relations import access
from relations.access import Verb
from relations.actions.originals import file_name
from relations.actions.refusal import Refused, action
from relations.briefs import letterhead
from relations.models import Brief, BriefTemplate, Relationship
from relations.models.base import moment, says_something
from relations.models.briefs import TEMPLATE_LIMIT


@action(Brief)
def keep_brief(
    *,
    actor: Any,
    relationship: Relationship,
    kind: str,
    title: str,
    marking: str,
    asked: dict[str, Any],
    made: datetime.datetime,
    known: datetime.datetime,
    content: str,
    cites: Sequence[str],
    holds_own_work: bool,
    token: uuid.UUID | None = None,
) -> Brief:
    """Store a brief that was just written, with the desk's template of today: neither is ever changed.

    Raises `NotAllowed` below analyst, `Refused` where a rule says no.
    """
    access.require(actor, Verb.WRITE, relationship)
    return Brief.objects.create(
        relationship=relationship,
        author=actor,
        created_at=made,
        kind=kind,
        title=title,
        marking=marking,
        asked=json.dumps(asked, ensure_ascii=False, sort_keys=True),
        known=known,
        content=content,
        cites=" ".join(cites),
        holds_own_work=holds_own_work,
        template=BriefTemplate.objects.at(relationship).filter(retired_at=None).first(),
    )


@action(Brief)
def withdraw_brief(*, actor: Any, brief: Brief, reason: str, token: uuid.UUID | None = None) -> Brief:
    """Withdraw a brief made by mistake or with the wrong marking, with the reason; it is kept, and sent no more.

    Raises `NotAllowed` to an analyst who did not make it, `Refused` without a reason or where it is
    withdrawn already.
    """
    access.require(actor, Verb.WRITE, brief.relationship)
    if not access.answers_for(actor, brief):
        raise access.NotAllowed(_("Whoever made a brief withdraws it, or a reviewer."))
    if not says_something(reason):
        raise Refused(_("Say why this is withdrawn."), field="reason", rule="withdrawn_with_reason")
    kept = Brief.objects.select_for_update(of=("self",)).get(pk=brief.pk)
    if kept.withdrawn_at:
        raise Refused(_("This was withdrawn already."), rule="set_once")
    kept.withdrawn_at, kept.withdrawn_by, kept.withdrawal_reason = moment(), actor, reason.strip()
    kept.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    return kept


@action(BriefTemplate)
def use_template(*, actor: Any, relationship: Relationship, name: str, content: bytes) -> BriefTemplate:
    """Have the desk's briefs written into this Word document from now on, in place of the one before.

    Raises `NotAllowed` below head of desk, `Refused` where no brief can be written into it.
    """
    access.require(actor, Verb.OVERSEE, relationship)
    if len(content) > TEMPLATE_LIMIT:
        raise Refused(_("A template may have up to 1 MB."), field="file", rule="template_size")
    try:
        letterhead.check(content)
    except letterhead.TemplateFault as fault:
        raise Refused(str(fault), field="file", rule="template") from None
    _retire(relationship)
    template = BriefTemplate(relationship=relationship, name=file_name(name), uploaded_by=actor)
    template.file = content
    template.save()
    return template


@action(BriefTemplate)
def use_no_template(*, actor: Any, relationship: Relationship) -> BriefTemplate:
    """Have the desk's briefs look plain from now on; those made with its template keep it.

    Raises `NotAllowed` below head of desk, `Refused` where the desk uses none.
    """
    access.require(actor, Verb.OVERSEE, relationship)
    template = _retire(relationship)
    if template is None:
        raise Refused(_("This desk uses no template of its own."), rule="gone")
    return template


def _retire(relationship: Relationship) -> BriefTemplate | None:
    used = BriefTemplate.objects.at(relationship).filter(retired_at=None).select_for_update(of=("self",)).first()
    if used is not None:
        used.retired_at = moment()
        used.save(update_fields=["retired_at"])
    return used
