"""python -m helpers.sample, in this process: what it draws, says, writes and refuses."""

import re
import shutil

import numpy as np
import pytest
import torch
from lfw_fixtures import check_message
from picture_files import save_pictures
from PIL import Image
from sklearn.mixture import GaussianMixture
from small_runs import SMALL, trained

from helpers import faults, sample, train
from helpers.engine import checkpoints
from helpers.engine.codes import decode, draw_codes, fit_density, training_codes
from helpers.engine.runs import open_run
from helpers.messages import CourseError

WAYS = [("autoencoder", "gaussian"), ("autoencoder", "mixture"), ("recipe", "gaussian"),
        ("recipe", "mixture"), ("vae", "prior"), ("vae", "gaussian"), ("vae", "mixture")]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder with a run of each model, 160 pictures for training and 32 for testing."""
    folder = tmp_path_factory.mktemp("runs")
    for model in ("autoencoder", "recipe", "vae"):
        trained(folder / model, model)
    return folder


@pytest.fixture
def mine(runs, tmp_path):
    """A copy of a run that a test may spoil."""
    return shutil.copytree(runs / "recipe", tmp_path / "mine")


def run(folder, out, *options):
    return sample.main(["--run", str(folder), "--out", str(out), *options])


def opened(folder):
    return open_run(folder, None, sample.LEAST)


def pixels(out):
    """The new pictures that were written to a folder, (N, H, W, C)."""
    return np.stack([np.asarray(Image.open(path)) for path in sorted(out.glob("[0-9]*.png"))])


def judged(printed):
    """{judge: ((value, low, high) or (value,) of the new ones, and of the real ones)}."""
    number = r"(-?\d+\.\d+)(?: \((\S+) to (\S+)\))?"
    return {name: (tuple(float(part) for part in parts[:3] if part),
                   tuple(float(part) for part in parts[3:] if part))
            for name, *parts in re.findall(
                rf"^([\w^ ]+?) +{number} +{number}$", printed, re.MULTILINE)}


# --- what it draws and writes --------------------------------------------------------------------

@pytest.mark.parametrize(("model", "codes"), WAYS)
def test_it_draws_pictures_a_sheet_and_judges(model, codes, runs, tmp_path, capsys):
    out = tmp_path / "new" / "folder"
    assert run(runs / model, out, "--codes", codes, "--n", "20") == 0
    assert sorted(path.name for path in out.iterdir()) == [
        *(f"{i:02}.png" for i in range(1, 21)), "sheet.png"]
    assert pixels(out).shape == (20, 16, 16, 3) and pixels(out).dtype == np.uint8
    assert len(np.unique(pixels(out), axis=0)) == 20, "no two are the same"
    with Image.open(out / "sheet.png") as sheet:  # 2 rows of 10, and 2 of the nearest
        assert (sheet.format, sheet.size) == ("PNG", (10 * 132 + 4, 2 * (2 * 132 + 24)))
    printed = capsys.readouterr().out
    found = judged(printed)
    assert list(found) == ["precision", "recall", "accuracy", "MMD^2", "copy ratio"]
    for name in ("precision", "recall", "accuracy"):
        for value, low, high in found[name]:
            assert 0 <= low <= value <= high <= 1
    for (value,) in found["MMD^2"]:
        assert -0.2 < value < 2
    for (value,) in found["copy ratio"]:
        assert 0.1 < value < 2
    assert f"model {model}" in printed and "到目前為止訓練了2輪又0步" in printed
    for name in ("precision", "recall", "accuracy", "MMD^2", "copy ratio"):
        lines = re.findall(rf"^{re.escape(name)}(?:，\w+)?[：:] ?.+$", printed, re.MULTILINE)
        assert len(lines) == 2 and re.search("[\u4e00-\u9fff]", lines[0]), name


@pytest.mark.parametrize(("model", "codes"), WAYS)
def test_a_seed_decides(model, codes, runs, tmp_path):
    for name, seed in (("a", "5"), ("same", "5"), ("other", "6")):
        options = "--codes", codes, "--n", "16", "--seed", seed
        assert run(runs / model, tmp_path / name, *options) == 0
    one, same, other = (pixels(tmp_path / name) for name in ("a", "same", "other"))
    assert (one == same).all()
    assert not any((x == y).all() for x in one for y in other)
    assert ((tmp_path / "a" / "sheet.png").read_bytes()
            == (tmp_path / "same" / "sheet.png").read_bytes())


@pytest.mark.parametrize(("model", "codes"), WAYS)
def test_a_low_temperature_gives_less_variety(model, codes, runs):
    usual, low = (sample.new_pictures(opened(runs / model), codes, 32, temperature) / 255
                  for temperature in (1.0, 0.1))
    assert low.var(0).mean() < 0.1 * usual.var(0).mean()
    assert (low.mean(0) - usual.mean(0)).abs().mean() < 0.1, "about the same mean"


def test_more_than_there_are_for_testing_cannot_be_judged(runs, tmp_path, capsys):
    assert run(runs / "vae", tmp_path / "new") == 0
    assert len(pixels(tmp_path / "new")) == 32
    printed = capsys.readouterr().out
    assert "Only 32 pictures are drawn, not 400" in printed and "只畫32張，不是400張" in printed
    assert "what judges say of training pictures in their place" in printed


def test_real_ones_are_test_pictures_where_there_are_enough(runs, tmp_path, capsys):
    assert run(runs / "vae", tmp_path / "new", "--n", "16") == 0
    printed = capsys.readouterr().out
    assert "what judges say of other test pictures" in printed and "Only" not in printed


def test_it_gives_way_to_other_programs(runs, tmp_path, monkeypatch):
    looks = []
    monkeypatch.setattr(sample, "share_cores", lambda: True)
    monkeypatch.setattr(sample.CoreWatch, "look", lambda self: looks.append(1))
    assert run(runs / "recipe", tmp_path / "new", "--n", "16") == 0
    assert len(looks) == 160 / 32 + 1  # batches of training pictures, and of new ones


# --- codes ---------------------------------------------------------------------------------------

def some_codes(m, z, seed=0):
    return torch.randn(m, z, generator=torch.Generator().manual_seed(seed))


def test_a_gaussian_has_the_mean_and_the_covariance_of_the_codes():
    mix = torch.tensor([[2.0, 0, 0], [1, 0.5, 0], [0, 0, 0.1]])
    codes = some_codes(2000, 3) @ mix.T + torch.tensor([1.0, -2, 3])
    drawn = draw_codes(fit_density(codes, "gaussian"), 20_000)
    assert torch.allclose(drawn.mean(0), codes.mean(0), atol=0.05)
    assert torch.allclose(torch.cov(drawn.T), torch.cov(codes.T), atol=0.15)
    half = draw_codes(fit_density(codes, "gaussian"), 20_000, temperature=0.5)
    assert torch.allclose(half.mean(0), codes.mean(0), atol=0.05)
    assert torch.allclose(torch.cov(half.T), 0.25 * torch.cov(codes.T), atol=0.05)


def test_a_mixture_has_as_many_components_as_codes_that_were_left_out_ask_for():
    codes = some_codes(1000, 2)
    assert fit_density(codes, "mixture")[1].n_components <= 2, "of up to 80"
    codes += 20 * (torch.arange(1000) % 5)[:, None]
    assert fit_density(codes, "mixture")[1].n_components == 5
    assert fit_density(codes, "gaussian")[1].n_components == 1
    drawn = draw_codes(fit_density(codes, "mixture"), 200)
    assert ((drawn + 10) % 20 - 10).abs().max() < 6, "nothing between the five"
    component = (drawn[:, 0] / 20).round()
    assert (component[1:] != component[:-1]).sum() > 100, "not one component after the other"


def test_no_component_has_fewer_codes_than_numbers(monkeypatch):
    tried = []

    def mixture(count, **options):
        tried.append(count)
        return GaussianMixture(count, **options)

    monkeypatch.setattr("helpers.engine.codes.GaussianMixture", mixture)
    fit_density(some_codes(130, 10), "mixture")  # 104 of them to fit to
    assert tried[:-1] == [1, 2, 5, 10]
    fit_density(some_codes(16, 10), "mixture")


@pytest.mark.parametrize(("m", "z", "kept"), [
    (50, 200, 24), (300, 200, 64), (300, 65, 64), (300, 64, None), (16, 512, 7)])
def test_what_the_components_leave_out_is_not_drawn(m, z, kept):
    codes = some_codes(m, z)
    pca, mixture = density = fit_density(codes, "gaussian")
    assert (pca is None) == (kept is None)
    drawn = draw_codes(density, 500)
    assert drawn.shape == (500, z)
    assert torch.linalg.matrix_rank(drawn - codes.mean(0), rtol=1e-4) == (kept or z)
    if kept:
        assert kept < m / 2 and torch.allclose(
            drawn.var(0).sum(), codes.var(0).sum() * pca.explained_variance_ratio_.sum(), rtol=0.15)


def test_codes_of_lesson_01_are_never_negative(runs):
    z = some_codes(4, 512)
    for model, same in (("autoencoder", True), ("recipe", False)):
        opened_model = opened(runs / model).model
        x, y = decode(opened_model, z, 16), decode(opened_model, z.clamp(min=0), 16)
        assert x.shape == (4, 3, 16, 16) and torch.equal(x, y) == same


def test_codes_of_a_vae_are_drawn_from_q_and_are_the_same_every_time(runs):
    vae = opened(runs / "vae")
    x = vae.train.read(torch.arange(160))
    with torch.no_grad():
        mu, logvar = vae.model.encode(x)
    codes = training_codes(vae.model, vae.train, lambda: None)
    off = (codes - mu) / (0.5 * logvar).exp()
    assert 0.9 < off.std() < 1.1, "not the means"
    assert torch.equal(codes, training_codes(vae.model, vae.train, lambda: None))


def test_codes_of_the_others_are_those_that_are_decoded(runs):
    recipe = opened(runs / "recipe")
    x = recipe.train.read(torch.arange(160))
    codes = training_codes(recipe.model, recipe.train, lambda: None)
    with torch.no_grad():
        assert torch.allclose(decode(recipe.model, codes, 16), recipe.model(x), atol=1e-5)


def test_of_very_many_pictures_some_are_encoded(runs, monkeypatch):
    recipe = opened(runs / "recipe")
    everything = training_codes(recipe.model, recipe.train, lambda: None)
    monkeypatch.setattr("helpers.engine.codes.CODES", 40)
    some = training_codes(recipe.model, recipe.train, lambda: None)
    assert len(some) == 40 and torch.allclose(some[-1], everything[-1], atol=1e-5)
    monkeypatch.setattr("helpers.engine.codes.NUMBERS", 30 * 512)
    assert len(training_codes(recipe.model, recipe.train, lambda: None)) == 30


# --- judges --------------------------------------------------------------------------------------

def test_copies_are_known(runs):
    """Whichever training pictures they are of."""
    vae = opened(runs / "vae")
    for start in (0, 100, 128):
        drawn, real = sample.judge(vae.train.read(torch.arange(start, start + 32)), vae)
        assert drawn["copy ratio"] < 0.05 and 0.6 < real["copy ratio"] < 1.2
    drawn, _ = sample.judge(vae.test.read(torch.arange(32)), vae)
    assert drawn["copy ratio"] > 0.3, "half of them are those they are held against"


def test_real_pictures_please_the_judges_and_others_do_not(runs):
    vae = opened(runs / "vae")
    _, real = sample.judge(vae.train.read(torch.arange(32)), vae)
    noise, _ = sample.judge(torch.rand(32, 3, 16, 16, generator=torch.manual_seed(0)), vae)
    assert real["precision"].value > 0.6 and real["recall"].value > 0.6
    assert real["accuracy"].low < 0.5 < real["accuracy"].high and abs(real["MMD^2"]) < 0.03
    assert noise["precision"].value == 0 and noise["MMD^2"] > 0.1
    turned, _ = sample.judge(vae.test.read(torch.arange(32)).flip(2), vae)
    assert turned["accuracy"].value > 0.9


def test_the_nearest_training_picture_is_found(runs, monkeypatch):
    monkeypatch.setattr("helpers.engine.runs.block_length", lambda size: 7)  # many batches
    vae = opened(runs / "vae")
    rows = torch.tensor([159, 3, 77, 3])
    x = vae.train.read(rows)
    assert torch.equal(sample.nearest((x + 0.02).clamp(0, 1), vae.train), x)


def test_the_sheet_has_the_nearest_below_each_new_picture():
    new, near = (torch.full((13, 3, 64, 64), value, dtype=torch.uint8) for value in (10, 90))
    new[12], near[12] = 20, 70
    sheet = sample.contact_sheet(new, near)
    step, high = 2 * 64 + 4, 2 * (2 * 64 + 4) + 24
    assert sheet.shape == (2 * high, 10 * step + 4, 3)
    for row, column, value, below in ((0, 9, 10, 90), (high, 2, 20, 70)):
        top, left = row + 4, column * step + 4
        assert (sheet[top:top + 128, left:left + 128] == value).all()
        assert (sheet[top + step + 4:top + step + 128, left:left + 128] == below).all()
        assert (sheet[top + step + 2, left] == 128).all() and (sheet[top - 1, left] == 255).all()
    assert (sheet[high + 4:high + step, 3 * step + 4:] == 255).all(), "nothing beside the last"


# --- what it refuses -----------------------------------------------------------------------------

def refused(folder, out, capsys, *needed, options=(), code=1):
    """That it ends in a sentence in both languages, and writes nothing."""
    assert run(folder, out, *options) == code
    said = capsys.readouterr().err
    check_message(said, *needed)
    assert "Traceback" not in said and not out.exists()
    return said


def spoil(folder, **changes):
    """Writes the checkpoint of a run with other parts; None takes a part away."""
    path = folder / "checkpoint.pt"
    parts = checkpoints.load(path) | changes
    checkpoints.save(path, **{name: part for name, part in parts.items() if part is not None})


def test_there_must_be_a_run(tmp_path, capsys):
    refused(tmp_path / "nowhere", tmp_path / "new", capsys, tmp_path / "nowhere", "--run")
    (tmp_path / "empty").mkdir()
    refused(tmp_path / "empty", tmp_path / "new", capsys, tmp_path / "empty", "checkpoint.pt")


@pytest.mark.parametrize("damage", [lambda whole: whole[:len(whole) // 2], lambda whole: b"",
                                    lambda whole: b"some text"])
def test_a_damaged_checkpoint_is_called_that(damage, mine, tmp_path, capsys):
    path = mine / "checkpoint.pt"
    path.write_bytes(damage(path.read_bytes()))
    assert "is damaged" in refused(mine, tmp_path / "new", capsys, path)


def test_a_model_that_is_not_known_is_named(mine, tmp_path, capsys):
    spoil(mine, about=checkpoints.load(mine / "checkpoint.pt")["about"] | {"model": "gan"})
    refused(mine, tmp_path / "new", capsys, "gan", "recipe", mine / "checkpoint.pt")


def test_a_model_of_another_shape_is_named(mine, tmp_path, capsys):
    spoil(mine, about=checkpoints.load(mine / "checkpoint.pt")["about"] | {"code": 256})
    refused(mine, tmp_path / "new", capsys, mine / "checkpoint.pt", "encoder.")


def test_a_checkpoint_that_does_not_say_enough_is_completed_by_training_again(
        mine, tmp_path, capsys):
    """As version 1.2 wrote them: of the options it kept the training's only."""
    spoil(mine, about=None)
    path, before = mine / "checkpoint.pt", checkpoints.load(mine / "checkpoint.pt")
    refused(mine, tmp_path / "new", capsys, path, "model, code, size, data")
    said = refused(mine, tmp_path / "new", capsys, options=("--data", "drawn:160"))
    assert "model, code, size." in said
    trained(mine)
    assert "epoch" not in capsys.readouterr().out.splitlines()[-1], "nothing is trained again"
    after = checkpoints.load(path)
    assert all(torch.equal(after["model"][name], x) for name, x in before["model"].items())
    assert after["history"] == before["history"] and after["epoch"] == before["epoch"]
    assert after["about"] == {"model": "recipe", "code": 512, "size": 16, "data": "drawn:160"}
    assert run(mine, tmp_path / "new", "--n", "16") == 0


