"""What rows, printed papers and other programs of an installation refer to by name, read from the code as it is.

`python -m tests.dev.kept_names` prints it; tests/dev/kept_names.txt holds what must never go away.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
APPS = ("organizations", "training", "applications", "certificates", "review", "cehours")


# Under these the web acted as the system; since decision 15 functions of the database do those acts, as whoever asked.
# No row ever held these names, only logs did.
RETIRED = {
    f"actor {name}"
    for name in (
        "applications.records", "applications.sessions", "certificates.lenders", "certificates.revoke",
        "certificates.supersede", "demo.mailbox", "my_data.closing", "organizations.correction",
        "organizations.data_requests", "review.broken_batches",
    )
}  # fmt: skip


def names() -> set[str]:
    """Lines of kind and name: migration, model table, task, url, template, event and snapshot key."""
    return {*_apps(), *_tasks(), *_urls(get_resolver()), *_templates(), *_events(), *_snapshot()}


def _sources() -> Iterator[ast.Module]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield ast.parse(path.read_text())


def _apps() -> Iterator[str]:
    from django.apps import apps

    for app in APPS:
        for path in (ROOT / app).rglob("migrations/0*.py"):
            yield f"migration {path.relative_to(ROOT).with_suffix('')}"
    for model in apps.get_models():
        if model.__module__.startswith(APPS):
            yield f"table {model._meta.db_table}"


def _tasks() -> Iterator[str]:
    from cehours.celery import app

    app.loader.import_default_modules()
    yield from (f"task {name}" for name in app.tasks if not name.startswith("celery."))
    for tree in _sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                first = node.args[0]
                is_actor = node.func.attr == "system" and isinstance(first, ast.Constant)
                if is_actor:
                    yield f"actor {first.value}"


def _urls(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
            yield from _urls(each, route, inner)
        elif isinstance(each, URLPattern) and each.name:
            yield f"url {namespace}{each.name} {route}"


def _templates() -> Iterator[str]:
    for path in (ROOT / "templates").rglob("*.html"):
        if "styleguide" not in path.parts:
            yield f"template {path.relative_to(ROOT / 'templates')}"


def _events() -> Iterator[str]:
    """The acts put on record: the second argument of `record` and `begin_chains`, the third of `event_record`."""
    for path in ROOT.glob("*/migrations/0*.py"):
        yield from (
            f"event {act}" for act in re.findall(r"event_record\('\w+', [\w.]+, '(\w+)'", path.read_text())
        )
    for tree in _sources():
        for node in ast.walk(tree):
            called = node.func if isinstance(node, ast.Call) and len(node.args) > 1 else None
            if isinstance(called, ast.Attribute) and called.attr in ("record", "begin_chains"):
                yield from _acts(node.args[1])


def _acts(argument: ast.expr) -> Iterator[str]:
    for node in ast.walk(argument):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield f"event {node.value}"


def _snapshot() -> Iterator[str]:
    """Keys of frozen revisions: the header's, and every literal key that the module which freezes them writes."""
    from applications.filed.header import HEADER

    yield from (f"snapshot {field.key}" for field in HEADER)
    tree = ast.parse((ROOT / "applications/filed/snapshot.py").read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key in node.keys:
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield f"snapshot {key.value}"


if __name__ == "__main__":
    django.setup()
    sys.stdout.write("".join(f"{name}\n" for name in sorted(names())))
