"""Hours on record for the applicant who starts from nothing, as a platform and a base report them."""

from __future__ import annotations

from cehours.sample.people import id_number_of
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import Person
from training.records.csv_file import COLUMNS
from training.services import load_recognised

WHO = "shenbao"
# year, category, hours, source, number, title
ROWS = (
    ("2022", "public", "30", "platform", "SYPT-2022-004417", "数字经济与专业技术人才发展"),
    ("2023", "professional", "40", "base", "JD-2023-01892", "临床护理新技术高级研修班"),
    ("2024", "public", "30", "platform", "SYPT-2024-011260", "新质生产力与高质量发展"),
)


def put_on_record(actor: Actor, *, number: int, region: str) -> None:
    """Enters the rows for the person behind `actor`, who is number `number` of the sample."""
    with scope(Actor.system("sample_data")) as system:
        name = Person.objects.get(pk=actor.person_id or "").name
        who = ("resident", id_number_of(number, region), name)
        lines = [",".join((*who, *row, "1")) for row in ROWS]
        content = "\n".join([",".join(COLUMNS), *lines]).encode()
        load_recognised(actor=system, content=content)
