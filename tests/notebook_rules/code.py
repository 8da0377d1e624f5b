"""Code cells: short, for every system, offline, and with declared dependencies only."""

import ast
import re
import sys

from .notebook import cells, tags

MAX_LINES = 15  # of code in a cell: what a slide shows and a reader takes in at once
MAX_CLASS_LINES = 25  # a class does not split into cells
MAX_COLUMNS = 88
MAGICS = {"matplotlib", "time", "timeit", "config"}  # the others start servers, shells, installs
OLD_NUMPY = {"float", "int", "object", "str", "complex", "unicode", "float_"}
MODULES = {"pillow": {"PIL"}, "scikit-learn": {"sklearn"}, "scikit-image": {"skimage"},
           "ipykernel": {"ipykernel", "IPython"}}  # a distribution's modules, where they differ
UNIX_ONLY = {"resource", "fcntl", "pwd", "grp", "pty", "termios", "tty", "posix"}


def plain_python(source):
    """The source with the lines of IPython's magics and shell replaced by `pass`."""
    return re.sub(r"^(\s*)(?:%%?[A-Za-z]|!).*$", r"\1pass", source, flags=re.MULTILINE)


def tree(cell):
    """The syntax tree of a code cell; an empty one where it is not Python."""
    try:
        return ast.parse(plain_python(cell["source"]))
    except SyntaxError:
        return ast.parse("")


def calls(notebook):
    """Triples (name, cell, call) of every call in the code."""
    for name, cell in cells(notebook, "code"):
        for node in ast.walk(tree(cell)):
            if isinstance(node, ast.Call):
                yield name, cell, node


def called(call):
    """The last name of what is called: `report` for lesson.report(...)."""
    return getattr(call.func, "attr", getattr(call.func, "id", None))


def code_length(notebook):
    """A code cell is Python, and fits on a slide."""
    faults = []
    for name, cell in cells(notebook, "code"):
        lines = cell["source"].strip("\n").split("\n")
        try:
            has_class = any(isinstance(node, ast.ClassDef)
                            for node in ast.walk(ast.parse(plain_python(cell["source"]))))
        except SyntaxError as error:
            faults.append(f"{name}: line {error.lineno} is not Python: {error.msg}; correct it")
            continue
        limit = MAX_CLASS_LINES if has_class else MAX_LINES
        if len(lines) > limit:
            faults.append(f"{name}: {len(lines)} lines of code; split it, {limit} are allowed")
        for number, line in enumerate(lines, 1):
            if len(line) > MAX_COLUMNS:
                faults.append(f"{name}: line {number} has {len(line)} characters; break it, "
                              f"{MAX_COLUMNS} are allowed")
    return faults


def old_api(notebook):
    """No call that newer releases, Windows, an offline laptop or a machine without GPU lack."""
    faults = []
    for name, cell in cells(notebook, "code"):
        found = _shell_faults(cell["source"])
        nodes = list(ast.walk(tree(cell)))
        tried = [inner for node in nodes if isinstance(node, ast.Try)
                 for line in node.body for inner in ast.walk(line)]
        for node in nodes:  # a lesson may show in try that a download fails
            found += [fault for fault in _old_names(node) + _old_calls(node)
                      if not (node in tried and fault.startswith("download=True"))]
        faults += [f"{name}: {what}" for what in found]
    return faults


def _shell_faults(source):
    """Lines that are no Python but IPython's: shell, servers, installations."""
    faults = []
    for line in source.split("\n"):
        magic = re.match(r"\s*%%?([A-Za-z_]+)", line)
        if re.match(r"\s*!", line) or (magic and magic[1] not in MAGICS):
            faults.append(f"{line.strip()!r}: no shell, no server and no installation in a cell")
    return faults


def _old_names(node):
    """Outdated names at one node of the syntax tree."""
    if isinstance(node, ast.Attribute):
        dotted = ast.unparse(node)
        if dotted == "sys.path":
            return ["sys.path: helpers is installed, import it"]
        if re.fullmatch(r"(np|numpy)\.\w+", dotted) and node.attr in OLD_NUMPY:
            return [f"{dotted} is gone from NumPy: write {node.attr.strip('_')}"]
        if dotted == "os.system":
            return ["os.system: no shell commands in a cell"]
    names = [getattr(node, "id", None), getattr(node, "attr", None), getattr(node, "name", None)]
    if "set_matplotlib_formats" in names:
        return ["set_matplotlib_formats is gone from IPython.display: use matplotlib's rcParams"]
    return []


def _old_calls(node):
    """What is outdated about a call, if the node is one."""
    if not isinstance(node, ast.Call):
        return []
    function, is_method = called(node), isinstance(node.func, ast.Attribute)
    given = {word.arg: getattr(word.value, "value", None) for word in node.keywords}
    found = []
    if is_method and function == "next" and not node.args:
        found.append(".next() is gone from iterators: write next(iterator)")
    if is_method and function == "cuda":
        found.append(".cuda() fails without a GPU: write .to(device)")
    if function == "make_grid" and "range" in given:
        found.append("make_grid(range=) is now value_range=")
    if ast.unparse(node.func) == "torch.load" and "weights_only" not in given:
        found.append("torch.load without weights_only=True runs code from the file: add it")
    if given.get("download") is True:
        found.append("download=True needs a network: use load_faces()")
    if given.get("num_workers", 0) != 0:
        found.append("num_workers other than 0 crashes on Windows and macOS: leave it out")
    return found


def modules_of(distributions):
    """The modules that lessons may import when `distributions` are the declared dependencies."""
    return {"helpers"}.union(*(MODULES.get(name, {name.replace("-", "_")})
                               for name in distributions))


def imported_modules(source):
    """The top-level names of the modules that Python code imports, in order."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or ".").split(".")[0]


def imports(notebook, modules):
    """Lessons import the standard library, helpers and declared dependencies only."""
    faults = []
    for name, cell in cells(notebook, "code"):
        for top in imported_modules(ast.unparse(tree(cell))):
            if top in UNIX_ONLY:
                faults.append(f"{name}: {top} is not there on Windows; do without it")
            elif top not in modules and top not in sys.stdlib_module_names:
                faults.append(f"{name}: {top} is no declared dependency; add it to "
                              "pyproject.toml or do without it")
    return faults


def needs_tagged(code, tag):
    """(cell, names) of code cells that use what only cells with `tag` define before them."""
    found, common, only = [], set(), set()
    for name, cell in code:
        if tag in tags(cell):
            only |= bound(tree(cell), everywhere=False)
            continue
        common |= bound(tree(cell), everywhere=True)
        used = {node.id for node in ast.walk(tree(cell))
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        if needed := used & (only - common):
            found.append((name, needed))
    return found


def bound(node, everywhere):
    """Names that code binds: those of the cell itself, or everywhere, inside functions too."""
    names = set()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            names.add(child.name)
            if not everywhere:
                continue
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            names.add(child.id)
        elif isinstance(child, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in child.names}
        elif isinstance(child, ast.arg) and everywhere:
            names.add(child.arg)
        names |= bound(child, everywhere)
    return names
