"""Exercises and the quiz: stubs, checks, hidden solutions, folded answers."""

import ast
import re

from .code import bound, called, needs_tagged, tree
from .languages import language_blocks
from .notebook import cells, section, tags

MIN_EXERCISES = 3


def exercises(notebook):
    """Each exercise: stub, check, hidden solution, asserted check; and all works without the
    cells tagged solution.
    """
    code = list(cells(notebook, "code"))
    found, faults = _checks(code)
    if len(found) < MIN_EXERCISES:
        faults.append(f"the notebook has {len(found)} exercises: {MIN_EXERCISES} or more are due")
    for (exercise, function), checks in found.items():
        parts = _parts(code, function, checks)
        if not all(len(part) == 1 for part in parts) or sum(parts, []) != sorted(sum(parts, [])):
            faults.append(
                f"exercise {exercise}: needs, in this order and once each, a stub of {function} "
                f"that raises NotImplementedError, check(...), a solution (tagged solution, "
                f"source_hidden) and assert check(...) (tagged solution); found {parts}")
    return faults + _needs_solutions(code)


def _checks(code):
    """{(exercise, function): [(index of the cell, is it asserted?), ...]}, and the faults."""
    found, faults = {}, []
    for index, (name, cell) in enumerate(code):
        nodes = list(ast.walk(tree(cell)))
        asserted = [node.test for node in nodes if isinstance(node, ast.Assert)]
        for call in nodes:
            if isinstance(call, ast.Call) and called(call) == "check":
                args = [getattr(arg, "value", getattr(arg, "id", None)) for arg in call.args]
                if len(args) != 2 or not re.fullmatch(r"\d\d-[a-z0-9-]+", str(args[0])):
                    faults.append(f'{name}: call check("NN-name", function)')
                else:
                    found.setdefault(tuple(args), []).append((index, call in asserted))
    return found, faults


def _parts(code, function, checks):
    """The indices of the cells with the stub, the check, the solution and the asserted check."""
    solved = {index for index, (_, cell) in enumerate(code) if "solution" in tags(cell)}
    stubs = [index for index, (_, cell) in enumerate(code) if index not in solved
             for node in tree(cell).body if _is_stub(node) and node.name == function]
    solutions = [index for index, (_, cell) in enumerate(code) if index in solved
                 and cell["metadata"].get("jupyter", {}).get("source_hidden") is True
                 and _defines(cell, function)]
    first = [index for index, asserted in checks if not asserted and index not in solved]
    last = [index for index, asserted in checks if asserted and index in solved]
    return [stubs, first, solutions, last]


def _defines(cell, name):
    return any(isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
               and not _is_stub(node) for node in tree(cell).body)


def _is_stub(node):
    return isinstance(node, ast.FunctionDef | ast.ClassDef) and any(
        getattr(inner, "id", None) == "NotImplementedError" for inner in ast.walk(node))


def _needs_solutions(code):
    """Cells that would fail in the copy without solutions."""
    needed = dict(needs_tagged(code, "solution"))
    stubs = set()
    for name, cell in code:
        if "solution" in tags(cell):
            continue
        stubs -= bound(tree(cell), everywhere=False)
        calls = {called(node) for node in ast.walk(tree(cell)) if isinstance(node, ast.Call)}
        if calls & stubs:
            needed[name] = needed.get(name, set()) | calls & stubs
        stubs |= {node.name for node in tree(cell).body if _is_stub(node)}
    return [f"{name}: it needs {sorted(names)} from a solution; tag it solution"
            for name, names in needed.items()]


def quiz(notebook):
    """The quiz's questions have their answers folded away."""
    texts = [(name, lang, text) for name, cell in cells(notebook, "markdown")
             if section(cell) == "quiz" for lang, text in language_blocks(cell["source"])[0]]
    faults = [f"{name}: {fault}" for name, lang, text in texts
              for fault in _fold_faults(lang, text)]
    if not any("<details>" in text and "</details>" in text for _, _, text in texts):
        faults.append("the quiz has no <details>: fold an answer under each question")
    return faults


def _fold_faults(lang, text):
    folded = re.findall(r"<details>.*?</details>", text, re.DOTALL)
    open_text = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
    faults = []
    if "details>" in open_text:
        faults.append(f"a <details> in {lang} is not closed")
    if re.search("[?？]", open_text) and not folded:
        faults.append(f"a question in {lang} without <details> and its answer")
    if re.search(r"(答案|解答)[:：]|\bAnswers?:", open_text):
        faults.append(f"an answer in {lang} outside <details>")
    for answer in folded:
        if not re.match(r"<details>\s*<summary>[^\n]+</summary>\n\n", answer):
            faults.append(f"begin <details> in {lang} with <summary>...</summary> and a blank "
                          "line, or its Markdown does not render")
    return faults
