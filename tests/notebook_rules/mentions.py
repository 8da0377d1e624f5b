"""Lessons that a text names by number exist or are planned; a seed is the random seed."""

import re

from .bilingual import halves
from .code import called, calls
from .notebook import cells, outputs_of, texts

# 第08課, 第02、06課, 第02到04課; lesson 08, lessons 02 (probes) and 06, lessons 02 to 04
_REMARK = r"(?:\s\([^()]*\))?"
NAMED = re.compile(
    r"第\s?\d+(?:[、到至和與或]第?\d+)*\s?課|\blesson(?: |\n *)\d+|"
    rf"\blessons(?: |\n *)\d+{_REMARK}(?:(?:,(?:\s(?:and|or))?|\s(?:and|or|to)|–)\s?\d+{_REMARK})*",
    re.IGNORECASE)
LINKED = re.compile(r"\[([^\]]*)\]\((?:[^)\s]*/)?((\d\d)_\w+\.ipynb)[^)]*\)")
TITLE = re.compile(r"^# (?:第(\d+)課：|Lesson (\d+): )", re.MULTILINE)
ROW = re.compile(r"^\| \[第(\d+)課：[^\]]*<br>Lesson (\d+): [^\]]*\]\(notebooks/([^)]*)\) \|",
                 re.MULTILINE)
PLANNED = re.compile(r"還在寫：([^。]+)。|being written: ([^.]+)\.")

# The loop that the course started from is "the original loop"
WRONG_SEED = re.compile(
    r"\bseed(?:['’]s)?[\s_-]+(?:loop|loader|lesson|notebook|course|code|version|way|share|rate"
    r"|pictures|vs)s?(?![a-z])|種子(?:課|循環|筆記本|的?寫法)", re.IGNORECASE)


def lesson_numbers(text):
    """The numbers of the lessons that a text names, in order, those inside a range as well."""
    numbers = []
    for match in NAMED.finditer(text):
        listed = re.sub(r"\([^()]*\)", "", match[0])
        for first, last in re.findall(r"(\d+)(?:\s?(?:到|至|to|–)\s?第?(\d+))?", listed):
            between = range(int(first) + 1, int(last or first))
            numbers += [first, *(f"{number:02}" for number in between), *([last] if last else [])]
    return numbers


def mention_faults(text, known):
    """Lessons named in a text that are not `known`, and links that lead to another lesson."""
    faults = [f"there is no lesson {number}, and the README does not call it planned"
              for number in dict.fromkeys(lesson_numbers(text)) if number not in known]
    for words, file, number in LINKED.findall(text):
        if set(lesson_numbers(words)) - {number}:
            faults.append(f"the link {words!r} leads to {file}: name the lesson that it leads to")
    return faults


def mentions(notebook, known):
    """Lessons named by number are `known`, and the lesson's own number is the same everywhere."""
    faults = [f"{name}: {fault}" for name, cell in cells(notebook)
              for fault in mention_faults(cell["source"], known)]
    titles = [zh or en for _, cell in cells(notebook, "markdown")
              for zh, en in TITLE.findall(cell["source"])]
    own = (own_name(notebook) or "")[:2]
    if titles != [own, own]:
        faults.append(f"the titles have the numbers {titles}, start() has {own!r}: begin them with "
                      "# 第NN課： and # Lesson NN: ")
    return faults


def own_name(notebook):
    """The name that the lesson gives to start(), which is its file's; None without one."""
    for _, _, call in calls(notebook):
        if called(call) == "start" and call.args:
            return getattr(call.args[0], "value", None)
    return None


def planned(readme):
    """The numbers that the README calls planned, in Chinese and in English."""
    sentences = PLANNED.findall(readme)
    return tuple([number for sentence in sentences for number in re.findall(r"\d+", sentence[lang])]
                 for lang in (0, 1))


def readme_faults(readme, files):
    """What the README says about lessons, against the `files` (01_autoencoder.ipynb, ...)."""
    faults = []
    listed = [file for zh, en, file in ROW.findall(readme) if zh == en == file[:2]]
    if listed != sorted(files):
        faults.append(f"the table links {listed} under their own numbers in both languages: it "
                      f"should list {sorted(files)}")
    zh, en = planned(readme)
    if zh != en:
        faults.append(f"planned are {zh} in Chinese and {en} in English")
    faults += [f"lesson {number} is called planned, but there is {file}"
               for file in sorted(files) for number in sorted({*zh, *en})
               if file.startswith(number)]
    return faults + half_faults(*halves(readme))


def half_faults(zh, en):
    """Lessons that only one of two languages names."""
    here, there = sorted(lesson_numbers(zh)), sorted(lesson_numbers(en))
    return [] if here == there else [f"lessons {here} in Chinese, {there} in English"]


def seed_faults(text):
    """Places where "seed" is not the random seed."""
    return [f"{match[0]!r}: a seed is the random seed; write 'the original loop', or what it is"
            for match in WRONG_SEED.finditer(text)]


def seed(notebook):
    """The word "seed" means the random seed, in text, code and outputs."""
    said = [(name, f"{name}\n{cell['source']}") for name, cell in cells(notebook)]
    said += [(f"{name}, output", texts(output)) for name, _, output in outputs_of(notebook)]
    return [f"{name}: {fault}" for name, text in said for fault in seed_faults(text)]
