"""What must be true before web or worker serve anybody."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

WORKERS = "cehours_worker"  # the group whose sessions may act as the system (organizations/0080)
STRENGTH = """
SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
       EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relowner = r.oid AND n.nspname = 'public'),
       EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
               WHERE m.member = r.oid AND g.rolname NOT IN (%s, %s)),
       has_database_privilege(current_database(), 'TEMPORARY'),
       has_database_privilege(current_database(), 'CREATE') OR has_schema_privilege('public', 'CREATE')
FROM pg_roles r WHERE r.rolname = current_user
"""
REASONS = (
    "is a superuser",
    "bypasses row-level security",
    "may create roles",
    "may create databases",
    "owns tables",
    "is a member of another role",
    "may make temporary tables (run deploy/postgres/database.sql again)",
    "may create in this database (run deploy/postgres/database.sql again)",
)
# NULL where there is no such group yet.
WORKS = "SELECT pg_has_role(session_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = %s"


def role_strengths() -> list[str]:
    """Why the current database role is too strong to serve people; empty when it is not."""
    with connection.cursor() as cursor:
        cursor.execute(STRENGTH, [settings.RUNTIME_ROLE, WORKERS])
        row = cursor.fetchone()
    return [reason for reason, strong in zip(REASONS, row, strict=True) if strong]


def works() -> bool | None:
    """Whether this session may act as the system; None where the workers' group was not made yet, so that any may."""
    with connection.cursor() as cursor:
        cursor.execute(WORKS, [WORKERS])
        row = cursor.fetchone()
    return None if row is None else bool(row[0])


def refuse_a_strong_role(*, serves: bool) -> None:
    """Raises ImproperlyConfigured when the database role is not the one that the second wall expects.

    `serves`: pages, which are never the system; else it works, as the system.
    """
    name = "DATABASE_URL" if serves else "DATABASE_WORKER_URL (or DATABASE_URL)"
    strengths = role_strengths()
    if strengths:
        raise ImproperlyConfigured(
            f"{name} names a role that {', '.join(strengths)}. Web and worker run only as the runtime "
            "role (deploy/postgres/roles.sql); the owner belongs into DATABASE_MIGRATE_URL."
        )
    believed = works()
    if serves and believed:
        raise ImproperlyConfigured(
            f"The web server's database role is a member of {WORKERS} and could act as the system. Give web the role "
            "cehours_app in DATABASE_URL and no DATABASE_WORKER_URL (docs/operations.md)."
        )
    if not serves and believed is False:
        raise ImproperlyConfigured(
            f"This worker's database role is no member of {WORKERS}, so it would find no work. Set "
            "DATABASE_WORKER_URL (docs/operations.md)."
        )
