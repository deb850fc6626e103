"""`system` is a word that only the workers' role may say: of a web session that says it nothing more is opened.

Generated over every table behind a policy and every function that runs as the owner.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from psycopg2 import DatabaseError
from psycopg2.errorcodes import CHECK_VIOLATION

from applications.models import Application
from applications.states import State
from cehours.middleware import ActorMiddleware
from certificates.models import Certificate
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from tests import databases
from tests.world import World

SAY = """SELECT set_config('app.kind', %s, true), set_config('app.unit', %s, true),
                set_config('app.person', %s, true), set_config('app.user', %s, true)"""
BEHIND = "SELECT oid::regclass::text FROM pg_class WHERE relforcerowsecurity ORDER BY 1"
DEFINERS = """
SELECT p.proname, ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) AS t) FROM pg_proc p
 WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND p.prorettype <> 'trigger'::regtype ORDER BY 1
"""
SAID = {
    "bigint": "1::bigint",
    "date": "current_date",
    "boolean": "true",
    "bytea": "'\\x00'::bytea",
    "integer": "1",
    "numeric": "1::numeric",
    "text": "''",
    "timestamp with time zone": "now()",
    "uuid": "'{key}'::uuid",
    "bigint[]": "'{{}}'::bigint[]",
    "numeric[]": "'{{}}'::numeric[]",
    "smallint[]": "'{{}}'::smallint[]",
    "text[]": "'{{}}'::text[]",
    "uuid[]": "ARRAY['{key}'::uuid]",
}


class Web:
    """A session of the web's own role, whose every statement is taken back."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    def claims(self, kind: str, who: Actor | None = None) -> None:
        self.cursor.connection.rollback()
        me = who or Actor.public()
        self.cursor.execute(
            SAY, [kind, *(str(each or "") for each in (me.unit_id, me.person_id, me.user_id))]
        )

    def rows(self, sql: str, *values: object) -> list[Any]:
        self.cursor.execute(sql, values)
        return list(self.cursor.fetchall())

    def counts(self) -> dict[str, int]:
        tables = [name for (name,) in self.rows(BEHIND)]
        return {name: self.rows(f"SELECT count(*) FROM {name}")[0][0] for name in tables}

    def answers(self, call: str) -> object:
        """What a function says: its rows, or the code of its refusal."""
        self.cursor.execute("SAVEPOINT asked")
        try:
            said: object = self.rows(f"SELECT * FROM {call}")
        except DatabaseError as refusal:
            said = refusal.pgcode
        self.cursor.execute("ROLLBACK TO SAVEPOINT asked")
        return said


@pytest.fixture(scope="module")
def case(shared_world: World) -> Application:
    return shared_world.application(at=State.APPROVED)


@pytest.fixture
def web(shared_world: World, case: Application) -> Iterator[Web]:
    url = databases.web_url("postgres")
    with closing(databases.connect(url, connection.settings_dict["NAME"])) as link, link.cursor() as cursor:
        link.autocommit = False
        yield Web(cursor)


def test_a_web_session_that_says_so_sees_what_nobody_sees(web: Web) -> None:
    web.claims("")
    nobody = web.counts()

    web.claims("system")

    assert web.counts() == nobody
    assert nobody["applications_application"] == nobody["organizations_person"] == 0
    with scope(Actor.system("test")):
        assert Application.objects.exists()


@pytest.mark.parametrize("who", ["bureau", "employer", "applicant"])
def test_whoever_it_pretends_to_be_sees_no_more_as_the_system(
    web: Web, shared_world: World, who: str
) -> None:
    web.claims("", shared_world.people[who])
    themselves = web.counts()

    web.claims("system", shared_world.people[who])

    assert web.counts() == themselves
    assert themselves["applications_application"]


@pytest.mark.parametrize("who", [None, "other_bureau", "other_applicant"])
def test_no_function_of_the_owner_answers_it_more_than_anybody(
    web: Web, shared_world: World, case: Application, who: str | None
) -> None:
    with scope(Actor.system("test")):
        certificate = Certificate.objects.get(application=case)
    keys = (case.pk, case.person_id, case.current_unit_id or case.employer_id, certificate.pk)
    asker = shared_world.people[who] if who else None
    definers = web.rows(DEFINERS)
    assert len(definers) > 30
    for name, kinds in definers:
        for key in keys:
            call = f"{name}({', '.join(SAID[kind].format(key=key) for kind in kinds)})"
            web.claims("public", asker)
            anybody = web.answers(call)
            web.claims("system", asker)
            assert web.answers(call) == anybody, call


def test_a_guard_does_not_believe_it_either(web: Web, shared_world: World, case: Application) -> None:
    web.claims("system", shared_world.people["bureau"])

    with pytest.raises(DatabaseError) as refused:
        web.cursor.execute("UPDATE certificates_certificate SET storage_key = 'elsewhere'")

    assert refused.value.pgcode == CHECK_VIOLATION


def test_policies_and_functions_ask_who_acts_in_one_way(web: Web) -> None:
    """A migration that adds another one repeats organizations.walls.believe_the_workers_alone()."""
    policies = web.rows(
        "SELECT polname FROM pg_policy WHERE coalesce(pg_get_expr(polqual, polrelid), '') "
        "|| coalesce(pg_get_expr(polwithcheck, polrelid), '') LIKE %s",
        "%app.kind%",
    )
    functions = web.rows(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosrc ~ %s",
        r"current_setting\('app\.kind', true\)\s*(=|<|IN|IS)",
    )
    # Within a function of the owner everybody would be believed: it asks acts_as_system().
    believing = web.rows("SELECT proname FROM pg_proc WHERE prosecdef AND prosrc LIKE %s", "%app\\_kind()%")

    assert (policies, functions, believing) == ([], [("acts_as_system",)], [])


def test_no_request_becomes_the_systems_act(shared_world: World) -> None:
    """So each test of a page shows that the page does without, though its process may work."""

    def page(request: HttpRequest) -> HttpResponse:
        with scope(Actor.system("test")):
            return HttpResponse("it did")

    request: Any = RequestFactory().get("/")
    request.user, request.session = shared_world.bureau.user, {}
    with pytest.raises(RuntimeError, match="does not become the system's"):
        ActorMiddleware(page).process_view(request, page, (), {})
