"""Why a file of rows cannot be read."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TableFault(TextChoices):
    """Why; the label is the sentence for people."""

    EMPTY = "empty", _("The file is empty.")
    NO_ROWS = "no rows", _("The file has a header, but no rows under it.")
    NO_HEADER = "no header", _("The first row names no columns. Put the columns’ names there.")
    UNKNOWN = "unknown", _("This is no table that we read. Save it as CSV or XLSX.")
    OLD_EXCEL = "old excel", _("This is an old Excel file (.xls). Save it as .xlsx or CSV.")
    PASSWORD = "password", _("This workbook has a password. Save it without one.")
    OTHER_OFFICE = "other office", _("This is no Excel workbook. Save it as .xlsx or CSV.")
    UNPACKS = "unpacks", _("This workbook unpacks to more than we take. Save the sheet as CSV.")
    BROKEN = "broken", _("This workbook is damaged and cannot be read. Open it in Excel and save it again.")
    TOO_MANY_COLUMNS = "too many columns", _("The file has more than 200 columns. Keep those that you import.")
    CHARACTERS = "characters", _("The file is not in the characters that you chose. Choose others.")


class CannotReadTable(Exception):
    """A file of rows that cannot be read; says why."""

    def __init__(self, why: object) -> None:
        super().__init__(str(why))
