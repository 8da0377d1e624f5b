"""docs/measured.md: every number that the course measured, from the files that hold them.

docs/reports/*.json     `python -m helpers run NN --save`
docs/studies/*.json     `python -m helpers study NN`
docs/benchmarks/*.json  tests/benchmarks/*.py --out
docs/gpu.json           `python tests/benchmarks/gpu.py --out docs/gpu.json`
"""

import json

from helpers import ROOT
from helpers.course.tables import called, cell, figures, line, shown, table, unit, with_interval
from helpers.files import write_text
from helpers.messages import pair

GROUPS = ("reports", "studies", "benchmarks", "gpu")


def write_measured(docs=ROOT / "docs"):
    """Writes measured.md into `docs`, from the files there; returns its path."""
    path = docs / "measured.md"
    write_text(path, make_page(docs))
    return path


def make_page(docs):
    """The text of measured.md."""
    heads, abouts = pair("page_title"), pair("page_about")
    parts = [f"# {' · '.join(heads.values())}",
             f'<div lang="zh-Hant">\n\n{abouts["zh"]}\n\n</div>\n'
             f'<div lang="en">\n\n{abouts["en"]}\n\n</div>']
    for group in GROUPS:
        files = sorted([*docs.glob(f"{group}/*.json"), *docs.glob(f"{group}.json")])
        parts.append(f"## {line(f'page_{group}')}")
        parts += [section(group, file) for file in files] or [line("page_not_measured")]
    return "\n\n".join(parts) + "\n"


def section(group, file):
    """What one file holds: where and when it was measured, then its numbers."""
    content = json.loads(file.read_text(encoding="utf-8"))
    number, faces = file.stem[:2], content.get("faces", "synthetic")
    titles = pair(f"page_{content.get('benchmark', group + '_title')}", n=number)
    sources = pair(f"page_{faces}")
    title = " · ".join(f"{titles[lang]}{mark}{sources[lang]}"
                       for lang, mark in (("zh", "，"), ("en", ", ")))
    if "lesson" in content:
        title = f"[{title}](../notebooks/{content['lesson']}.ipynb)"
    return "\n\n".join([f"### {title}", f"```\n{content['command']}\n```", machine(content),
                        numbers(content)])


def machine(content):
    """A table of one row: the computer, the date, what it took."""
    computer = content.get("processor", "–")
    if "gpu" in content:
        computer = f"{content['gpu']}<br>{computer}"
    took = [figures(content[key]) if key in content else "–"
            for key in ("seconds", "peak_memory_mb")]
    heads = [cell(f"page_{key}") for key in ("processor", "threads", "date", "seconds")]
    return table([*heads[:2], "torch", *heads[2:], "MB"],
                 [[computer, content.get("threads", "–"), content.get("versions", {}).get(
                     "torch", "–"), content.get("date", "–"), *took]])


def numbers(content):
    """The tables of what was measured, whichever kind of file it is."""
    tables = [results_table(content["results"])] if "results" in content else []
    if "measured" in content:
        tables.append(report_table(content["measured"], content.get("lesson", "")[:2]))
    return "\n\n".join(tables)


def results_table(results):
    """The experiments of a study or a benchmark, one in each line."""
    if isinstance(results, list):  # the same quantities, several times
        names = list(results[0])
        return table([called(name) for name in names],
                     [[shown(row[name]) for name in names] for row in results])
    if not all(isinstance(row, dict) for row in results.values()):
        return report_table(beside_the_original(results))
    rows = {name: row for name, row in flat(results)}
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    return table([cell("page_experiment"), *map(called, names)],
                 [[f"`{name}`", *(with_interval(row[n], unit(n)) if n in row else "–"
                                  for n in names)] for name, row in rows.items()])


def report_table(measured, lesson=""):
    """Name, words, value and baseline of every line of a report.

    lesson: its number, for names that mean something else in another lesson.
    """
    rows = []
    for name, entry in measured.items():
        baseline = "–"
        if "baseline" in entry:
            value = with_interval({"value": entry["baseline"]}, entry["unit"])
            baseline = f"{value}<br>{called(entry['baseline_name'], 'baseline', ' · ')}"
        words = called(f"{lesson}_{name}")
        if words.startswith("`"):
            words = called(name)
        rows.append([f"`{name}`", "–" if words == f"`{name}`" else words,
                     with_interval(entry, entry["unit"]), baseline])
    heads = [cell(f"page_{key}") for key in ("name", "what", "value", "baseline")]
    return table(heads, rows)


def beside_the_original(found):
    """What a benchmark printed, as lines of a report: course_x has original_x as its baseline."""
    lines = {}
    for name, value in found.items():
        plain = name.removeprefix("course_")
        if isinstance(value, bool) or name.startswith("original_") or name == "threads":
            continue  # the side itself is in its partner's line; threads stand above
        lines[plain] = {"value": value, "unit": unit(name)}
        if plain != name:
            lines[plain] |= {"baseline": found[f"original_{plain}"],
                             "baseline_name": "original loop"}
    return lines


def is_number(value):
    """True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def flat(results, path=()):
    """(name, {quantity: {"value": ..., ...}}) of every experiment that holds quantities."""
    for name, row in results.items():
        if not isinstance(row, dict) or name == "of":
            continue
        found = {key: entry if isinstance(entry, dict) else {"value": entry}
                 for key, entry in row.items() if key != "seconds" and (
                     "value" in entry if isinstance(entry, dict) else is_number(entry))}
        if found:
            yield ", ".join([*path, name]), found
        yield from flat({key: entry for key, entry in row.items() if key not in found},
                        (*path, name))
