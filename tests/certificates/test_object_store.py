"""The same code with an S3-compatible store: a real server process speaking the real protocol."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from django.core.files.storage import default_storage
from moto.server import ThreadedMotoServer

from applications.models import Evidence
from applications.states import State
from certificates import services
from certificates.models import Certificate
from organizations.acting.actor import Actor
from organizations.acting.scope import scope
from tests.world import World

ACCESS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}


@pytest.fixture
def bucket(settings: Any) -> Iterator[Any]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    boto3.client("s3", endpoint_url=endpoint, **ACCESS).create_bucket(Bucket="evidence")
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": "evidence",
                "endpoint_url": endpoint,
                "access_key": "test",
                "secret_key": "test",
                "region_name": "us-east-1",
                "default_acl": "private",
            },
        },
    }
    yield boto3.resource("s3", endpoint_url=endpoint, **ACCESS).Bucket("evidence")
    server.stop()


def test_evidence_and_certificates_lie_in_the_bucket_under_their_keys(bucket: Any, world: World) -> None:
    case = world.application(at=State.APPROVED)

    with scope(Actor.system("certificates.render")) as actor:
        certificate = services.store_print(
            actor=actor, certificate_id=Certificate.objects.get(application=case).pk
        )
        papers = {paper.storage_key for paper in Evidence.objects.filter(application=case)}
        with default_storage.open(certificate.storage_key) as stored:
            assert hashlib.sha256(stored.read()).hexdigest() == certificate.sha256

    kept = f"numbers/{certificate.number_year}/{certificate.serial:06d}"
    digest = certificate.sha256
    noted = f"sealed/{digest[:2]}/{digest[2:4]}/{digest}"  # before the print itself was stored
    assert {item.key for item in bucket.objects.all()} == {certificate.storage_key, kept, noted, *papers}
    assert len(papers) == 1, "the same bytes are stored once"
