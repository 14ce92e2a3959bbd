"""What is wrong in a form, gathered for the summary at its top."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import template
from django.forms import BaseForm, BaseFormSet

register = template.Library()


@dataclass(frozen=True)
class Mistake:
    """One thing to mend: what to say, and the field's label and id where it belongs to one."""

    message: str
    label: str = ""
    target: str = ""


@register.simple_tag
def mistakes(form: BaseForm | str, parts: "Iterable[BaseFormSet[BaseForm]] | str" = ()) -> list[Mistake]:
    """Return every error of a form, and of the form sets that are sent with it, in the order of the page."""
    found = _of_form(form) if isinstance(form, BaseForm) else []
    for part in parts:
        if isinstance(part, BaseFormSet):
            found += [Mistake(str(error)) for error in part.non_form_errors()]
            for each in part.forms:
                found += _of_form(each)
    return found


def _of_form(form: BaseForm) -> list[Mistake]:
    found = [Mistake(str(error)) for error in form.non_field_errors()]
    for field in form:
        if field.is_hidden:  # nobody can be led to it
            found += [Mistake(str(error)) for error in field.errors]
            continue
        target = field.id_for_label or field.auto_id
        found += [Mistake(str(error), str(field.label), str(target)) for error in field.errors]
    return found
