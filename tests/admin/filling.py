"""Fill in an admin page as a browser would."""

from typing import Any

from django.test import Client


def filled(page: Any, **changes: Any) -> dict[str, Any]:
    """Return what the page's form would post, with these changes; `None` takes a field out."""
    data: dict[str, Any] = {}
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is True:
                value = "on"
            if value is not None and value is not False:
                data[bound.html_name] = value
    data.update(changes)
    return {key: value for key, value in data.items() if value is not None}


def save(client: Client, address: str, query: str = "", **changes: Any) -> Any:
    """Open a page, change what is given, and post it."""
    page = client.get(address + query)
    assert page.status_code == 200, page.status_code
    return client.post(address, filled(page, **changes))


def errors(page: Any) -> dict[str, list[str]]:
    """Return what the page says, by field, of the form and its parts alike."""
    found: dict[str, list[str]] = {name: list(each) for name, each in page.context["adminform"].form.errors.items()}
    for inline in page.context["inline_admin_formsets"]:
        for form in inline.formset.forms:
            for name, each in form.errors.items():
                found.setdefault(name, []).extend(each)
    return found
