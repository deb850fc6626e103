"""SQL fragments of the second wall, for migrations: who the database believes is acting.

Each is a scalar subquery, so the planner reads the setting once per statement (an initplan) and an index
can still be used. An unset or empty setting is NULL, and NULL equals nothing: the wall fails closed.
"""

from __future__ import annotations

from django.conf import settings

KIND = "(SELECT current_setting('app.kind', true))"
ME_USER = "(SELECT nullif(current_setting('app.user', true), '')::bigint)"
ME_PERSON = "(SELECT nullif(current_setting('app.person', true), '')::uuid)"
ME_UNIT = "(SELECT nullif(current_setting('app.unit', true), '')::uuid)"
ME_CLIENT = "(SELECT nullif(current_setting('app.client', true), '')::uuid)"
SYSTEM = f"{KIND} = 'system'"
SOMEBODY = f"{KIND} IN ('person', 'system', 'public')"

# Heads of functions. A definer answers one question or does one act for an actor whose own rows do not reach so far:
# it runs as the owner, whom no policy holds, and so asks first who acts. `acts_as_system()`, for what tasks call too,
# asks the session; `app_kind()` would believe whatever calls it from within a definer.
PATH = "SET search_path = pg_catalog, public, pg_temp"
QUESTION = f"LANGUAGE sql STABLE SECURITY DEFINER {PATH}"
ACT = f"LANGUAGE plpgsql SECURITY DEFINER {PATH}"

# Functions of triggers that ask who acts, besides the policies.
ASKING = ("application_is_revoked", "certificate_guard", "evidence_scan_guard", "training_plan_guard")

# Tables without a policy, and why. A test compares this list with the catalogue.
OUTSIDE = {
    "django_migrations": "schema history",
    "django_content_type": "Django's own list of models",
    "auth_permission": "Django's own list of permissions",
    "auth_group": "unused by us, needed by Django",
    "auth_group_permissions": "unused by us, needed by Django",
    "django_session": "looked up by an unguessable key before anybody is known",
    "account_emailaddress": "identity: read before anybody is known",
    "account_emailconfirmation": "identity: read before anybody is known",
    "organizations_user": "identity: read before anybody is known",
    "organizations_user_groups": "unused by us, needed by Django",
    "organizations_user_user_permissions": "unused by us, needed by Django",
    "organizations_provencontact": "identity: read before anybody is known",
    "organizations_membership": "identity: decides what the actor is",
    "organizations_invitation": "identity: found by an unguessable secret before anybody is known",
    "organizations_storedkeys": "which stored keys follow which rule, no person; the runtime role reads only",
    "organizations_unit": "reference: names, tree and place of units, picked from by everybody",
    "organizations_entrustment": "reference: a public fact about a unit",
    "socialaccount_socialaccount": "allauth's own, of no use to us: nobody may write a row",
    "socialaccount_socialapp": "allauth's own, of no use to us: nobody may write a row",
    "socialaccount_socialtoken": "allauth's own, of no use to us: nobody may write a row",
    "applications_filingsession": "reference: the public window",
    "certificates_numbercounter": "one number per year, no person",
    "certificates_lostnumbers": "ranges of numbers, no person",
    "certificates_assessmentbody": "identity: found by the digest of an unguessable key before anybody is known",
}


def protect(table: str, **policies: str) -> str:
    """SQL that enables and forces row-level security on `table`.

    Keys are select, insert, update, delete; values the condition. `update` may be "USING … WITH CHECK …".
    A verb without a policy is refused to everybody.
    """
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;",
    ]
    for verb, condition in policies.items():
        clause = {
            "select": f"USING ({condition})",
            "insert": f"WITH CHECK ({condition})",
            "delete": f"USING ({condition})",
            "update": condition
            if condition.startswith("USING")
            else f"USING ({condition}) WITH CHECK ({condition})",
        }[verb]
        statements.append(f"CREATE POLICY {table}_{verb} ON {table} FOR {verb.upper()} {clause};")
    return "\n".join(statements)


def unprotect(table: str, *verbs: str) -> str:
    """The reverse of `protect`."""
    drops = "\n".join(f"DROP POLICY {table}_{verb} ON {table};" for verb in verbs)
    return f"{drops}\nALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;\nALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"


def revoke(table: str, *verbs: str) -> str:
    """SQL that takes verbs from the runtime role, for tables that only grow."""
    return f"REVOKE {', '.join(verbs)} ON {table} FROM {settings.RUNTIME_ROLE};"


def believe_the_workers_alone(*, back: bool = False) -> str:
    """SQL by which every policy and function that reads the setting `app.kind` asks `app_kind()` instead.

    The fragments above stay as they are, because landed migrations say them before there is such a function. A
    migration that adds a policy with them runs this as its last step.
    """
    setting, asked = "current_setting('app.kind'::text, true) AS current_setting", "app_kind() AS app_kind"
    in_functions = ("current_setting('app.kind', true)", "app_kind()")
    if back:
        setting, asked, in_functions = asked, setting, in_functions[::-1]
    return f"""
DO $believe$
DECLARE
    p record;
    f regprocedure;
BEGIN
    FOR p IN SELECT polrelid::regclass AS of, polname AS name, pg_get_expr(polqual, polrelid) AS visible,
                    pg_get_expr(polwithcheck, polrelid) AS written FROM pg_policy
    LOOP
        IF strpos(p.visible, {_quoted(setting)}) > 0 THEN
            EXECUTE format('ALTER POLICY %I ON %s USING (%s)', p.name, p.of,
                           replace(p.visible, {_quoted(setting)}, {_quoted(asked)}));
        END IF;
        IF strpos(p.written, {_quoted(setting)}) > 0 THEN
            EXECUTE format('ALTER POLICY %I ON %s WITH CHECK (%s)', p.name, p.of,
                           replace(p.written, {_quoted(setting)}, {_quoted(asked)}));
        END IF;
    END LOOP;
    FOR f IN SELECT oid::regprocedure FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND proname IN ({", ".join(map(_quoted, ASKING))})
    LOOP
        EXECUTE replace(pg_get_functiondef(f), {", ".join(map(_quoted, in_functions))});
    END LOOP;
END $believe$;
"""  # noqa: S608 -- fragments of our own


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
