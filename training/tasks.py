from __future__ import annotations

from celery import shared_task

from organizations import outbox
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from training import services
from training.platform.answers import Wanted


@shared_task(name="training.credit_late")
def credit_late() -> int:
    """Hours for those who registered after their training; run by the hour."""
    with scope(Actor.system("training.credit_late")):
        return services.credit_late()


@shared_task(name="training.take_up")
def take_up(key: str) -> bool:
    """Matches a delivery's records with people and enters their hours."""
    return outbox.perform("training.take_up", key, lambda: services.take_up(key))


@shared_task(name="training.take_waiting")
def take_waiting(key: str) -> bool:
    """Gives somebody who was registered or renamed the records that waited."""
    return outbox.perform("training.take_waiting", key, lambda: services.take_waiting(key))


@shared_task(name="training.take_all_waiting")
def take_all_waiting() -> int:
    """Records whose person registered in the same moment; run by the hour."""
    with scope(Actor.system("training.take_all_waiting")):
        return services.take_all_waiting()


@shared_task(name="training.ask_platform")
def ask_platform(key: str) -> bool:
    """Asks the 公共机构学习平台 outside of any transaction, because it may be slow; what it gave is kept in one."""
    with scope(Actor.system("training.ask_platform")):
        asked = services.platform_question(key)
    outcome = services.ask_platform(asked) if isinstance(asked, Wanted) else asked
    return outbox.perform("training.ask_platform", key, lambda: services.take_answer(key, outcome))


@shared_task(name="training.ask_platform_again")
def ask_platform_again() -> int:
    """What did not answer, after its pause, and by the day what may have changed; run by the minute."""
    with scope(Actor.system("training.ask_platform_again")):
        return services.ask_platform_again()
