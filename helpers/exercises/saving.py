"""Exercise 10-safe-save: a file that survives a power cut, whenever it comes.

Every call that makes, moves or removes a file is watched. Just before and just after it, the place
must hold all of the old content or all of the new: so the power may go between any two steps.
"""

import builtins
import contextlib
import errno
import io
import os
import tempfile
import threading
from functools import wraps
from pathlib import Path
from unittest import mock

from helpers.exercises.compare import hint

STEPS = [(module, name) for module, name in (
    (builtins, "open"), (io, "open"), (os, "open"), (os, "replace"), (os, "rename"), (os, "link"),
    (os, "unlink"), (os, "remove"), (os, "fsync"), (os, "fdatasync"), (os, "sync"))
    if hasattr(module, name)]  # Windows has no sync
OLD, NEW = b"the old content", b"the new content, which is longer"
NAME, OTHER = "checkpoint.pt", "of somebody else.part"  # what lies in the folder
unwatched = open


class PowerCut(Exception):
    """What `write` raises in the middle of writing."""


class DiskFull(OSError):
    """What a step raises that the check lets fail."""


class Watch:
    """What is seen while an answer saves to `path`; failing: "write", "fsync", "replace" or None.

    states: what lay at `path`, step by step; written: the files that `write` was given; synced:
    inode -> bytes of it that are surely on the disk; moves: (source's folder, its bytes that are
    surely on the disk) of every move to `path`; raised: did the error get out?
    """

    def __init__(self, path, failing):
        self.path, self.failing = path, failing
        self.states, self.written, self.synced, self.moves = [_content(path)], [], {}, []
        self.inode, self.raised = _inode(path), False

    def write(self, file):
        """What the answer gets as `write`: half of NEW, a look at the place, the other half."""
        self.written.append(file)
        file.write(NEW[:9])
        file.flush()
        self.states.append(_content(self.path))
        if self.failing == "write":
            raise PowerCut
        file.write(NEW[9:])

    def before(self, name, args):
        """Notes what is about to happen, or lets it fail."""
        self.states.append(_content(self.path))
        moved = name in ("replace", "rename") and os.path.realpath(args[1]) == str(self.path)
        if self.failing and self.failing == ("replace" if moved else name):
            self.failing = None  # once only
            raise DiskFull(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if moved and os.path.exists(args[0]):
            folder = Path(os.path.realpath(os.fsdecode(args[0]))).parent
            self.moves.append((folder, self.synced.get(os.stat(args[0]).st_ino)))

    def after(self, name, args):
        """Notes what has happened."""
        self.states.append(_content(self.path))
        if name in ("fsync", "fdatasync"):
            found = [os.stat(args[0] if isinstance(args[0], int) else args[0].fileno())]
        else:
            found = map(os.stat, self.path.parent.rglob("*")) if name == "sync" else []
        self.synced |= {status.st_ino: status.st_size for status in found}

    def look_back(self):
        """Notes what is there in the end, and closes what was left open."""
        opened = [file for file in self.written if not isinstance(file, io.BytesIO)]
        self.left_open = [file for file in opened if not file.closed]
        for file in self.left_open:
            file.close()
        self.content, inode = _content(self.path), _inode(self.path)
        self.states.append(self.content)
        self.in_place = self.content == NEW and inode == self.inode
        self.synced_at_last = self.synced.get(inode)
        self.others = {file.name: file.is_file() and _content(file)
                       for file in self.path.parent.iterdir() if file != self.path}


def _inode(path):
    return path.stat().st_ino if path.exists() else None


def _content(path):
    try:
        with unwatched(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _step(function, name, watch):
    answering = threading.get_ident()

    @wraps(function)
    def step(*args, **named):
        if threading.get_ident() != answering:  # the notebook's own threads open files, too
            return function(*args, **named)
        given = [*args, *(named[key] for key in ("fd", "src", "dst") if key in named)]
        watch.before(name, given)
        result = function(*args, **named)
        watch.after(name, given)
        return result
    return step


@contextlib.contextmanager
def _watching(watch, names):
    """Sends every step past `watch`; names: the answer's globals, for `from os import replace`."""
    with contextlib.ExitStack() as stack:
        for module, name in STEPS:
            function = getattr(module, name)
            step = _step(function, name, watch)
            stack.enter_context(mock.patch.object(module, name, step))
            for key in [key for key, value in names.items() if value is function]:
                stack.callback(names.__setitem__, key, function)
                names[key] = step
        yield


def _save(answer, old, failing=None):
    """Lets the answer save once over `old` (bytes, or None); returns what was seen."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder).resolve() / NAME
        (path.parent / OTHER).write_bytes(OLD)
        if old is not None:
            path.write_bytes(old)
        watch = Watch(path, failing)
        try:
            with _watching(watch, getattr(answer, "__globals__", {})):
                answer(watch.write, Path(path))
        except (PowerCut, DiskFull):
            watch.raised = True
        watch.look_back()
    return watch


def _unsafe(seen, old):
    """A hint if the place was ever without all of the old or all of the new content."""
    if old is not None and None in seen.states:
        return hint("有一刻，`path`那裡什麼都沒有：那時停電，就找不到檢查點了。"
                    "不要先刪除或移走舊的檔案，`os.replace`一步就會取代它。",
                    "For a moment there is nothing at `path`: a power cut then, and no "
                    "checkpoint is found. Neither delete nor move the old file first; `os.replace` "
                    "takes its place in one step.")
    if not set(seen.states) <= {old, NEW} or seen.in_place:
        return hint("你直接寫進`path`（複製過去也是）：寫到一半，舊的已經壞了。"
                    "先寫到旁邊的檔案，再用`os.replace`換過去。",
                    "You write into `path` itself, and so does a copy: half-way, the old content "
                    "is lost. Write to a file beside it, then put it in place with `os.replace`.")
    return None


def _unfinished(seen, old):
    """A hint if saving without any accident went wrong."""
    if not seen.written:
        return hint("你沒有呼叫`write(file)`。", "You never call `write(file)`.")
    if seen.left_open:
        return hint("檔案沒有關閉：請用`with open(...)`。",
                    "The file was not closed: use `with open(...)`.")
    if seen.content != NEW and not _unsafe(seen, old):
        return hint("成功之後，`path`裡應該是新的內容。是不是忘了`os.replace`？",
                    "After success `path` should hold the new content. Is `os.replace` missing?")
    return None


def _not_on_disk(seen):
    """A hint if the new content came from elsewhere, or was not on the disk when it was moved."""
    home = seen.path.parent
    folder, size = seen.moves[-1] if seen.moves else (home, seen.synced_at_last)
    if not folder.is_relative_to(home):
        return hint("暫存的檔案在別的資料夾，可能是別的磁碟：`os.replace`就會失敗。"
                    "請放在`path`旁邊。",
                    "The temporary file lies in another folder, perhaps on another disk, and "
                    "`os.replace` would fail. Put it beside `path`.")
    if size is None and seen.synced_at_last:
        return hint("`os.fsync`太遲了：換過去之前，內容就要真的在磁碟上。",
                    "`os.fsync` comes too late: the content has to be on the disk before it takes "
                    "the old one's place.")
    if size is None:
        return hint("關閉檔案不等於寫到磁碟：停電後，換過去的可能是空的檔案。"
                    "先`file.flush()`，再`os.fsync(file.fileno())`，然後才換。",
                    "A closed file need not be on the disk: after a power cut, what took the old "
                    "one's place may be empty. First `file.flush()`, then "
                    "`os.fsync(file.fileno())`, and only then replace.")
    if size < len(NEW):
        return hint("`os.fsync`的時候，一部分內容還在Python的緩衝區裡：先`file.flush()`。",
                    "At `os.fsync`, some of the content is still in Python's buffer: "
                    "`file.flush()` comes first.")
    return None


def _after_error(seen, old):
    """A hint if an error in the middle of `write` leaves a mess."""
    if seen.content != old:
        return hint("`write`出錯之後，`path`變了：出錯時不可以換過去。",
                    "After `write` failed, `path` has changed: where there was an error, nothing "
                    "may be put in its place.")
    return _swallowed(seen) or _litter(seen)


def _swallowed(seen):
    if not seen.raised and seen.content != NEW:
        return hint("錯誤被吞掉了：呼叫的人以為已經存好。用`finally`，不要用`except`。",
                    "The error was swallowed, and the caller believes that all is saved. Use "
                    "`finally`, not `except`.")
    return None


def _litter(seen):
    if seen.others.pop(OTHER, None) != OLD:
        return hint("資料夾裡別人的檔案不見了或變了：只可以動你自己的檔案。",
                    "A file of somebody else in the folder is gone or changed: touch your own "
                    "files only.")
    if seen.others:
        return hint("旁邊留下了暫存的檔案：無論成功還是出錯，都要在`finally`裡刪除它。",
                    "A temporary file is left beside it: delete it in `finally`, after success "
                    "and after an error.")
    return None


def check_safe_save(answer):
    """safe_save(write, path): all of it or nothing, and the old file until then."""
    seen = _save(answer, OLD)
    if wrong := (_unfinished(seen, OLD) or _unsafe(seen, OLD) or _not_on_disk(seen)
                 or _litter(seen)):
        return wrong
    seen = _save(answer, OLD, "write")
    if wrong := _after_error(seen, OLD) or _unsafe(seen, OLD):
        return wrong
    for failing in ("fsync", "replace"):
        seen = _save(answer, OLD, failing)
        if wrong := _unsafe(seen, OLD) or _swallowed(seen):
            return wrong
    try:
        first, cut = _save(answer, None), _save(answer, None, "write")
    except OSError as error:
        return hint(f"第一次存的時候，還沒有舊的檔案，你的程式碼就出錯：{error}",
                    f"The first time there is no old file yet, and your code fails: {error}")
    return _unfinished(first, None) or _unsafe(first, None) or _after_error(cut, None)
