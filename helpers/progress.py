"""Progress that leaves nothing behind: a bar in a terminal, one line of plain text in a notebook.

tqdm writes to stderr, which JupyterLab colours red and keeps as an empty box when the bar is gone.
"""

import io

from tqdm import tqdm as bar

from helpers.messages import in_notebook


class Line:
    """A line in the outputs of a cell, updated in place; remove() takes it away."""

    def __init__(self):
        self._shown = None

    def show(self, text):
        """Shows `text` in the line's place."""
        from IPython.display import display

        data = {"text/plain": text}
        if self._shown is None:
            self._shown = display(data, raw=True, display_id=True)
        else:
            self._shown.update(data, raw=True)

    def remove(self):
        """Takes the line away, if there is one."""
        if self._shown is not None:
            self._shown.update({}, raw=True)
        self._shown = None


class tqdm(bar):  # noqa: N801  its name is known to every reader
    """tqdm.tqdm with the same arguments; what it shows is removed when the work is done."""

    def __init__(self, *arguments, **options):
        self._line = Line() if in_notebook() else None
        if self._line:
            options |= {"file": io.StringIO(), "ncols": 80}
        super().__init__(*arguments, **{"leave": False} | options)

    def display(self, msg=None, pos=None):
        """Shows the bar: called by tqdm, now and then."""
        if not self._line:
            return super().display(msg, pos)
        text = str(self) if msg is None else msg
        if text:
            self._line.show(text)
        return True

    def close(self):
        """Ends the bar, and takes its line away."""
        super().close()
        if self._line:
            self._line.remove()
