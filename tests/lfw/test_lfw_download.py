"""The download of LFW, against a server on this computer; every fault and what it leaves."""

import errno
import gzip
import hashlib
import io
import random
import re
import socket
import tarfile
import threading
from collections import namedtuple
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from lfw_fixtures import PEOPLE, check_message, make_lfw

from helpers.lfw import download, reader
from helpers.lfw.download import LFWDownloadError, download_lfw
from helpers.lfw.reader import LFW

DOWNLOAD = "python -m helpers lfw"
PART = "lfw-funneled.tgz.part"
PADDING = random.Random(0).randbytes(300_000)  # so that half an archive is many packets


def pack(images=None, extra=()):
    """A .tgz as bytes: the folder `images` as lfw_funneled, then `extra`: (TarInfo, bytes)."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        if images:
            archive.add(images, "lfw_funneled")
        for info, content in extra:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return packed.getvalue()


@pytest.fixture(scope="module")
def tgz(tmp_path_factory):
    images = make_lfw(tmp_path_factory.mktemp("made") / "lfw_funneled")
    return pack(images, [(tarfile.TarInfo("lfw_funneled/padding.bin"), PADDING)])


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    """No proxy between the test and its server; both languages."""
    for name in ("COURSE_LANG", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


Server = namedtuple("Server", "url, ranges, sent")  # Range header and bytes sent, by request


@pytest.fixture
def serve():
    """serve(answer, ...) starts a server: the first request gets the first answer, and so on."""
    running = []

    def start(*answers):
        server = Server([], [], [])

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.ranges.append(self.headers["Range"])
                server.sent.append(0)
                answer = answers[min(len(server.ranges), len(answers)) - 1]
                answer(self)

            def reply(self, status, headers=(), body=b""):
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                server.sent[-1] = len(body)

            def log_message(self, *args):
                pass

        http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((http, thread))
        server.url.append(f"http://127.0.0.1:{http.server_port}/files/5976015")
        return server._replace(url=server.url[0])

    yield start
    for http, thread in running:
        http.shutdown()
        thread.join()
        http.server_close()


def whole(content):
    """An answer: the whole file, whatever the range asked for."""
    return lambda h: h.reply(200, [("Content-Length", len(content))], content)


def half(content):
    """An answer: says that it sends the whole file and breaks off halfway."""
    return lambda h: h.reply(200, [("Content-Length", len(content))], content[:len(content) // 2])


def from_range(content):
    """An answer: the range that was asked for, or 416 where the file has no such range."""
    def answer(h):
        if "Range" not in h.headers:
            return whole(content)(h)
        start = int(re.fullmatch(r"bytes=(\d+)-", h.headers["Range"])[1])
        if start >= len(content):
            return h.reply(416, [("Content-Range", f"bytes */{len(content)}")])
        span = f"bytes {start}-{len(content) - 1}/{len(content)}"
        rest = content[start:]
        h.reply(206, [("Content-Length", len(rest)), ("Content-Range", span)], rest)

    return answer


def status(code):
    return lambda h: h.reply(code, [("Content-Length", 5)], b"sorry")


def moved_to(url):
    return lambda h: h.reply(302, [("Location", url), ("Content-Length", 0)])


def get(root, url, content, size=None):
    """download_lfw() of `content`, as the file that it should be."""
    return download_lfw(root, url, hashlib.sha256(content).hexdigest(), size or len(content),
                        progress=False)


def fault(root, url, content, *needed, size=None):
    """The download must fail; returns both sentences, each with all of `needed`."""
    with pytest.raises(LFWDownloadError) as error:
        get(root, url, content, size)
    chinese, english = check_message(error.value, *needed)
    assert "請" in chinese
    return chinese, english


def tree(root):
    """Everything under `root` except single pictures and people."""
    return {path.relative_to(root).as_posix() for path in root.rglob("*")
            if path.parent.name != "lfw_funneled" and path.suffix != ".jpg"}


DONE = {"lfw-py", "lfw-py/lfw_funneled"}


def assert_complete(root):
    assert tree(root) == DONE
    images = root / "lfw-py" / "lfw_funneled"
    assert {name: len(paths) for name, paths in reader.list_people(images).items()} == PEOPLE
    assert (images / "padding.bin").read_bytes() == PADDING


def test_complete(tmp_path, serve, tgz, capsys):
    server = serve(whole(tgz))
    root = tmp_path / "new" / "data"
    assert get(root, server.url, tgz) == root / "lfw-py" / "lfw_funneled"
    assert_complete(root)
    shown = capsys.readouterr()
    chinese, english = check_message(shown.out, root / "lfw-py" / "lfw_funneled")
    assert "真實的人" in chinese and "只用於學習" in chinese
    assert "real people who were never asked" in english and "study only" in english
    assert shown.err == "" and server.ranges == [None]
    assert reader.find_lfw(root) == root and len(LFW(root, "train")) + len(LFW(root, "test")) == 17


def test_progress_bar_is_plain_text_and_goes_away(tmp_path, serve, tgz, capsys):
    server = serve(whole(tgz))
    download_lfw(tmp_path, server.url, hashlib.sha256(tgz).hexdigest(), len(tgz))
    shown = capsys.readouterr().err
    assert "lfw-funneled.tgz" in shown and "unpacking" in shown
    assert shown.endswith("\r") and "\n" not in shown


def test_already_there(tmp_path, serve, tgz, capsys):
    images = make_lfw(tmp_path / "lfw-py" / "lfw_funneled")
    server = serve(whole(tgz))
    assert get(tmp_path, server.url, tgz) == images
    check_message(capsys.readouterr().out, images)
    assert server.ranges == [] and tree(tmp_path) == DONE


def test_something_else_is_there(tmp_path, serve, tgz):
    images = tmp_path / "lfw-py" / "lfw_funneled"
    images.mkdir(parents=True)
    (images / "notes.txt").write_text("mine")
    server = serve(whole(tgz))
    fault(tmp_path, server.url, tgz, images, DOWNLOAD)
    assert server.ranges == [] and (images / "notes.txt").read_text() == "mine"


def test_interrupted_and_resumed(tmp_path, serve, tgz):
    server = serve(half(tgz), from_range(tgz))
    fault(tmp_path, server.url, tgz, tmp_path / PART, DOWNLOAD)
    arrived = len(tgz) // 2
    assert tree(tmp_path) == {PART} and (tmp_path / PART).read_bytes() == tgz[:arrived]
    get(tmp_path, server.url, tgz)
    assert server.ranges == [None, f"bytes={arrived}-"]
    assert server.sent == [arrived, len(tgz) - arrived]
    assert_complete(tmp_path)


def test_interrupted_by_silence(tmp_path, serve, tgz, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT", 2)
    done, waited_out = threading.Event(), []

    def stall(h):
        half(tgz)(h)
        h.wfile.flush()
        waited_out.append(not done.wait(5))

    server = serve(stall)
    fault(tmp_path, server.url, tgz, tmp_path / PART, DOWNLOAD)
    assert waited_out == []
    done.set()
    assert tree(tmp_path) == {PART} and tgz.startswith((tmp_path / PART).read_bytes())


def test_ctrl_c_keeps_what_has_arrived(tmp_path, serve, tgz, monkeypatch):
    server = serve(whole(tgz), from_range(tgz))

    def press(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(download.tqdm, "update", press)
        with pytest.raises(KeyboardInterrupt):
            get(tmp_path, server.url, tgz)
    arrived = (tmp_path / PART).stat().st_size
    assert tree(tmp_path) == {PART} and 0 < arrived < len(tgz)
    with monkeypatch.context() as patch:  # and once more, while it unpacks
        patch.setattr(tarfile.TarFile, "makefile", press)
        with pytest.raises(KeyboardInterrupt):
            get(tmp_path, server.url, tgz)
    assert tree(tmp_path) == {PART} and (tmp_path / PART).read_bytes() == tgz
    get(tmp_path, server.url, tgz)
    assert server.ranges == [None, f"bytes={arrived}-"]
    assert_complete(tmp_path)


def test_server_that_ignores_ranges(tmp_path, serve, tgz):
    (tmp_path / PART).write_bytes(tgz[:1000])
    server = serve(whole(tgz))
    get(tmp_path, server.url, tgz)
    assert server.ranges == ["bytes=1000-"] and server.sent == [len(tgz)]
    assert_complete(tmp_path)


def test_range_that_the_server_does_not_have(tmp_path, serve, tgz):
    (tmp_path / PART).write_bytes(tgz[:1000])
    server = serve(status(416), from_range(tgz))
    get(tmp_path, server.url, tgz)
    assert server.ranges == ["bytes=1000-", None]
    assert_complete(tmp_path)


def test_mirror_that_redirects(tmp_path, serve, tgz):
    (tmp_path / PART).write_bytes(tgz[:1000])
    server = serve(from_range(tgz))
    get(tmp_path, serve(moved_to(server.url)).url, tgz)
    assert server.ranges == ["bytes=1000-"] and server.sent == [len(tgz) - 1000]
    assert_complete(tmp_path)


def test_server_that_does_not_say_the_length(tmp_path, serve, tgz):
    get(tmp_path, serve(lambda h: h.reply(200, [], tgz)).url, tgz)
    assert_complete(tmp_path)


def test_archive_that_a_browser_has_saved(tmp_path, serve, tgz):
    """What the message about a refusal advises."""
    (tmp_path / PART).write_bytes(tgz)
    server = serve(status(403))
    get(tmp_path, server.url, tgz)
    assert server.ranges == []
    assert_complete(tmp_path)


@pytest.mark.parametrize("code", [403, 404, 500, 202, 416])
def test_refused(tmp_path, serve, tgz, code):
    server = serve(status(code))
    fault(tmp_path, server.url, tgz, f"HTTP {code}", server.url, tmp_path / PART, DOWNLOAD)
    assert tree(tmp_path) == set() and len(server.ranges) == 1


def test_refused_keeps_what_had_arrived(tmp_path, serve, tgz):
    (tmp_path / PART).write_bytes(tgz[:1000])
    fault(tmp_path, serve(status(403)).url, tgz, "HTTP 403")
    assert tree(tmp_path) == {PART} and (tmp_path / PART).read_bytes() == tgz[:1000]


@pytest.mark.parametrize("had", [0, 1000])
def test_wrong_size(tmp_path, serve, tgz, had):
    """A login page instead of the file must not cost what has arrived."""
    if had:
        (tmp_path / PART).write_bytes(tgz[:had])
    page = b"<html>Please log in</html>"
    fault(tmp_path, serve(whole(page)).url, tgz, f"26 != {len(tgz):,} bytes",
          tmp_path / PART, DOWNLOAD)
    assert tree(tmp_path) == ({PART} if had else set())
    assert not had or (tmp_path / PART).read_bytes() == tgz[:had]


PAGE = b"<html>Please log in</html>"
PORTALS = {
    "200, a length": (200, [("Content-Length", len(PAGE))], PAGE),
    "200, no length": (200, [("Content-Type", "text/html; charset=utf-8")], PAGE),
    "200, no length, no type": (200, [], PAGE),
    "200, chunked": (200, [("Transfer-Encoding", "chunked")],
                     b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE)),
    "200, gzip": (200, [("Content-Type", "text/html"), ("Content-Encoding", "gzip")],
                  gzip.compress(PAGE)),
    "206, HTML": (206, [("Content-Type", "text/html")], PAGE),
    "206, no type": (206, [], PAGE),
    "206, another range": (206, [("Content-Range", "bytes 0-25/26")], PAGE),
}


@pytest.mark.parametrize("portal", PORTALS)
def test_a_login_page_costs_no_byte_of_what_has_arrived(tmp_path, serve, tgz, portal):
    had = tgz[:1000]
    (tmp_path / PART).write_bytes(had)
    server = serve(lambda h: h.reply(*PORTALS[portal]), from_range(tgz))
    fault(tmp_path, server.url, tgz, tmp_path / PART, DOWNLOAD)
    assert (tmp_path / PART).read_bytes() == had
    get(tmp_path, server.url, tgz)  # behind the portal, it goes on from there
    assert server.ranges == ["bytes=1000-"] * 2
    assert_complete(tmp_path)


@pytest.mark.parametrize("portal", [name for name in PORTALS if name.startswith("200")])
def test_a_login_page_is_no_beginning_of_the_file(tmp_path, serve, tgz, portal):
    fault(tmp_path, serve(lambda h: h.reply(*PORTALS[portal])).url, tgz, DOWNLOAD)
    assert tree(tmp_path) == set()


def test_server_not_there(tmp_path, tgz):
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    chinese, english = fault(tmp_path, url, tgz, url, DOWNLOAD)
    assert "網絡" in chinese and "network" in english and "urlopen" not in english
    assert tree(tmp_path) == set()


def test_server_that_hangs_up(tmp_path, serve, tgz):
    server = serve(lambda h: None)
    fault(tmp_path, server.url, tgz, server.url, DOWNLOAD)
    assert tree(tmp_path) == set()


def test_wrong_checksum(tmp_path, serve, tgz):
    wrong = tgz[:-1] + bytes([tgz[-1] ^ 1])
    server = serve(whole(wrong), whole(tgz))
    fault(tmp_path, server.url, tgz, "SHA-256", server.url, tmp_path / PART, DOWNLOAD)
    assert tree(tmp_path) == set()
    get(tmp_path, server.url, tgz)  # the next try begins again
    assert server.ranges == [None, None]
    assert_complete(tmp_path)


def test_leftover_that_is_too_long(tmp_path, serve, tgz):
    (tmp_path / PART).write_bytes(tgz + b"x")
    fault(tmp_path, serve(whole(tgz)).url, tgz, "SHA-256", DOWNLOAD)
    assert tree(tmp_path) == set()


def test_disk_too_small(tmp_path, serve, tgz, monkeypatch):
    usage = namedtuple("usage", "total, used, free")
    free = usage(10**12, 0, 2 * len(tgz))
    monkeypatch.setattr(download.shutil, "disk_usage", lambda path: free)
    server = serve(whole(tgz))
    fault(tmp_path, server.url, tgz, tmp_path, f"{2.3 * len(tgz) / 1e6:.0f} MB", DOWNLOAD)
    assert server.ranges == [] and tree(tmp_path) == set()
    (tmp_path / PART).write_bytes(tgz)  # now it is enough
    get(tmp_path, server.url, tgz)
    assert_complete(tmp_path)


class FullDisk(io.FileIO):
    """A file that takes 100,000 bytes."""

    def write(self, data):
        if self.tell() + len(data) > 100_000:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(data)


def test_disk_full_while_downloading(tmp_path, serve, tgz, monkeypatch):
    server = serve(whole(tgz), from_range(tgz))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", lambda path, mode: FullDisk(path, mode))
        fault(tmp_path, server.url, tgz, tmp_path, "MB", DOWNLOAD)
    arrived = (tmp_path / PART).stat().st_size
    assert tree(tmp_path) == {PART} and tgz.startswith((tmp_path / PART).read_bytes())
    get(tmp_path, server.url, tgz)
    assert server.ranges == [None, f"bytes={arrived}-"] and 0 < arrived <= 100_000
    assert_complete(tmp_path)


def test_disk_full_while_unpacking(tmp_path, serve, tgz, monkeypatch):
    server = serve(whole(tgz))
    makefile = tarfile.TarFile.makefile

    def fail_at_padding(archive, member, path):
        if member.name.endswith("padding.bin"):
            raise OSError(errno.ENOSPC, "No space left on device")
        makefile(archive, member, path)

    with monkeypatch.context() as patch:
        patch.setattr(tarfile.TarFile, "makefile", fail_at_padding)
        fault(tmp_path, server.url, tgz, tmp_path, "MB", DOWNLOAD)
    assert tree(tmp_path) == {PART} and (tmp_path / PART).read_bytes() == tgz
    get(tmp_path, server.url, tgz)
    assert len(server.ranges) == 1  # the archive was whole and right: no second download
    assert_complete(tmp_path)


def test_folder_that_cannot_be_written_to(tmp_path, serve, tgz):
    root = tmp_path / "data"
    root.write_text("a file, not a folder")
    server = serve(whole(tgz))
    fault(root, server.url, tgz, root, DOWNLOAD)
    assert server.ranges == [] and tree(tmp_path) == {"data"}


def entry(name, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


ESCAPES = {
    "parent": [(entry("../evil"), b"evil")],
    "parent inside": [(entry("lfw_funneled/../../evil"), b"evil")],
    "symlink": [(entry("lfw_funneled/door", tarfile.SYMTYPE, "../.."), b""),
                (entry("lfw_funneled/door/evil"), b"evil")],
    "absolute symlink": [(entry("lfw_funneled/door", tarfile.SYMTYPE, "/etc"), b"")],
    "hard link": [(entry("lfw_funneled/door", tarfile.LNKTYPE, "../../outside"), b"")],
    "device": [(entry("lfw_funneled/null", tarfile.CHRTYPE), b"")],
}


@pytest.mark.parametrize("extra", ESCAPES.values(), ids=ESCAPES)
def test_entry_that_escapes(tmp_path, serve, extra):
    (tmp_path / "outside").write_text("mine")
    evil = pack(make_lfw(tmp_path / "made"), extra)
    fault(tmp_path / "data", serve(whole(evil)).url, evil, DOWNLOAD)
    assert tree(tmp_path / "data") == set()
    assert {path.name for path in tmp_path.iterdir()} == {"data", "made", "outside"}
    assert (tmp_path / "outside").read_text() == "mine"


def test_absolute_entry_stays_inside(tmp_path, serve):
    """On Unix the data filter makes it relative: it lands in the temporary folder, and goes."""
    evil = pack(make_lfw(tmp_path / "made"), [(entry(f"{tmp_path.as_posix()}/evil"), b"evil")])
    try:
        get(tmp_path / "data", serve(whole(evil)).url, evil)
    except LFWDownloadError as error:  # on Windows, where C:/ is refused
        check_message(error, DOWNLOAD)
        assert tree(tmp_path / "data") == set()
    else:
        assert tree(tmp_path / "data") == DONE
    assert {path.name for path in tmp_path.iterdir()} == {"data", "made"}


def wrong_sum(tgz):
    """`tgz` as two gzip members, the first with a wrong CRC."""
    raw = gzip.decompress(tgz)
    return gzip.compress(raw[:200_000])[:-8] + bytes(8) + gzip.compress(raw[200_000:])


NOT_LFW = {
    "cut": lambda tgz: tgz[:len(tgz) // 2],
    "no gzip": lambda tgz: b"x" + tgz[1:],
    "wrong bits": lambda tgz: tgz[:100] + bytes(100) + tgz[200:],
    "wrong bits in a file": lambda tgz: tgz[: len(tgz) // 2] + bytes(len(tgz) // 2),
    "wrong sum": wrong_sum,
    "empty": lambda tgz: pack(),
    "no tar": lambda tgz: gzip.compress(PADDING),
    "no people": lambda tgz: pack(None, [(tarfile.TarInfo("lfw_funneled/padding.bin"), PADDING)]),
}


@pytest.mark.parametrize("damage", NOT_LFW.values(), ids=NOT_LFW)
def test_archive_that_cannot_be_unpacked(tmp_path, serve, tgz, damage):
    content = damage(tgz)
    fault(tmp_path, serve(whole(content)).url, content, DOWNLOAD)
    assert tree(tmp_path) == set()


def test_python_too_old_to_unpack_safely(tmp_path, serve, tgz, monkeypatch):
    monkeypatch.delattr(tarfile, "data_filter")
    server = serve(whole(tgz))
    fault(tmp_path, server.url, tgz, "3.11.4")
    assert server.ranges == [] and tree(tmp_path) == set()
