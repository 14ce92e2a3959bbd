"""The one error of the private PostgreSQL."""

from django.core.exceptions import ImproperlyConfigured


class PrivateServerError(ImproperlyConfigured):
    """The private PostgreSQL cannot run; says why, and names `DATABASE_URL` as the way out."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} Or set DATABASE_URL to the address of a PostgreSQL server of your own.")
