"""python -m helpers.score, in this process: what it finds, writes, says and refuses."""

import base64
import csv
import errno
import html
import io
import os
import re
import shutil
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
from lfw_fixtures import check_message
from picture_files import save_picture
from PIL import Image
from small_runs import trained

from helpers import faults, score
from helpers.engine.alarm import LEAST, Alarm, expected_alarms
from helpers.engine.codes import encode, mean_codes
from helpers.engine.decode import decode
from helpers.engine.runs import open_run
from helpers.faces import draw_faces, sample_factors

MODELS = ("autoencoder", "recipe", "vae")
ODD = ["a,b.png", 'so "called".png', "two\nlines.png", "three\rlines.png", "=1+1.png", "-1.png",
       "@sum.png", "＝1.png", "<b>&'\"<script>.png", "自拍.png", "caf\udce9.png", " .png"]


def faces(n, seed=1, size=16):
    """Drawn faces of people whom no run has seen, (n, size, size, 3) uint8."""
    return draw_faces(sample_factors(n, "test", seed)[0], size)


def save(folder, pictures):
    folder.mkdir(parents=True, exist_ok=True)
    for i, pixels in enumerate(pictures):
        Image.fromarray(pixels).save(folder / f"{i:03}.png")
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder with a run of each model, 400 pictures for training and 80 for testing."""
    folder = tmp_path_factory.mktemp("runs")
    for model in MODELS:
        trained(folder / model, model, "drawn:400")
    return folder


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """60 normal faces, 10 blank pictures in their mean colours, 10 of noise."""
    folder, random = tmp_path_factory.mktemp("mixed"), np.random.default_rng(0)
    normal = faces(60)
    save(folder / "normal", normal)
    colours = normal[::6].mean((1, 2), keepdims=True).astype(np.uint8)
    save(folder / "blank", np.broadcast_to(colours, (10, 16, 16, 3)).copy())
    save(folder / "noise", random.integers(0, 256, (10, 16, 16, 3), np.uint8))
    return folder


def run(folder, data, out, *options):
    return score.main(["--run", str(folder), "--data", str(data), "--out", str(out), *options])


def lines(out):
    """The lines of scores.csv, as dicts."""
    with open(out / "scores.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class Page(HTMLParser):
    """What a page holds; every tag that is opened is closed, in order."""

    def __init__(self, out):
        super().__init__()
        self.open, self.tags, self.pictures, self.words = [], [], [], []
        self.text = (out / "index.html").read_text(encoding="utf-8")
        self.feed(self.text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "input"):
            self.open.append(tag)
        if tag == "img":
            self.pictures.append(dict(attrs))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def files(self):
        """The names below the pictures, in order."""
        return [html.unescape(name) for name in re.findall('<p class="file">(.*)</p>', self.text)]


def pixels_of(attrs):
    kind, data = attrs["src"].split(",", 1)
    assert kind == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))


# --- what it finds -------------------------------------------------------------------------------

@pytest.mark.parametrize("model", MODELS)
def test_blank_pictures_and_noise_are_less_normal_than_faces(model, runs, mixed, tmp_path, capsys):
    out = tmp_path / "new" / "folder"
    assert run(runs / model, mixed, out) == 0
    found = lines(out)
    assert list(found[0]) == ["file", "score", "p_value", "error", "variation", "code", "left_out"]
    assert len({line["file"] for line in found}) == 80
    assert all((mixed / line["file"]).is_file() and not line["left_out"] for line in found)
    scores = [float(line["score"]) for line in found]
    assert scores == sorted(scores, reverse=True) and scores[-1] >= 0
    p = [float(line["p_value"]) for line in found]
    assert p == sorted(p) and p[0] == pytest.approx(1 / 41, rel=1e-4) and p[-1] <= 1
    kinds = [line["file"].partition("/")[0] for line in found]
    assert set(kinds[:20]) == {"blank", "noise"}
    assert sum(p[i] <= 0.05 for i, kind in enumerate(kinds) if kind == "normal") <= 15
    errors = {kind: np.median([float(line["error"]) for line in found if kind in line["file"]])
              for kind in ("blank", "normal", "noise")}
    assert errors["blank"] < errors["normal"] < errors["noise"], "too easy, and too hard"
    printed = capsys.readouterr().out
    assert "1/41 = 0.0244" in printed and "most normal" in printed and kinds[0] in printed
    alarms = sum(value <= 0.05 for value in p)
    assert f"{alarms} of 80 pictures" in printed and f"80張裡有{alarms}張" in printed


def test_normal_faces_raise_about_as_many_alarms_as_was_said(runs, tmp_path, capsys):
    """A person has four pictures, which resemble each other: a quarter of them count."""
    save(tmp_path / "in", faces(240, seed=7))
    assert run(runs / "recipe", tmp_path / "in", tmp_path / "out", "--alarms", "0.2") == 0
    alarms = sum(float(line["p_value"]) <= 0.2 for line in lines(tmp_path / "out"))
    said = re.search(r"be ([\d.]+) on average, and (\d+) to (\d+)", capsys.readouterr().out)
    expected, low, high = map(float, said.groups())
    assert expected == pytest.approx(240 * 8 / 41, abs=0.1) and low < expected < high
    _, low, high = expected_alarms(60, 0.2, 10)
    assert 4 * low <= alarms <= 4 * high


def test_the_same_bytes_every_time_and_other_halves_for_another_seed(runs, mixed, tmp_path):
    for name, seed in (("a", "3"), ("same", "3"), ("other", "4")):
        torch.manual_seed(len(name))  # of nothing here
        assert run(runs / "vae", mixed, tmp_path / name, "--seed", seed) == 0
    for file in ("scores.csv", "index.html"):
        one, same, other = ((tmp_path / name / file).read_bytes()
                            for name in ("a", "same", "other"))
        assert one == same and one != other
    numbers = [{line["file"]: (line["error"], line["variation"], line["code"]) for line in lines(
        tmp_path / name)} for name in ("a", "other")]
    assert numbers[0] == numbers[1], "a seed changes what is normal, not the pictures"


def test_a_code_of_a_vae_is_its_mean_and_others_are_as_they_are(runs):
    vae, recipe = (open_run(runs / model) for model in ("vae", "recipe"))
    x = vae.test.read(torch.arange(8))
    assert torch.equal(mean_codes(vae.model, x), vae.model.encode(x)[0])
    assert not torch.equal(mean_codes(vae.model, x), encode(vae.model, x))
    assert torch.equal(mean_codes(recipe.model, x), encode(recipe.model, x))


def test_the_halves_of_the_test_pictures_share_nothing(runs, monkeypatch):
    opened, seen = open_run(runs / "recipe"), []
    monkeypatch.setattr("helpers.engine.alarm.fit_score", lambda known: seen.append(known)
                        or (lambda numbers: seen.append(numbers) or numbers[:, 0]))
    alarm = Alarm(opened)
    known, others = seen
    assert len(known) == len(others) == len(alarm.held_out) == 40
    assert len(np.unique(np.concatenate(seen)[:, 2].round(6))) == 80


def test_it_gives_way_to_other_programs(runs, mixed, tmp_path, monkeypatch):
    looks = []
    monkeypatch.setattr(score, "share_cores", lambda: True)
    monkeypatch.setattr(score.CoreWatch, "look", lambda self: looks.append(1))
    assert run(runs / "recipe", mixed, tmp_path / "out") == 0
    assert len(looks) == 13 + 3 + 3  # batches for training, for testing, and to score


# --- which files ---------------------------------------------------------------------------------

def test_folders_for_training_and_testing_are_scored_as_any_others(runs, tmp_path):
    pictures = faces(8)
    for i, inside in enumerate(("train", "test", "train/deep/deeper", ".")):
        save(tmp_path / "in" / inside, pictures[2 * i : 2 * i + 2])
    shutil.copy(tmp_path / "in" / "train" / "000.png", tmp_path / "in" / "copy.png")
    assert run(runs / "recipe", tmp_path / "in", tmp_path / "out") == 0
    found = {line["file"]: line["score"] for line in lines(tmp_path / "out")}
    assert len(found) == 9 and "train/deep/deeper/001.png" in found
    assert found["copy.png"] == found["train/000.png"]


def test_pictures_of_any_size_and_kind_are_decoded_as_in_training(runs, tmp_path):
    folder = tmp_path / "in"
    large = Image.fromarray(faces(1, size=64)[0])
    folder.mkdir()
    large.save(folder / "large.png")
    large.convert("L").save(folder / "grey.png")
    large.convert("P").save(folder / "palette.gif")
    large.crop((0, 0, 64, 40)).save(folder / "wide.bmp")
    large.convert("RGBA").save(folder / "clear.webp", lossless=True)
    assert run(runs / "recipe", folder, tmp_path / "out") == 0
    alarm = Alarm(open_run(runs / "recipe"))
    found = lines(tmp_path / "out")
    assert len(found) == 5
    for line in found:
        x = torch.from_numpy(decode(folder / line["file"], 16).copy()).permute(2, 0, 1)[None] / 255
        numbers, _ = alarm.measure(x)
        assert [float(line[name]) for name in ("error", "variation", "code")] == pytest.approx(
            numbers[0].tolist(), rel=1e-3)
        assert float(line["score"]) == pytest.approx(alarm.score(numbers)[0], rel=1e-3)


def test_more_pictures_than_a_block_are_the_same(runs, mixed, tmp_path, monkeypatch):
    assert run(runs / "recipe", mixed, tmp_path / "one") == 0
    monkeypatch.setattr("helpers.engine.decode.block_length", lambda size: 7)
    assert run(runs / "recipe", mixed, tmp_path / "many") == 0
    one, many = lines(tmp_path / "one"), lines(tmp_path / "many")
    assert {line["file"] for line in one} == {line["file"] for line in many}
    for a, b in zip(one, many, strict=True):
        assert float(a["score"]) == pytest.approx(float(b["score"]), rel=1e-3)


def test_what_cannot_be_scored_is_listed_and_said(runs, tmp_path, capsys):
    folder = save(tmp_path / "in", faces(3))
    whole = (folder / "000.png").read_bytes()
    (folder / "cut.png").write_bytes(whole[: len(whole) // 2])
    (folder / "=empty.png").write_bytes(b"")
    (folder / "text.jpg").write_text("no picture")
    (folder / "notes.txt").write_text("not counted as a picture")
    (folder / ".hidden.png").write_bytes(whole)
    assert run(runs / "recipe", folder, tmp_path / "out") == 0
    found = lines(tmp_path / "out")
    assert [bool(line["score"]) for line in found] == [True] * 3 + [False] * 4
    assert {line["file"]: line["left_out"] for line in found[3:]} == {
        "cut.png": "damaged", "./=empty.png": "empty", "text.jpg": "no_picture",
        ".hidden.png": "hidden"}
    assert all(line["p_value"] == line["code"] == "" for line in found[3:])
    printed = capsys.readouterr().out
    for words in ("cut.png", "已經損壞的1個", "1 damaged", ".txt", "pictures scored: 3"):
        assert words in printed


@pytest.fixture
def odd(tmp_path):
    """A folder of pictures with names that mean something to a spreadsheet, a page, a console."""
    folder = tmp_path / "<i>odd & odder"
    for i, name in enumerate(ODD):
        try:
            save_picture(folder / name, i, (16, 16))
        except OSError:  # this system has no such names
            pytest.skip(f"no file can be called {name!r}")
    return folder


def test_odd_names_stay_whole_and_do_no_harm(odd, runs, tmp_path, capsys):
    assert run(runs / "recipe", odd, tmp_path / "out") == 0
    raw = (tmp_path / "out" / "scores.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbffile,score,p_value") and raw.decode("utf-8")
    found = [line["file"] for line in lines(tmp_path / "out")]
    assert len(found) == len(ODD) and not any(name.startswith(tuple("=+-@＝")) for name in found)
    named = [name for name in found if (odd / name).is_file()]  # ./=1+1.png is the file itself
    assert sorted({*found} - {*named}) == ["caf\\udce9.png"], "no text is of that encoding"
    page = Page(tmp_path / "out")
    assert {tag for tag, _ in page.tags}.isdisjoint({"b", "i", "script"})
    shown = page.files()
    assert sorted(shown) == sorted(re.sub("[\udce9\n\r]", "?", name) for name in ODD)
    assert "&lt;i&gt;odd &amp; odder" in page.text
    assert len(capsys.readouterr().out.splitlines()) < 30, "no name breaks a line"


# --- the page ------------------------------------------------------------------------------------

def test_the_page_needs_nothing_else_and_tells_everything(runs, mixed, tmp_path):
    assert run(runs / "recipe", mixed, tmp_path / "out") == 0
    page, found = Page(tmp_path / "out"), lines(tmp_path / "out")
    assert page.tags[0] == ("html", {"lang": "zh-Hant"})
    assert not re.search(r"https?:|//|@import|url\(", page.text.split("</style>")[0])
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "iframe", "a", "object"})
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    names = [line["file"] for line in found]
    assert page.files() == names[:20] + names[:-21:-1]
    assert len(page.pictures) == 1 + 3 * 40
    for attrs in page.pictures:
        assert re.search("[\u4e00-\u9fff]", attrs["alt"]) and re.search("[a-z]", attrs["alt"])
    for name, (x, x_hat, error) in zip(page.files(), zip(*[iter(page.pictures[1:])] * 3,
                                                         strict=True), strict=True):
        assert x["alt"].endswith(name) and error["alt"] != x_hat["alt"] != x["alt"]
        assert np.array_equal(pixels_of(x), np.asarray(Image.open(mixed / name)))
        assert pixels_of(x_hat).shape == pixels_of(error).shape == (16, 16, 3)
    said = " ".join(page.words)
    for text in ("異常檢測：", "Anomaly detection:", "1/41 = 0.0244", "p = 0.0244", "警報", "alarm",
                 f"{float(found[0]['score']):.2f}", "0.05", " or more"):
        assert text in said
    alarms = sum(float(line["p_value"]) <= 0.05 for line in found[:20] + found[-20:])
    assert page.text.count('<li class="alarm">') == alarms
    assert {"pick-zh", "pick-en", "pick-both"} <= {attrs.get("id") for _, attrs in page.tags}


@pytest.mark.parametrize(("n", "least", "most"), [(1, 1, 0), (20, 20, 0), (27, 20, 7)])
def test_few_pictures_are_shown_once(n, least, most, runs, tmp_path):
    save(tmp_path / "in", faces(n))
    assert run(runs / "recipe", tmp_path / "in", tmp_path / "out") == 0
    names = [line["file"] for line in lines(tmp_path / "out")]
    page = Page(tmp_path / "out")
    assert page.files() == names[:least] + names[least:][::-1] and len(names) == n
    assert page.text.count("<h2>") == 1 + bool(most)


def test_large_pictures_become_smaller_on_the_page():
    x = torch.rand(1, 3, 640, 640, generator=torch.manual_seed(0))
    extremes = score.Extremes(2)
    extremes.add([score.Scored("a.png", 1.0, 0.5, 0, 0, 0)], x, x * 0)
    (item,), most = extremes.shown(1)
    assert item.picture.shape == (3, 256, 256) and item.error.shape == (256, 256) and not most
    assert item.error.mean() == pytest.approx(x.mean().item(), rel=1e-3)


# --- alarms --------------------------------------------------------------------------------------

def test_where_no_alarm_is_possible_it_says_what_would_help(runs, mixed, tmp_path, capsys):
    assert run(runs / "recipe", mixed, tmp_path / "out", "--alarms", "0.01") == 0
    printed = capsys.readouterr().out
    chinese, english = (line for line in printed.splitlines() if "--alarms 0.01" in line)
    for part in ("0.0244", "197", "--alarms"):
        assert part in chinese and part in english
    assert "Alarms (" not in printed and 'class="alarm"' not in Page(tmp_path / "out").text


def test_few_pictures_need_no_warning_of_chance(runs, tmp_path, capsys):
    save(tmp_path / "in", faces(3))
    assert run(runs / "recipe", tmp_path / "in", tmp_path / "one") == 0
    assert "always raise" not in capsys.readouterr().out
    assert run(runs / "recipe", tmp_path / "in", tmp_path / "two", "--alarms", "0.5") == 0
    assert "always raise" in capsys.readouterr().out


@pytest.mark.parametrize(("option", "value"), [
    ("--alarms", "0"), ("--alarms", "1"), ("--alarms", "nan"), ("--alarms", "5%"),
    ("--seed", "-1")])
def test_numbers_that_cannot_work_are_refused(option, value, runs, mixed, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        run(runs / "recipe", mixed, tmp_path / "out", option, value)
    assert ended.value.code == 2 and not (tmp_path / "out").exists()
    said = capsys.readouterr().err
    assert f"Argument {option} got '{value}'; it takes: " in said and "它只接受" in said


# --- what it refuses -----------------------------------------------------------------------------

def refused(folder, data, out, capsys, *needed, options=(), code=1):
    """That it ends in a sentence in both languages, and writes nothing."""
    assert run(folder, data, out, *options) == code
    said = capsys.readouterr().err
    check_message(said, *needed)
    assert "Traceback" not in said and not (out.is_dir() and any(out.iterdir()))
    return said


def test_there_must_be_pictures(runs, tmp_path, capsys):
    data, out = tmp_path / "in", tmp_path / "out"
    refused(runs / "recipe", data, out, capsys, data)
    refused(runs / "recipe", "drawn:400", out, capsys, "drawn:400")
    data.mkdir()
    refused(runs / "recipe", data, out, capsys, data, "JPEG")
    (data / "notes.txt").write_text("no picture")
    refused(runs / "recipe", data, out, capsys, data, ".txt")
    assert not out.exists()
    (data / "a.png").write_text("no picture")
    refused(runs / "recipe", data, out, capsys, data, "a.png", ".txt")


def test_a_folder_has_to_be_named(runs, tmp_path, capsys):
    for options in ([], ["--data", " "]):
        with pytest.raises(SystemExit) as ended:
            score.main(["--run", str(runs / "recipe"), "--out", str(tmp_path / "out"), *options])
        assert ended.value.code == 2 and "--data" in capsys.readouterr().err


def test_there_must_be_a_run(mixed, tmp_path, capsys):
    out = tmp_path / "out"
    refused(tmp_path / "nowhere", mixed, out, capsys, tmp_path / "nowhere", "--run")
    (tmp_path / "run").mkdir()
    refused(tmp_path / "run", mixed, out, capsys, "checkpoint.pt")
    (tmp_path / "run" / "checkpoint.pt").write_bytes(b"some text")
    assert "is damaged" in refused(tmp_path / "run", mixed, out, capsys, "checkpoint.pt")


def test_too_few_held_out_pictures_are_counted(tmp_path, mixed, capsys):
    trained(tmp_path / "few", "vae", "drawn:95")
    refused(tmp_path / "few", mixed, tmp_path / "out", capsys, "drawn:95", LEAST, "19")


def test_pictures_of_the_training_that_moved_are_asked_for(tmp_path, monkeypatch, capsys, mixed):
    monkeypatch.setattr("helpers.engine.store.ROOT", tmp_path)
    for split, first in (("train", 0), ("test", 40)):
        save(tmp_path / "mine" / split, faces(80, seed=2)[first : first + 40])
    trained(tmp_path / "run", "vae", tmp_path / "mine")
    (tmp_path / "mine").rename(tmp_path / "moved")
    capsys.readouterr()
    refused(tmp_path / "run", mixed, tmp_path / "out", capsys, tmp_path / "mine", "--trained-on")
    refused(tmp_path / "run", mixed, tmp_path / "out", capsys, "--trained-on",
            options=("--trained-on", "drawn:400"))
    for wrong in ("drawn:many", "drawn:0"):
        said = refused(tmp_path / "run", mixed, tmp_path / "out", capsys, "--trained-on", wrong,
                       options=("--trained-on", wrong))
        assert "--data" not in said
    moved = "--trained-on", str(tmp_path / "moved")
    assert run(tmp_path / "run", mixed, tmp_path / "out", *moved) == 0
    assert "has seen" not in capsys.readouterr().out
    for name in ("moved", "moved/train", "."):
        assert run(tmp_path / "run", tmp_path / name, tmp_path / f"seen {len(name)}", *moved) == 0
        printed = capsys.readouterr().out
        assert "has seen" in printed and "看過" in printed


def test_drawn_faces_are_in_no_folder(runs, mixed, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(mixed)
    assert run(runs / "recipe", ".", tmp_path / "out") == 0
    assert "has seen" not in capsys.readouterr().out


def test_nothing_is_overwritten(runs, mixed, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "scores.csv").write_text("mine")
    assert run(runs / "recipe", mixed, out) == 1
    check_message(capsys.readouterr().err, out, "--out")
    assert [path.read_text() for path in out.iterdir()] == ["mine"]


def test_a_full_disk_leaves_nothing_half_written(runs, mixed, tmp_path, monkeypatch, capsys):
    right = os.replace

    def replace(source, target):
        if "scores" in str(target):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        return right(source, target)

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(faults, "ROOT", tmp_path)
    refused(runs / "recipe", mixed, tmp_path / "out", capsys, "scores.csv", "error.log", code=1)


def test_ctrl_c_is_no_traceback(runs, mixed, tmp_path, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(score, "score_folder", interrupted)
    assert run(runs / "recipe", mixed, tmp_path / "out") == 130
    assert "Stopped." in capsys.readouterr().out and not list((tmp_path / "out").iterdir())


def test_help_speaks_both_languages(capsys):
    with pytest.raises(SystemExit) as ended:
        score.main(["--help"])
    printed = capsys.readouterr().out
    assert ended.value.code == 0 and "異常檢測" in printed and "--trained-on" in printed
