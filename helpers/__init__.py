"""The small package around the lessons: what an earlier lesson has taught, later ones import."""

from pathlib import Path

# data/, runs/ and every other folder is found from here, never from the kernel's directory
ROOT = Path(__file__).resolve().parent.parent
