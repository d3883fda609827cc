"""What becomes of a message, by the class of the error and the attempts so far."""

from __future__ import annotations

import pytest

from shared import errors
from shared.messaging.retry import verdict
from shared.ports import Again, Done, Fate, Park
from shared.web.problems import status_of

LADDER = [Again("10s"), Again("1m"), Again("10m"), Again("1h")]


def test_done() -> None:
    assert verdict(None, 0) == Done()


@pytest.mark.parametrize("attempt", range(6))
def test_an_outage_costs_nothing_however_long(attempt: int) -> None:
    assert verdict(errors.Unavailable("away"), attempt) == Again("10s", counts=False)


@pytest.mark.parametrize("attempt", range(6))
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (errors.Refused("no"), "Refused"),
        (errors.NotFound("no"), "NotFound"),
        (errors.NotAllowed("no"), "NotAllowed"),
        (errors.NotSignedIn("no"), "NotSignedIn"),
        (errors.WrongState("不可 · no", "made"), "WrongState"),
        (errors.AlreadyThere("no", "/there"), "AlreadyThere"),
        (errors.Invalid("no"), "Invalid"),
        (errors.Unreadable("no"), "Unreadable"),
    ],
)
def test_what_waiting_cannot_change_is_parked_at_once(error: Exception, reason: str, attempt: int) -> None:
    assert verdict(error, attempt) == Park(reason, str(error))


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (errors.NotYet("on its way"), "on its way"),
        (
            errors.Stale("名册 r", "roster r"),
            "名册 r 已被他人修改，请重新读取后再办 · somebody changed roster r since you read it: read it again, then go on",
        ),
        (ZeroDivisionError("division"), "ZeroDivisionError"),
        (TimeoutError(), "TimeoutError"),
    ],
)
def test_what_may_change_waits_longer_each_time_and_is_parked_in_the_end(error: Exception, detail: str) -> None:
    fates: list[Fate] = [verdict(error, attempt) for attempt in range(6)]
    assert fates == [*LADDER, Park("Exhausted", detail), Park("Exhausted", detail)]


def test_every_error_of_the_house_has_a_fate_and_a_status() -> None:
    def below(kind: type[errors.AppError]) -> set[type[errors.AppError]]:
        return {kind}.union(*(below(one) for one in kind.__subclasses__()))

    made: dict[type[errors.AppError], errors.AppError] = {
        errors.WrongState: errors.WrongState("不可 · no", "made"),
        errors.AlreadyThere: errors.AlreadyThere("it", "/there"),
        errors.Stale: errors.Stale(),
        errors.MustChangePassword: errors.MustChangePassword("it", "https://there"),
        errors.TooOften: errors.TooOften("it", 60),
        errors.Unconfirmed: errors.Unconfirmed("it", [], "digest"),
    }
    kinds = {kind for kind in below(errors.AppError) if kind.__module__ == errors.__name__} - {errors.AppError}
    statuses = {kind.__name__: status_of(made.get(kind) or kind("x")) for kind in kinds}
    assert statuses == {
        "Refused": 409,
        "NotFound": 404,
        "NotAllowed": 403,
        "NotTrained": 403,
        "SignInAgain": 403,
        "MustChangePassword": 403,
        "NotSignedIn": 401,
        "WrongState": 409,
        "AlreadyThere": 409,
        "Unconfirmed": 409,
        "Invalid": 422,
        "Stale": 412,
        "Overtaken": 412,
        "NotYet": 409,
        "Unavailable": 503,
        "TooOften": 429,
        "Unreadable": 422,
    }
