"""What must be true before web or worker serve anybody."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

STRENGTH = """
SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
       EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE c.relowner = r.oid AND n.nspname = 'public'),
       EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid),
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


def role_strengths() -> list[str]:
    """Why the current database role is too strong to serve people; empty when it is not."""
    with connection.cursor() as cursor:
        cursor.execute(STRENGTH)
        row = cursor.fetchone()
    return [reason for reason, strong in zip(REASONS, row, strict=True) if strong]


def refuse_a_strong_role() -> None:
    """Raises ImproperlyConfigured when DATABASE_URL names a role that the second wall would not hold back."""
    strengths = role_strengths()
    if strengths:
        raise ImproperlyConfigured(
            f"DATABASE_URL names a role that {', '.join(strengths)}. Web and worker run only as the runtime "
            "role (deploy/postgres/roles.sql); the owner belongs into DATABASE_MIGRATE_URL."
        )
