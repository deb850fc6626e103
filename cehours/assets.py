"""Style sheets and scripts as they are served: compressed, and named after their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# One way to write an import, so that one line finds it: import { name } from "./file.js";
_IMPORTS = ("js/*.js", ((r"""(?P<matched>from "(?P<url>\./[\w-]+\.js)";)""", 'from "%(url)s";'),))


class HashedAssets(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also what our scripts import is asked for by its hashed name, so that no browser mixes two versions.

    Django's own switch for it (support_js_module_import_aggregation) reads the scripts of installed packages, too,
    and stops at an import that stands in a comment of django-htmx.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, _IMPORTS)
