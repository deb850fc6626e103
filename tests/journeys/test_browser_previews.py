"""Looking at evidence in the browser: whatever is inside a file, only pictures of it arrive."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journeys import newcomer
from tests.journeys.instance import Instance
from tests.journeys.window import Window
from tests.security.corpus.table import TAKEN, Sample

LOGIN = "yulan"


@pytest.fixture(scope="module")
def case(instance: Instance) -> str:
    return newcomer.enter(instance, LOGIN)


def shown() -> list[Sample]:
    """The PDFs, which are shown as they came, and a few pictures, which were made anew."""
    return [sample for sample in TAKEN if sample.outcome == "A" or sample.number in (38, 44, 59)]


def test_looking_at_every_accepted_file_runs_nothing_and_asks_nobody_else(desk: Window, case: str) -> None:
    desk.sign_in(LOGIN)
    address = f"{case}years/2020/evidence/"
    desk.open(address)
    token = desk.page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value") or ""
    with ThreadPoolExecutor(
        1
    ) as apart:  # Playwright keeps an event loop in this thread; a signer wants its own
        contents = {sample: apart.submit(sample.make).result() for sample in shown()}
    for sample, content in contents.items():
        answer = desk.page.request.post(
            desk.page.url,
            headers={"Accept": "application/json", "Referer": desk.page.url},
            multipart={
                "csrfmiddlewaretoken": token,
                "rows": "1",
                "row-0-kind": "completion",
                "row-0-files": {"name": sample.name, "mimeType": "text/html", "buffer": content},
            },
        )
        assert answer.status == 200, (str(sample), answer.text())

    desk.open(address)
    viewers = [
        link.get_attribute("href") or "" for link in desk.page.locator("[data-paper] a[href$='/1/']").all()
    ]
    assert len(set(viewers)) >= len(shown())
    ran: list[str] = []
    desk.page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    answers: list[str] = []
    desk.page.on("response", lambda response: answers.append(response.headers.get("content-type", "")))
    for viewer in dict.fromkeys(viewers):
        desk.open(viewer)
        desk.page.wait_for_load_state()
        drawn = desk.page.locator("main img[src*='/page/']").first
        assert drawn.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
        assert not [kind for kind in answers if "pdf" in kind]
    assert ran == []
    assert desk.faults == []  # no address but ours, no error, no script stopped by the policy
