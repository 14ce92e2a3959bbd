"""Who had a hand in what is reviewed, and so may not publish it (R3)."""

from typing import Any

from django.db.models import BooleanField, Func, Q, Value


class _HadAHand(Func):
    """Whether a user wrote, edited or submitted any revision of what a review is of; takes user, statement, status change.

    In words of SQL, because a queue asks it in several places of one query, and Django takes longer to put four
    subqueries together than PostgreSQL to answer them. Each is asked by itself: of an "or" within one, PostgreSQL looks
    through all that the user ever wrote.
    """

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_context: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the condition, one subquery for each way to have had a hand."""
        (user, who), *subjects = (compiler.compile(each) for each in self.get_source_expressions())
        hands = []
        params: list[Any] = []
        for column, (subject, which) in zip(("statement_id", "status_change_id"), subjects, strict=True):
            for table, person in (("relations_contribution", "user_id"), ("relations_review", "submitted_by_id")):
                hands.append(
                    f"EXISTS (SELECT FROM {table} hand WHERE hand.{person} = {user} AND hand.{column} = {subject})"
                )
                params += [*who, *which]
        return f"({' OR '.join(hands)})", tuple(params)


def no_hand_of(user: Any) -> Q:
    """Return the condition that `user` neither wrote, edited nor submitted any revision of what a review is of (R3)."""
    return ~Q(_HadAHand(Value(user.pk), "statement", "status_change"))
