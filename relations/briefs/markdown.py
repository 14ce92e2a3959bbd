"""A brief as Markdown (CommonMark with footnotes and tables, as GitHub and pandoc read them)."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from relations.briefs import plan
from relations.briefs.content import Contact, Content, Position, Section, Words

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|~$])|^(\s*)([#+\-=]|\d+[.)])(?=\s)", re.M)


def plain(text: str) -> str:
    """Return a text as Markdown that reads the same: no letter of it is a sign, and it stays one line."""
    return _SPECIAL.sub(lambda found: f"{found[2] or ''}\\{found[1] or found[3]}", " ".join(text.split()))


def markdown(content: Content) -> str:
    """Return the brief as Markdown."""
    return "\n\n".join(part for part in _parts(content) if part) + "\n"


def _parts(content: Content) -> Iterator[str]:
    heads = plan.headings()
    yield f"**TLP:{plain(content.marking)}** ({plain(content.marking_word)})"
    yield f"# {plain(content.title)}"
    yield plain(f"{content.kind_word} · {content.desk} · {content.made} · {content.by}")
    yield plain(f"{content.stands}. {content.period}.")
    if content.meeting:
        about = content.meeting
        yield f"## {heads.meeting}"
        yield plain(" · ".join(filter(None, (about.title, about.kind, about.when, about.place))))
        yield plain(about.summary)
        yield "\n".join(f"- {_person(each)}" for each in about.people)
        yield plain(plan.tellings(about))
    yield f"## {heads.summary}"
    yield _table(content) if content.sections else plain(plan.nothing())
    for section in content.sections:
        yield from _section(section)
    if content.contacts:
        yield f"## {heads.contacts}"
        yield "\n".join(f"- {_person(each)} ({each.last})" for each in content.contacts)
    if content.ahead:
        yield f"## {heads.ahead}"
        yield "\n".join(f"- {plain(each.when)}: {plain(each.what)} ({plain(each.kind)})" for each in content.ahead)
    yield f"## {heads.about_sources}"
    yield plain(" ".join(content.sources))
    yield f"## {heads.checks}"
    yield "\n".join(
        f"- {plain(slip.where)}: “{plain(slip.sentence)}” {plain(slip.wrong)}" for slip in content.slips
    ) or plain(plan.no_slips(content))
    yield plain(plan.reach(content))
    if content.notes:
        yield f"## {heads.sources}"
        yield plain(plan.scales())
        yield "\n".join(
            f"[^{note.number}]: {plain(plan.cited(note))} {plain(plan.source(note))} "
            f"{f'<{plan.address(note)}> ' if plan.address(note) else ''}{plain(plan.rating(note))}"
            for note in content.notes
        )


def _person(contact: Contact) -> str:
    return plain(f"{contact.party}: {', '.join(filter(None, (contact.name, contact.office)))}")


def _table(content: Content) -> str:
    heads, letters = [_("Issue"), _("Where it stands"), *map(plain, content.sides)], plan.room(content)
    lines = [heads, ["---"] * len(heads)]
    for section in content.sections:
        cells = [_cell(position, letters) for position in section.positions]
        lines.append([plain(section.title), plain(plan.standing(section.standing)), *cells])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cell(position: Position, letters: int) -> str:
    if position.words is None:
        return plain(_("nothing held"))
    how = f"{plain(position.how)}: " if position.how else ""
    words = plain(plan.shortened(position.words, letters))
    return f"{how}{words} ({plain(plan.since(position))}) [^{position.words.note}]"


def _section(section: Section) -> Iterator[str]:
    yield f"## {plain(section.title)}"
    yield plain(section.about)
    yield plain(section.summary)
    where = section.standing
    yield f"**{plain(plan.standing(where))}** {plain(where.why)}" + "".join(f"[^{each}]" for each in where.notes)
    if where.is_shaken:
        yield plain(plan.shaken())
    yield plain(section.agreement)
    for position in section.positions:
        yield f"### {plain(position.party)}"
        if position.words is None:
            yield plain(_("Nothing held."))
            continue
        yield _said(position.words)
        yield plain(plan.did(position))
        if position.shift:
            yield f"**{plain(position.shift)}**" + (f"[^{position.shift_note}]" if position.shift_note else "")
        if position.reworded:
            yield f"{plain(plan.reworded(position.reworded))}[^{position.reworded.note}]"
    if section.judgement:
        yield f"### {_('The desk’s judgement')}"
        yield from map(plain, section.judgement.text.split("\n"))
        yield plain(" ".join((*plan.sure(section.judgement), f"{section.judgement.who}, {section.judgement.when}")))
    if section.recent:
        yield f"### {_('Lately said')}"
        yield "\n".join(f"- {f'{plain(each.party)}: ' if each.party else ''}{_said(each)}" for each in section.recent)
        yield plain(plan.more(section.more)) if section.more else ""
    if section.promises:
        yield f"### {_('Commitments')}"
        yield "\n".join(f"- {plain(plan.promise(each))}[^{each.note}]" for each in section.promises)


def _said(words: Words) -> str:
    return f"{plain(plan.quoted(words))} {plain(plan.byline(words))}.[^{words.note}]"