def test_a_checkpoint_that_does_not_say_where_its_pictures_are_is_told(mine, tmp_path, capsys):
    about = checkpoints.load(mine / "checkpoint.pt")["about"]
    del about["data"]
    spoil(mine, about=about)
    refused(mine, tmp_path / "new", capsys, "data", mine / "checkpoint.pt")
    assert run(mine, tmp_path / "new", "--n", "16", "--data", "drawn:160") == 0


def test_other_pictures_are_refused(runs, tmp_path, capsys):
    refused(runs / "recipe", tmp_path / "new", capsys, "drawn:161", options=("--data", "drawn:161"))
    refused(runs / "recipe", tmp_path / "new", capsys, "nowhere", options=("--data", "nowhere"))


def test_too_few_pictures_are_counted(tmp_path, capsys):
    trained(tmp_path / "few", "vae", "drawn:75")
    refused(tmp_path / "few", tmp_path / "new", capsys, "drawn:75", "16", "75", "15")


@pytest.mark.parametrize("model", ["autoencoder", "recipe"])
def test_only_a_vae_has_a_prior(model, runs, tmp_path, capsys):
    refused(runs / model, tmp_path / "new", capsys, "prior", "vae", options=("--codes", "prior"))


def test_nothing_is_overwritten(runs, tmp_path, capsys):
    out = tmp_path / "full"
    out.mkdir()
    (out / "01.png").write_text("mine")
    assert run(runs / "vae", out, "--n", "16") == 1
    check_message(capsys.readouterr().err, out, "--out")
    assert [path.read_text() for path in out.iterdir()] == ["mine"]
    (out / "01.png").unlink()
    assert run(runs / "vae", out, "--n", "16") == 0, "an empty folder will do"


