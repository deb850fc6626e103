"""The two fonts that certificates are set in; made by `build.py`, licence in OFL.txt."""

from pathlib import Path

FAMILY = "Cehours Song"
FOLDER = Path(__file__).resolve().parent
FILES = {"normal": FOLDER / "song-regular.ttf", "bold": FOLDER / "song-bold.ttf"}
