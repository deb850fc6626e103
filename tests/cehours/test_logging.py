"""What must never reach a log."""

from cehours.logging import redact


def logged(**event: object) -> dict[str, object]:
    return redact(None, "info", dict(event))


def test_an_identity_number_is_replaced_wherever_it_hides():
    assert logged(event="found 11010519491231002X") == {"event": "found [证件号码]"}
    assert "11010519491231002" not in str(logged(facts={"number": "11010519491231002X"}))


def test_a_secret_link_loses_its_secret():
    assert logged(path="/invitations/abcdefghijklmnopqrstuv/")["path"] == "/invitations/…/"
    assert logged(path="/v/abcdefghijklmnopqrstuvwxyz/")["path"] == "/v/…/"


def test_a_request_is_logged_without_what_was_searched_for():
    assert logged(request="GET /review/?name=张三")["request"] == "GET /review/"


def test_numbers_that_are_no_identity_numbers_stay():
    assert logged(size=123456789012345678901)["size"] == 123456789012345678901
