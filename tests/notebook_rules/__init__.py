"""The rules that every lesson keeps, as pure functions: a notebook in, a list of faults out.

A notebook is the dict that `read` makes from the text of an .ipynb file. A fault is one sentence
that names the cell and says what to do. `RULES` lists the rules; tests/lessons/test_notebooks.py
applies them to the lessons, and test_rules_*.py beside it prove that each one can fail.

In the order to read:
    notebook    cells, tags, sections, outputs
    markdown    what a text is made of; bold that is not bold
    languages   Chinese first, English second, and both say the same
    chinese     the glossary's words, Traditional characters, full-width punctuation
    mentions    lessons named by number; the word "seed"
    links       links and images lead somewhere
    code        code cells: short, for every system, declared dependencies only
    form        format, metadata, ids, sections
    slides      types of slides, speaker's notes, the core
    exercises   stubs, checks, solutions; the quiz
    outputs     from one run, on drawn faces, small, with alt texts
    bilingual   pages beside the notebooks, both languages side by side
"""

from . import chinese, code, exercises, form, languages, links, mentions, outputs, slides
from .bilingual import halves, page_faults
from .chinese import (
    INNOCENT,
    forbidden_words,
    glossary_faults,
    glossary_terms,
    manner_faults,
    simplified_faults,
    typography_faults,
)
from .code import UNIX_ONLY, imported_modules, modules_of
from .form import RISE
from .languages import twins
from .links import page_link_faults
from .markdown import CODE, HAN, WIDE, bold_faults, parse
from .mentions import (
    half_faults,
    lesson_numbers,
    mention_faults,
    own_name,
    planned,
    readme_faults,
    seed_faults,
)
from .notebook import read

RULES = {rule.__name__: rule for rule in (
    languages.twins, chinese.glossary, chinese.first_use, chinese.manner, chinese.simplified,
    chinese.typography, chinese.bold, mentions.mentions, mentions.seed, links.links, form.form,
    form.ids, form.anatomy,
    slides.slides, slides.notes, slides.core, exercises.quiz, exercises.exercises,
    code.code_length, code.old_api, code.imports, outputs.executed, outputs.figures,
    outputs.checked_outputs, outputs.synthetic, outputs.sizes, outputs.machine_paths)}

__all__ = [
    "CODE", "HAN", "INNOCENT", "RISE", "RULES", "UNIX_ONLY", "WIDE", "bold_faults",
    "forbidden_words", "glossary_faults", "glossary_terms", "half_faults", "halves",
    "imported_modules",
    "lesson_numbers", "manner_faults", "mention_faults", "modules_of", "own_name", "page_faults",
    "page_link_faults", "parse", "planned", "read",
    "readme_faults", "seed_faults", "simplified_faults", "twins", "typography_faults",
]