@pytest.mark.parametrize("place", ["taken", "taken/below"])
def test_an_out_that_cannot_be_written_is_named(place, runs, tmp_path, capsys):
    (tmp_path / "taken").write_text("mine")
    assert run(runs / "vae", tmp_path / place, "--n", "16") == 1
    check_message(capsys.readouterr().err, tmp_path / place, "--out")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    assert (tmp_path / "taken").read_text() == "mine"


def test_an_out_without_permission_is_named(runs, tmp_path, monkeypatch, capsys):
    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "new").mkdir()
    monkeypatch.setattr("tempfile.TemporaryFile", denied)
    assert run(runs / "vae", tmp_path / "new", "--n", "16") == 1
    check_message(capsys.readouterr().err, tmp_path / "new", "Permission denied")
    assert not list((tmp_path / "new").iterdir())


@pytest.mark.parametrize(("option", "value"), [
    ("--n", "15"), ("--n", "many"), ("--temperature", "0"), ("--temperature", "nan"),
    ("--temperature", "inf"), ("--seed", "-1")])
def test_numbers_that_cannot_work_are_refused(option, value, runs, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        run(runs / "vae", tmp_path / "new", option, value)
    assert ended.value.code == 2 and not (tmp_path / "new").exists()
    said = capsys.readouterr().err
    assert f"Argument {option} got '{value}'; it takes: " in said and "它只接受" in said


def test_an_empty_data_and_unknown_codes_are_refused(runs, tmp_path, capsys):
    for options in (("--data", " "), ("--codes", "guessed")):
        with pytest.raises(SystemExit) as ended:
            run(runs / "vae", tmp_path / "new", *options)
        assert ended.value.code == 2 and options[0] in capsys.readouterr().err


def test_what_nobody_foresaw_ends_in_a_sentence(runs, tmp_path, monkeypatch, capsys):
    def broken(*_, **__):
        raise KeyError("surprise")

    monkeypatch.setattr(faults, "ROOT", tmp_path)
    monkeypatch.setattr(sample, "judge", broken)
    assert run(runs / "vae", tmp_path / "new", "--n", "16") == 1
    check_message(capsys.readouterr().err, "surprise", "error.log")
    assert not list((tmp_path / "new").iterdir()), "pictures are written with their judges only"


def test_ctrl_c_is_no_traceback(runs, tmp_path, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(sample, "open_run", interrupted)
    assert run(runs / "vae", tmp_path / "new") == 130
    assert "Stopped." in capsys.readouterr().out


# --- any stage, any place ------------------------------------------------------------------------

def test_a_training_that_is_not_finished_says_where_it_is(tmp_path, monkeypatch, capsys):
    steps, step = [], train.loop.step

    def interrupted(*arguments):
        steps.append(1)
        if len(steps) == 16:  # of 10 an epoch
            raise KeyboardInterrupt
        return step(*arguments)

    monkeypatch.setattr(train.loop, "step", interrupted)
    options = [*SMALL, "--data", "drawn:160", "--model", "recipe", "--every", "4"]
    assert train.main([*options, "--out", str(tmp_path / "mine")]) == 130
    assert run(tmp_path / "mine", tmp_path / "new", "--n", "16") == 0
    printed = capsys.readouterr().out
    assert "epochs 1, and 4 steps" in printed and "1輪又4步" in printed


def test_pictures_of_a_folder_are_found_from_anywhere_and_when_they_have_moved(
        tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("helpers.engine.store.ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    for split in ("train", "test"):
        save_pictures(tmp_path / "mine" / split, 20, first=20 * (split == "test"))
    trained(tmp_path / "run", "vae", "mine")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert run(tmp_path / "run", tmp_path / "one", "--n", "16") == 0
    (tmp_path / "mine").rename(tmp_path / "moved")
    capsys.readouterr()
    refused(tmp_path / "run", tmp_path / "two", capsys, tmp_path / "mine", "--data")
    assert run(tmp_path / "run", tmp_path / "two", "--n", "16", "--data", "../moved") == 0
    trained(tmp_path / "run", "vae", "../moved")
    assert run(tmp_path / "run", tmp_path / "three", "--n", "16") == 0
    one, two, three = (pixels(tmp_path / name) for name in ("one", "two", "three"))
    assert (one == two).all() and (one == three).all()


def test_a_run_needs_no_least_number_where_nobody_asks_for_one(tmp_path):
    trained(tmp_path / "few", "vae", "drawn:75")
    assert len(open_run(tmp_path / "few").test.dataset) == 15
    with pytest.raises(CourseError):
        open_run(tmp_path / "few", None, 16)


def test_help_speaks_both_languages(capsys):
    with pytest.raises(SystemExit) as ended:
        sample.main(["--help"])
    printed = capsys.readouterr().out
    assert ended.value.code == 0 and "先驗" in printed and "the codes of the training" in printed
