"""A brief's parts as lines of HTML: the same words as in every other format (`relations.briefs.plan`)."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from relations.briefs import plan
from relations.briefs.content import Judgement, Picture, Standing
from relations.briefs.picture import svg

register = template.Library()

register.filter("brief_words", plan.quoted)
register.filter("brief_shortened", plan.shortened)
register.filter("brief_byline", plan.byline)
register.filter("brief_since", plan.since)
register.filter("brief_standing", plan.standing)
register.filter("brief_promise", plan.promise)
register.filter("brief_did", plan.did)
register.filter("brief_reworded", plan.reworded)
register.filter("brief_cited", plan.cited)
register.filter("brief_address", plan.address)
register.filter("brief_source", plan.source)
register.filter("brief_rating", plan.rating)
register.filter("brief_more", plan.more)
register.filter("brief_tellings", plan.tellings)


@register.filter
def brief_day(standing: Standing) -> str:
    """Return since when an issue stands so."""
    return _("since %(day)s") % {"day": standing.since}


@register.filter
def brief_lines(judgement: Judgement) -> list[str]:
    """Return a judgement's paragraphs."""
    return judgement.text.split("\n")


@register.filter
def brief_sure(judgement: Judgement) -> str:
    """Return how likely and how confident, a sentence each."""
    return " ".join(plan.sure(judgement))


@register.simple_tag
def brief_picture(picture: Picture) -> SafeString:
    """Draw an issue's timeline."""
    return svg(picture)
