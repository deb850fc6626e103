"""Limits of uploaded files (policy decision A56) and of what reads them. All in one place; sizes in bytes."""

from __future__ import annotations

MEGABYTE = 1024 * 1024

# What a person may upload.
MOST_BYTES_A_FILE = 20 * MEGABYTE
MOST_FILES_A_YEAR = 30
MOST_BYTES_AN_APPLICATION = 300 * MEGABYTE
MOST_PAGES = 200
MOST_PIXELS = 40_000_000  # of a picture as it is kept; a larger one is made smaller
MOST_PIXELS_DECODED = 200_000_000  # of a picture as it comes; how much memory it takes depends on its format

# How long what was submitted, and certificates with what they rest on, are kept.
RETENTION_YEARS = 10

# What a file may unpack to. A picture of 40 million pixels takes 160 MB; an image inside a PDF at most 240 MB.
BYTES_A_PIXEL = 4  # in colours or grey; a black and white scan takes an eighth
MOST_DECODED_IMAGE = 60_000_000 * BYTES_A_PIXEL  # A3 at 400 dpi has 31 million pixels
MOST_DECODED_STREAM = 32 * MEGABYTE  # of a PDF, images aside
MOST_DECODED_DOCUMENT = 1024 * MEGABYTE  # all streams, one after the other: a limit of time, not of memory
MOST_OBJECTS = 200_000
MOST_SCANS = 64  # of a progressive JPEG; cameras and programs write about ten
MOST_TRAILING = 1024  # behind the end of a PDF, white space and NULs aside
MOST_BEFORE = 1024  # before its header, where all readers look for it
MOST_ATTACHED = 20  # of what e-invoices carry, in one PDF
DEEPEST_PAGE_TREE = 100
MOST_SCRIPT = 20_000  # characters of a script that is looked at

# What a process that parses a file may take.
MEMORY = 512 * MEGABYTE
CPU_SECONDS = 20
WALL_SECONDS = 25  # the web server gives up on a request after 30
PARALLEL = 2  # at once, for each process of the web server
COMPARING_SECONDS = 12  # for two readings of a damaged PDF, of CPU_SECONDS

# How its pictures are cut.
MOST_PARTS = 40
