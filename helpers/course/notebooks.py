"""Reads a notebook, or says what is wrong with the file."""

from helpers.messages import CourseError, both


def read_notebook(path, source=None):
    """The notebook at `path` as nbformat 4. source: its bytes, if they have been read already.

    Raises CourseError, which names the file and its fault, where it is empty, broken off, holds the
    marks of a merge that nobody finished, or is no notebook.
    """
    import nbformat

    source = path.read_bytes() if source is None else source
    if not source.strip():
        raise CourseError(both("notebook_empty", path=path))
    if b"\n<<<<<<< " in b"\n" + source and b"\n>>>>>>> " in source:
        line = (b"\n" + source).split(b"\n<<<<<<< ")[0].count(b"\n") + 1
        raise CourseError(both("notebook_conflict", path=path, line=line))
    try:
        notebook = nbformat.reads(source.decode("utf-8"), as_version=4)
        nbformat.validate(notebook)
    except (ValueError, KeyError, TypeError, AttributeError, nbformat.ValidationError) as error:
        raise CourseError(both("notebook_broken", path=path, error=_first_line(error))) from error
    return notebook


def _first_line(error):
    cause = error.__cause__ or error.__context__ or error  # nbformat quotes the whole notebook
    return str(cause).strip().splitlines()[0][:120] if str(cause).strip() else type(cause).__name__
