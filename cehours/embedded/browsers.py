"""Do style sheets and scripts keep to what Chromium 86 knows? Asked of the data that MDN's tables are made of.

stylelint and eslint run with rules of our own (tests/browsers/*.mjs) over npm's @mdn/browser-compat-data.
"""

import subprocess
import sys
from pathlib import Path

from cehours.embedded import npm
from cehours.embedded.places import REPO

PINNED = REPO / "tests" / "browsers"


def problems(styles: list[Path], scripts: list[Path]) -> str:
    """What Chromium 86 would not understand, a line each; "" when all is well.

    Raises npm.PackagesMissing.
    """
    here = npm.installed(PINNED)
    found = []
    for program, config, more, files in (
        ("stylelint/bin/stylelint.mjs", "stylelint.config.mjs", ["--config-basedir", str(here)], styles),
        ("eslint/bin/eslint.js", "eslint.config.mjs", ["--no-config-lookup"], scripts),
    ):
        if not files:
            continue
        # Where a variable CI is set, stylelint would colour what nobody looks at.
        command = [str(npm.node()), str(here / "node_modules" / program), "--no-color"]
        done = subprocess.run(
            [*command, "--config", str(here / config), *more, *map(str, files)],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            found.append(done.stdout + done.stderr)
    return "".join(found)


def main() -> int:
    try:
        found = problems(
            sorted((REPO / "static" / "css").rglob("*.css")), sorted((REPO / "static" / "js").rglob("*.js"))
        )
    except npm.PackagesMissing as missing:
        found = str(missing)
    print(found, end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
