"""What happened in the installation before it was packed. Runs in the old checkout: its imports are
those of cd4f66e, and another commit to be packed brings a file of its own.

After the sample: most of the outbox is done, as in an installation that runs, and some things are caught at work:
a batch that is confirmed and not begun, certificates that wait for their printing, a header typed and not saved.
"""

# ruff: noqa: I001 -- sorted as in the old checkout
from uuid import uuid4

from applications.models import Application
from applications.services import drafts
from cehours.celery import app
from cehours.sample.people import known
from organizations.actor import Actor
from organizations.models import OutboxItem
from organizations.models.outbox import OutboxState
from organizations.scope import scope
from review import services as review
from review.batching import Order
from review.models import BatchAct

PRINTED = 8
RENDER = "certificates.render"

app.loader.import_default_modules()
printed = 0
while True:
    with scope(Actor.system("at_work")):
        waiting = OutboxItem.objects.filter(state=OutboxState.PENDING)
        if printed == PRINTED:
            waiting = waiting.exclude(task=RENDER)
        item = waiting.order_by("created_at", "pk").first()
    if item is None:
        break
    app.tasks[item.task].apply(args=[item.key], throw=True)
    printed += item.task == RENDER

bureau = known("shengting")
with scope(bureau):
    cases = Application.objects.filter(current_unit=bureau.unit, warnings=0).exclude(
        decisions__person=bureau.person_id
    )
    chosen = list(cases.order_by("pk").values_list("pk", "version")[:3])
    review.confirm_batch(
        actor=bureau, token=uuid4(), order=Order(BatchAct.APPROVE, "同意", None), chosen=chosen
    )

applicant = known("ziyou")
with scope(applicant):
    case = Application.objects.get(person=applicant.person_id)
    drafts.keep(
        actor=applicant,
        application_id=case.pk,
        section="header",
        tab="0123456789abcdef",
        fields={"specialty": ["古籍修复"]},
        version=case.version,
        opened="0" * 32,  # of no state of the page that there was: the versions are to be compared
    )
