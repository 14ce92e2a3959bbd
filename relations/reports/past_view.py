"""What there is to look back to."""

from django.db.models import Min
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from relations.models import Relationship, Statement
from relations.models.moments import Moment


def before_everything(relationship: Relationship, at: Moment) -> str:
    """Return in words that the desk held nothing as of the past moment `at`, and since when it does; else nothing."""
    published = Statement.objects.at(relationship).published()
    first = published.aggregate(published=Min("published_at"), said=Min("latest"))
    if first["published"] is None:
        return _("This desk has published nothing yet.")
    if not at.has_come(first["published"]):
        day = relationship.day_of(first["published"])
        return _("The desk had published nothing by then: it began on %(day)s.") % {"day": date_format(day, "j M Y")}
    if at.effective is not None and at.effective < first["said"]:
        return _("Nothing that the desk holds is of that day or an earlier one: the first is of %(day)s.") % {
            "day": date_format(first["said"], "j M Y")
        }
    return ""
