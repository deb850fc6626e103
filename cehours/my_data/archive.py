"""One archive with everything: readable pages, JSON, and every file. Made by a worker, deleted after its time."""

from __future__ import annotations

import json
import tempfile
from typing import IO
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string

from applications.files import store
from cehours.lib import clock
from cehours.my_data.cases import Enclosure
from cehours.my_data.gathering import Gathered, gather
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from organizations.models import DataRequest, RequestKind, RequestState
from organizations.services import data_requests

FOLDER = "archives"  # of its own: the sweeper takes whatever lies in it and is not known
INDEX, RECORD, STYLE = "打开我.html", "data.json", "style.css"
TASK, SWEEP = data_requests.EXPORT, "my_data.sweep"


def make(key: str) -> None:
    """Makes the archive of a pending request. As the task; what happened meanwhile makes it nothing to do."""
    request = (
        DataRequest.objects.select_for_update(of=("self",))
        .select_related("user")
        .filter(pk=UUID(key))
        .first()
    )
    if request is None or request.state != RequestState.PENDING:
        return
    owner = Actor.of(request.user)
    with scope(owner), tempfile.TemporaryFile() as file:
        _write(file, gather(owner))
        size = file.tell()
        file.seek(0)
        place = f"{FOLDER}/{request.pk}.zip"
        default_storage.delete(place)  # of an attempt that did not commit
        default_storage.save(place, File(file))
    for earlier in _finished().filter(person_id=request.person_id):
        remove(Actor.system(TASK), earlier)
    data_requests.finish_export(actor=Actor.system(TASK), request=request, key=place, size=size)


def remove(actor: Actor, request: DataRequest) -> None:
    """Deletes a finished archive before or after its time; a file that outlives a crash is swept as a stray."""
    place = request.file_key
    transaction.on_commit(lambda: default_storage.delete(place))
    data_requests.expire_export(actor=actor, request=request)


def sweep() -> int:
    """Deletes every archive whose time is over, and files that no request names; returns how many.

    As the task, in the system's scope.
    """
    strays = _sweep_strays()
    late = list(
        _finished().filter(expires_at__lte=clock.now()).select_for_update(of=("self",), skip_locked=True)
    )
    for request in late:
        remove(Actor.system(SWEEP), request)
    return len(late) + strays


def _sweep_strays() -> int:
    """Files of attempts that never committed and whose request is settled otherwise."""
    if not default_storage.exists(FOLDER):
        return 0
    strays = 0
    wanted = (RequestState.PENDING, RequestState.DONE)
    known = {f"{pk}.zip" for pk in DataRequest.objects.filter(state__in=wanted).values_list("pk", flat=True)}
    for name in default_storage.listdir(FOLDER)[1]:
        if name not in known:
            default_storage.delete(f"{FOLDER}/{name}")
            strays += 1
    return strays


def _finished() -> QuerySet[DataRequest]:
    return DataRequest.objects.filter(kind=RequestKind.EXPORT, state=RequestState.DONE)


def _write(file: IO[bytes], gathered: Gathered) -> None:
    """The readable page first, so that whoever opens the archive meets it."""
    record = gathered.record
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        missing = {each.path for each in gathered.enclosures if not _enclose(archive, each)}
        page = render_to_string(
            "organizations/my_data_archive.html", {"record": record, "missing": missing, "style": STYLE}
        )
        archive.writestr(INDEX, page)
        archive.writestr(STYLE, render_to_string("organizations/my_data_archive.css"))
        archive.writestr(RECORD, json.dumps(record, ensure_ascii=False, indent=2, default=str))


def _enclose(archive: ZipFile, enclosure: Enclosure) -> bool:
    """Copies one stored file; one that is gone or not what was filed is reported, and does not cost the rest."""
    try:
        content = store.original(enclosure.storage_key, enclosure.sha256)
    except store.Damaged:
        return False
    entry = ZipInfo(enclosure.path, date_time=clock.local(clock.now()).timetuple()[:6])
    entry.compress_type = ZIP_STORED  # pictures and PDFs are small already
    archive.writestr(entry, content)
    return True
