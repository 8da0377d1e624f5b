"""Ways to spoil the good lesson, and what the rules say to it."""

import copy
from pathlib import Path

import notebook_rules as rules
import pytest
from good_lesson import GOOD, twin

ROOT = Path(__file__).resolve().parents[1]
FACTS = {
    "glossary": {"forbidden": rules.forbidden_words(
        (ROOT / "notebooks" / "glossary.md").read_text(encoding="utf-8"))},
    "first_use": {"terms": [("瓶頸", "bottleneck"), ("採樣", "to sample")]},
    "links": {"folder": ROOT / "notebooks"},
    "imports": {"modules": rules.modules_of(["torch", "scikit-learn", "ipykernel"])},
    "mentions": {"known": {"01", "02", "05"}},
}


def spoilt(spoil):
    """A copy of the good lesson that `spoil` has worked on."""
    notebook = copy.deepcopy(GOOD)
    spoil(notebook)
    return notebook


def faults(rule, notebook):
    return rules.RULES[rule](notebook, **FACTS.get(rule, {}))


def samples(bad):
    """For pytest.mark.parametrize: (rule, word, spoil) of every sample in `bad`."""
    return [pytest.param(rule, word, spoil, id=f"{rule}-{what}")
            for rule, found in bad.items() for what, word, spoil in found]


def assert_caught(rule, word, spoil):
    found = faults(rule, spoilt(spoil))
    assert any(word in fault for fault in found), found
    assert all(fault.startswith(("cell ", "exercise ", "the ", "no ")) for fault in found)


def get(notebook, cell_id):
    return next(cell for cell in notebook["cells"] if cell.get("id") == cell_id)


# --- ways to spoil the good lesson; each returns a function notebook -> None ---------------------

def text(zh, en):
    """Another text in the cell theory."""
    return lambda nb: get(nb, "theory").update(source=twin(zh, en))


def zh(words):
    """Another Chinese text, with its English beyond reproach."""
    return text(f"## 理論\n\n{words}", "## Theory\n\nfine")


def source(words, cell_id="theory"):
    return lambda nb: get(nb, cell_id).update(source=words)


def replace(cell_id, old, new):
    def spoil(nb):
        cell = get(nb, cell_id)
        assert old in cell["source"]
        cell["source"] = cell["source"].replace(old, new)
    return spoil


def run(words):
    """Other code in the cell training-loop."""
    return source(words, "training-loop")


def output(**fields):
    """One more output under the cell training-loop."""
    return lambda nb: get(nb, "training-loop")["outputs"].append(fields)


def shows(kind, value):
    return output(output_type="display_data", metadata={}, data={kind: value})


def prints(words):
    return output(output_type="stream", name="stdout", text=words)


def metadata(cell_id, **fields):
    return lambda nb: get(nb, cell_id)["metadata"].update(fields)


def rename(old, new):
    return lambda nb: get(nb, old).update(id=new)


def drop(*cell_ids):
    return lambda nb: nb.update(cells=[c for c in nb["cells"] if c["id"] not in cell_ids])


def move(cell_id, before):
    def spoil(nb):
        cell = get(nb, cell_id)
        nb["cells"].remove(cell)
        nb["cells"].insert(nb["cells"].index(get(nb, before)), cell)
    return spoil
