from datetime import UTC, date, datetime, timedelta

import pytest

from cehours.lib import clock

NEW_YEAR_EVE = datetime(2025, 12, 31, 16, 30, tzinfo=UTC)


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T09:00:00+08:00")


def test_the_clock_runs_with_the_machine():
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert clock.now().tzinfo is not None


def test_the_day_changes_when_it_does_in_shanghai():
    with clock.at(NEW_YEAR_EVE):
        assert clock.today() == date(2026, 1, 1)


def test_a_set_clock_stands_still_and_nests_and_is_given_back():
    with clock.at(NEW_YEAR_EVE):
        with clock.at(NEW_YEAR_EVE + timedelta(days=1)):
            assert clock.now() == NEW_YEAR_EVE + timedelta(days=1)
        assert clock.now() == NEW_YEAR_EVE
    assert clock.now() > datetime(2026, 1, 2, tzinfo=UTC)


def test_the_clock_is_given_back_after_an_error():
    with pytest.raises(RuntimeError), clock.at(NEW_YEAR_EVE):
        raise RuntimeError

    assert clock.now() != NEW_YEAR_EVE


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="naive"), clock.at(datetime(2025, 1, 1)):  # noqa: DTZ001 -- the point
        pass


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2025-05-30", "2025-06-04", 2),  # Friday; Monday 2 June is the Dragon Boat holiday
        ("2025-09-26", "2025-10-09", 4),  # Sunday 28 September is worked; 1 to 8 October are free
        ("2025-07-07", "2025-07-07", 0),
        ("2025-07-07", "2025-07-08", 1),
        ("2025-07-08", "2025-07-07", -1),
    ],
)
def test_workdays_follow_the_published_calendar(start, end, days):
    assert clock.workdays_between(day(start), day(end)) == days


def test_years_without_a_published_calendar_count_monday_to_friday():
    assert not clock.is_workday(date(2039, 1, 1))
    assert clock.is_workday(date(2039, 1, 3))


@pytest.mark.parametrize(
    "day", ["2037-01-01", "2037-05-01", "2038-10-01", "2039-05-02", "2040-10-02", "2040-10-03"]
)
def test_42_the_holidays_with_a_fixed_date_are_free_in_every_year(day):
    assert not clock.is_workday(date.fromisoformat(day))


def test_42_the_next_year_is_missed_from_december_on_and_the_present_one_always():
    last = max(year for year in range(2026, 2040) if clock.is_covered(year))
    with clock.at(datetime(last, 11, 30, 8, tzinfo=UTC)):
        assert clock.calendar_missing() is None
    with clock.at(datetime(last, 12, 1, 8, tzinfo=UTC)):
        assert clock.calendar_missing() == last + 1
    with clock.at(datetime(last + 1, 2, 1, 8, tzinfo=UTC)):
        assert clock.calendar_missing() == last + 1


def test_a_week_without_holidays_has_five_working_days():
    assert clock.workdays_between(day("2039-01-03"), day("2039-01-10")) == 5
