"""Every sentence of helpers is there in both languages, keeps the rules, and is said somewhere."""

import ast
import re
import string
from pathlib import Path

import notebook_rules as rules
import pytest

from helpers.messages import TEXTS

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "helpers").rglob("*.py"))
SENTENCES = ROOT / "helpers" / "messages"
FORBIDDEN = rules.forbidden_words((ROOT / "notebooks/glossary.md").read_text(encoding="utf-8"))


def chinese_faults(words):
    return [*rules.glossary_faults(words, FORBIDDEN), *rules.manner_faults(words),
            *rules.simplified_faults(words), *rules.typography_faults(words)]


def fields(text):
    """The {fields} of a format string."""
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


def plain(text):
    """A message as typography sees it: fields and code are no prose."""
    return re.sub(r"\{[^{}]*\}|`[^`]*`", rules.CODE, text)


@pytest.mark.parametrize("key", TEXTS)
def test_message_has_two_languages(key):
    assert len(TEXTS[key]) == 2
    zh, en = TEXTS[key]
    assert re.search(f"[{rules.HAN}]", zh), "no Chinese"
    assert en.strip() and not re.search(f"[{rules.HAN}{rules.WIDE[:-2]}]", en), "no English"
    assert fields(zh) == fields(en)
    assert chinese_faults(plain(zh)) == []


def keys_used():
    """Texts and f-strings (as patterns) that helpers pass to a function that wants a key."""
    used = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            wants = isinstance(node, ast.Call) and node.args and getattr(
                node.func, "attr", getattr(node.func, "id", None)) in ("say", "both", "pair")
            if wants:
                used += [(f"{path.name}:{node.lineno}", pattern)
                         for pattern in patterns(node.args[0])]
    return used


def patterns(node):
    """What a key may look like: of "a" if x else f"b_{y}" both, as regular expressions."""
    if isinstance(node, ast.IfExp):
        return patterns(node.body) + patterns(node.orelse)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [re.escape(node.value)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(re.escape(part.value) if isinstance(part, ast.Constant) else r"\w+"
                        for part in node.values)]
    return []  # a variable: its value stands somewhere else


def test_used_messages_exist():
    used = keys_used()
    assert used, "helpers say nothing at all"
    faults = [f"{where}: no message {pattern!r}" for where, pattern in used
              if not any(re.fullmatch(pattern, key) for key in TEXTS)]
    assert not faults, "\n".join(faults)


def test_messages_are_used():
    """A key stands somewhere in helpers beside its own sentences, or an f-string makes it."""
    found = set()
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.parent == SENTENCES:
            tree.body = [node for node in tree.body if not (
                isinstance(node, ast.Assign) and node.targets[0].id == "TEXTS")]
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant | ast.JoinedStr):
                found |= {p for p in patterns(node) if p != r"\w+"}
    unused = [key for key in TEXTS if not any(re.fullmatch(pattern, key) for pattern in found)]
    assert not unused, f"nothing says {unused}: use or remove them"


def test_chinese_in_other_modules():
    """Hints of exercises stand beside their checks: same words, same characters."""
    faults = []
    for path in MODULES:
        if path.parent == SENTENCES:
            continue  # above, text by text
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "hint":
                words = node.args[0]
                parts = words.values if isinstance(words, ast.JoinedStr) else [words]
                text = "".join(part.value if isinstance(part, ast.Constant) else rules.CODE
                               for part in parts)
                found = chinese_faults(plain(text))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found = [*rules.glossary_faults(node.value, FORBIDDEN),
                         *rules.simplified_faults(node.value)]
            else:
                continue
            faults += [f"{path.name}:{node.lineno}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)


