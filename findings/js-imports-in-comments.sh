#!/bin/bash
# Django 5.2's switch for hashed ES module imports (ManifestStaticFilesStorage.support_js_module_import_aggregation)
# reads comments as code: a JSDoc type such as {import("../htmx").HtmxInternalApi} is taken for a dynamic import.
#
# Version: Django 5.2.19, with the scripts that django-htmx 1.29.0 ships.
# Expected by most: collectstatic passes, as it does without the switch; a comment imports nothing.
# Seen: "The file 'django_htmx/htmx' could not be found"; collectstatic stops and writes no manifest.
#
# Exit 0 while it is as described, 1 when it has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check Django==5.2.19 django-htmx==1.29.0

cat > "$work/manage.py" <<'PYTHON'
import sys

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.management import execute_from_command_line


class Switched(ManifestStaticFilesStorage):
    support_js_module_import_aggregation = True


plain = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
settings.configure(
    INSTALLED_APPS=["django.contrib.staticfiles", "django_htmx"],
    STATIC_URL="/static/",
    STATIC_ROOT=sys.argv.pop(),
    STORAGES={"staticfiles": {"BACKEND": "__main__.Switched" if sys.argv.pop() == "on" else plain}},
)
execute_from_command_line(sys.argv)
PYTHON

collect() { "$work/venv/bin/python" "$work/manage.py" collectstatic --no-input --verbosity=0 "$1" "$work/$1" 2>&1; }

echo "The line in question:"
grep -n 'import("../htmx")' "$work"/venv/lib/python3*/site-packages/django_htmx/static/django_htmx/ext/hx-sse-2.js

if ! collect off; then
  echo "Changed: collectstatic fails without the switch as well."
  exit 1
fi
echo "Without the switch: collected."

if said=$(collect on); then
  echo "Changed: collectstatic passes with the switch."
  exit 1
fi
if ! grep -q "django_htmx/htmx' could not be found" <<<"$said"; then
  echo "Changed: it fails for another reason:"
  echo "$said"
  exit 1
fi
echo "With the switch: $(grep "could not be found" <<<"$said" | head -1)"
