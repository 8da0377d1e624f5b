"""A study does each experiment once, goes on where it stopped, and says what it measured."""

import functools
import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits
from torch import nn
from torchvision.transforms import ToTensor

from helpers import judges, models, studies
from helpers.anomalies import KINDS, normal_faces, spoil
from helpers.data import stack
from helpers.faces import SyntheticFaces
from helpers.messages import CourseError
from helpers.models import load_weights
from helpers.studies import (
    alarms,
    find_study,
    generators,
    glasses,
    ladder,
    lesson_01,
    lesson_05,
    lesson_06,
    lesson_07,
    lesson_08,
    lesson_10,
    run_study,
    small_nets,
    vaes,
)


class Stopped(Exception):
    pass


@pytest.fixture
def study(monkeypatch, tmp_path):
    """A study of three experiments; `calls` notes those that run, `stop` breaks one off."""
    made = SimpleNamespace(calls=[], stop=None, WEIGHTS={"07_net": "b"})
    made.experiments = lambda faces: {name: {"rate": rate} for name, rate in zip("abc", (1, 2, 3),
                                                                                 strict=True)}
    made.prepare = lambda faces: faces
    made.estimate = lambda shared, settings: 90.0

    def run(shared, settings, watch):
        made.calls.append(settings["rate"])
        watch(1, 2)
        if made.stop == settings["rate"]:
            raise Stopped
        model = nn.Linear(2, 1)
        nn.init.constant_(model.weight, settings["rate"])
        return {"score": 10 * settings["rate"]}, model

    made.run = run
    monkeypatch.setattr(studies, "find_study", lambda number: made)
    monkeypatch.setattr(studies, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(models, "WEIGHTS", tmp_path / "weights")
    return made


def test_it_writes_what_it_measured_with_machine_and_command(study, tmp_path, capsys):
    path = run_study("7", root=tmp_path)
    assert path == tmp_path / "docs" / "studies" / "07.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    assert {name: result["score"] for name, result in found["results"].items()} == {
        "a": 10, "b": 20, "c": 30}
    assert found["command"] == "python -m helpers study 07" and found["faces"] == "synthetic"
    assert {"processor", "threads", "versions", "date", "seconds"} <= set(found)
    assert "[2/3] b" in capsys.readouterr().out
    assert run_study("7", "lfw", root=tmp_path).name == "07_lfw.json"


def test_it_goes_on_where_it_stopped(study, tmp_path):
    study.stop = 2
    with pytest.raises(Stopped):
        run_study("07", root=tmp_path)
    assert not (tmp_path / "docs").exists(), "half a study is no study"
    study.stop = None
    run_study("07", root=tmp_path)
    assert study.calls == [1, 2, 2, 3]


def test_an_experiment_that_changed_is_done_again(study, tmp_path):
    run_study("07", root=tmp_path)
    study.experiments = lambda faces: {"a": {"rate": 5}, "c": {"rate": 3}}
    found = json.loads(run_study("07", root=tmp_path).read_text(encoding="utf-8"))
    assert study.calls == [1, 2, 3, 5] and list(found["results"]) == ["a", "c"]


def test_a_dry_run_says_how_long_and_does_nothing(study, tmp_path, capsys):
    assert run_study("07", dry=True, root=tmp_path) is None
    said = capsys.readouterr().out
    assert "3 of 3 experiments" in said and "4 minutes" in said and study.calls == []
    assert not list(tmp_path.iterdir())


def test_weights_are_small_and_load_as_float32(study, tmp_path):
    run_study("07", root=tmp_path)
    state = load_weights("07_net")
    assert state["weight"].dtype == torch.float32 and state["weight"].tolist() == [[2.0, 2.0]]
    with pytest.raises(ValueError, match="07_net"):
        load_weights("08_net")


def test_photographs_leave_no_weights(study, tmp_path):
    run_study("07", "lfw", root=tmp_path)
    assert not (tmp_path / "weights").exists()


def test_an_unknown_study_is_named_with_those_there_are():
    with pytest.raises(CourseError, match="01"):
        find_study("99")
    assert find_study("1") is lesson_01


def test_lesson_01s_experiments_run_small():
    x = torch.rand(24, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    shared = {"x_train": x, "x_test": x[:8], "people": torch.arange(8) // 2}
    seen = []
    settings = {"kind": "autoencoder", "loss": "mse", "code": 512, "seed": 0, "epochs": 2}
    results, model = lesson_01.run(shared, settings, lambda *step: seen.append(step))
    assert seen == [(1, 2), (2, 2)]
    assert model.get_encoded_output(x[:1]).numel() == 512
    psnr = results["test_psnr"]
    assert psnr["low"] <= psnr["value"] <= psnr["high"] and results["train_psnr"] > 5
    assert lesson_01.estimate(shared, settings) > 0
    again, _ = lesson_01.run(shared, settings, lambda *_: None)
    assert again == results, "the seed decides"


def test_lesson_01s_pca_is_better_with_more_components(monkeypatch):
    monkeypatch.setattr(lesson_01, "COMPONENTS", (2, 4))
    x = torch.from_numpy(np.random.default_rng(0).random((40, 3, 8, 8), np.float32))
    shared = {"x_train": x, "x_test": x[:10], "people": torch.arange(10)}
    found = lesson_01.pca_scores(shared, lambda *_: None)
    assert found["4"]["test_psnr"]["value"] > found["2"]["test_psnr"]["value"]


def test_every_experiment_of_lesson_01_has_a_name_of_its_own():
    assert len(lesson_01.experiments("synthetic")) == 1 + 2 * 2 * 3 * 2
    assert len(lesson_01.experiments("lfw")) == 1 + 2 * 2
    assert set(lesson_01.WEIGHTS.values()) <= set(lesson_01.experiments("synthetic"))


SMALL_05 = {"x_train": torch.rand(20, 3, 64, 64, generator=torch.Generator().manual_seed(0)),
            "x_test": torch.rand(8, 3, 64, 64, generator=torch.Generator().manual_seed(1)),
            "people": torch.arange(8) // 2}


@pytest.mark.parametrize("channels", [128, 8])
def test_the_ends_of_lesson_05s_ladder_are_the_courses_models(channels):
    """No change is lesson 01's model, all changes of the recipe are lesson 05's; with 8 channels,
    too, and the seed gives both the same start."""
    x = torch.rand(2, 3, 64, 64)
    for changes, model in ((), models.Autoencoder), (ladder.RECIPE, models.Recipe):
        torch.manual_seed(5)
        ours = ladder.Network(changes, channels)
        torch.manual_seed(5)
        due = model(channels)
        assert list(ours.state_dict()) == list(due.state_dict())
        assert torch.allclose(ours(x).sigmoid(), due(x), atol=1e-6)


@pytest.mark.parametrize("change", ladder.CHANGES)
def test_every_change_of_the_ladder_changes_something_and_only_that(change):
    torch.manual_seed(0)
    bare, x = ladder.Network(), SMALL_05["x_test"]
    torch.manual_seed(0)
    changed = ladder.Network([change])
    assert changed(x).shape == x.shape
    assert changed.get_encoded_output(x).shape == (8, 128, 8, 8)
    in_training = change in ("logits", "batch", "schedule")
    assert torch.equal(changed(x), bare(x)) is in_training


def test_what_only_concerns_training_is_seen_there():
    x, watch = SMALL_05["x_train"], lambda *_: None
    found = {}
    for change in (None, "batch", "schedule", "logits"):
        torch.manual_seed(0)
        model = ladder.Network()
        ladder.train(model, x, [change], 2, watch)
        found[change] = torch.nn.utils.parameters_to_vector(model.parameters()).detach()
    assert not torch.allclose(found["batch"], found[None], atol=1e-4)
    assert not torch.allclose(found["schedule"], found[None], atol=1e-4)
    assert torch.allclose(found["logits"], found[None], atol=1e-3), "the gradient is the same"


def test_a_lattice_is_found_and_nothing_else():
    x = torch.rand(6, 3, 64, 64, generator=torch.Generator().manual_seed(2))
    noise = 0.1 * torch.randn(6, 3, 64, 64, generator=torch.Generator().manual_seed(3))
    board = torch.tensor([[1.0, -1.0], [-1.0, 1.0]]).repeat(32, 32)
    people = torch.arange(6)
    assert 0.7 < ladder.lattice_energy(x, x + noise, people).value < 1.4
    faces = stack(SyntheticFaces("test", 24, transform=ToTensor()))  # left edges unlike right ones
    for rough in (torch.full_like(faces, 0.5), nn.functional.avg_pool2d(faces, 3, 1, 1)):
        assert ladder.lattice_energy(faces, rough, torch.arange(24) // 4).value < 1.3
    assert ladder.lattice_energy(x, x + noise + 0.02 * board, people).low > 3
    stripes = torch.tensor([1.0, -1.0]).repeat(32)
    for lines in (stripes, stripes[:, None]):
        assert ladder.lattice_energy(x, x + noise + 0.02 * lines, people).low > 3
    of_four = torch.tensor([1.0, 1, -1, -1]).repeat(16)
    assert ladder.lattice_energy(x, x + noise + 0.02 * of_four, people).high < 2


def test_equivariance_is_perfect_for_a_shift_of_a_whole_place_and_for_an_average():
    class Means(nn.Module):
        def get_encoded_output(self, x):
            return nn.functional.avg_pool2d(x, 8)

    x = SMALL_05["x_test"]
    net = ladder.Network()
    assert ladder.equivariance_error(net, x, 8) < 0.05 < ladder.equivariance_error(net, x, 4)
    assert ladder.equivariance_error(Means(), x, 8) < 1e-9
    steps = torch.linspace(0, 1, 64).expand(8, 3, 64, 64) * torch.rand(8, 1, 1, 1)
    assert ladder.equivariance_error(Means(), steps, 3) < 1e-9, "of a ramp, means move evenly"


def test_locally_connected_layers_with_equal_weights_are_convolutions():
    down, up = nn.Conv2d(3, 5, 4, 2, 1), nn.ConvTranspose2d(5, 3, 4, 2, 1)
    own_down, own_up = small_nets.Local(3, 5, 16), small_nets.LocalUp(5, 3, 8)
    x = torch.rand(2, 3, 16, 16)
    with torch.no_grad():
        own_down.weight.copy_(down.weight.flatten(1).T)
        own_down.bias.copy_(down.bias)
        own_up.weight.copy_(up.weight.flatten(1))
        own_up.bias.copy_(up.bias[:, None, None])
        z = down(x)
        assert torch.allclose(own_down(x), z, atol=1e-6)
        assert torch.allclose(own_up(z), up(z), atol=1e-6)


def test_the_nets_of_lesson_05_have_equal_codes_and_nearly_equal_parameters():
    sizes = {}
    for name, make in small_nets.NETS.items():
        if name in small_nets.BLOCK_RATE:  # equal in operations instead
            continue
        model = make()
        assert model[0](torch.rand(2, 3, 32, 32)).shape == (2, 64)
        assert model(torch.rand(2, 3, 32, 32)).shape == (2, 3, 32, 32)
        sizes[name] = sum(p.numel() for p in model.parameters())
    wide = sizes.pop("wide dense")
    assert max(sizes.values()) < 1.05 * min(sizes.values()) and wide > 6 * max(sizes.values())


def test_other_blocks_take_as_many_operations_as_the_convolutions():
    due = small_nets.operations(small_nets.convolutional())
    # places x kernels x their weights, there and back; then the layers beside the code
    assert due == 2 * 16 * (16**2 * 24 * 3 + 8**2 * 48 * 24 + 4**2 * 96 * 48) + 2 * 16 * 96 * 64
    for name in small_nets.BLOCK_RATE:
        model = small_nets.NETS[name]()
        assert model[0](torch.rand(2, 3, 32, 32)).shape == (2, 64)
        assert model(torch.rand(2, 3, 32, 32)).shape == (2, 3, 32, 32)
        assert small_nets.operations(model) == pytest.approx(due, rel=0.02)


def test_skips_rebuild_from_what_the_code_does_not_hold():
    torch.manual_seed(0)
    model = small_nets.Skips()
    x, y = torch.rand(2, 4, 3, 32, 32)
    code = torch.zeros(4, 64)
    assert not torch.allclose(model(x, code), model(y, code), atol=1e-3)
    assert torch.allclose(model(x), model(x, model.encoder(x)), atol=1e-6)


def test_lesson_05s_experiments_run_small(monkeypatch):
    monkeypatch.setattr(small_nets, "STEPS", 2)
    generator = torch.Generator().manual_seed(0)

    def some(n):
        return torch.rand(n, 3, 32, 32, generator=generator)

    factors = {name: np.random.default_rng(0).random((n, 4)) for name, n in
               (("f_train", 200), ("f_test", 8))}
    small = {"x_train": some(200), "x_test": some(8), "people": torch.arange(8) // 2, **factors,
             "heads": {"train": some(80), "left": some(8), "right": some(8)}}
    shared = SMALL_05 | {"small": small}
    kinds = {}
    for name, settings in lesson_05.experiments("synthetic").items():
        kinds.setdefault((settings["kind"], settings.get("net") == "PCA",
                          settings.get("validate"), settings.get("curve")), (name, settings))
    assert len(kinds) == 9
    for name, settings in kinds.values():
        if settings["kind"] == "patches":
            continue
        settings = settings | {"epochs": 1}
        found, _ = lesson_05.run(shared, settings, lambda *_: None)
        assert found, name
        json.dumps(found, allow_nan=False)
        assert lesson_05.estimate(shared, settings) > 0


def test_the_rates_of_lesson_05_are_the_best_on_validation_faces():
    results = json.loads(studies.study_path("05", "synthetic").read_text())["results"]
    for net, chosen in small_nets.RATE.items():
        found = {rate: results[f"{net}, rate {rate}"]["valid_psnr"] for rate in small_nets.RATES}
        assert max(found, key=found.get) == chosen, (net, found)
        if net in small_nets.PERMUTED_RATE:
            found = {rate: results[f"{net}, permuted, rate {rate}"]["valid_psnr"]
                     for rate in small_nets.RATES}
            assert max(found, key=found.get) == small_nets.PERMUTED_RATE[net], (net, found)
        assert small_nets.RATES[0] < chosen < small_nets.RATES[-1], "not at the grid's edge"


def test_other_blocks_are_trained_at_the_best_rate_tried():
    found = json.loads(studies.study_path("05", "synthetic").read_text(encoding="utf-8"))["results"]
    for net, chosen in small_nets.BLOCK_RATE.items():
        tried = {rate: found[f"{net}, rate {rate}"]["valid_psnr"] for rate in small_nets.RATES}
        assert max(tried, key=tried.get) == chosen
        assert small_nets.RATES[0] < chosen < small_nets.RATES[-1], "not at the grid's edge"


def test_lesson_06s_experiments_run_small(monkeypatch):
    """One of every kind of experiment that it names, for two steps."""
    monkeypatch.setattr(vaes, "STEPS", 2)
    train, test = lesson_06.faces_of("train", 300), lesson_06.faces_of("test", 80)
    big = torch.rand(80, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    shared = {"train": train, "test": test, "judge": test, "hue_train": train[0],
              "hue_test": test[0], "hues": test[1][:, 0],
              "64": {"x_train": big, "x_test": big[:40], "people": np.arange(40) // 4}}
    kinds = {}
    for name, settings in lesson_06.experiments("synthetic").items():
        kinds.setdefault(tuple(settings.get(key) for key in (
            "kind", "model", "loss", "method", "samples", "probe")), (name, settings))
        kinds.setdefault(("free" in settings, "warm" in settings), (name, settings))
    assert len(kinds) == 20
    assert set(lesson_06.WEIGHTS.values()) <= set(lesson_06.experiments("synthetic"))
    for name, settings in kinds.values():
        small = settings | {"steps": 2, "epochs": 1, "rate": 1e-4}
        found, _ = lesson_06.run(shared, small, lambda *_: None)
        assert found, name
        json.dumps(found, allow_nan=False)
        assert lesson_06.estimate(shared, small) > 0
    assert list(lesson_06.experiments("lfw")) == ["64"]


def test_lesson_06_takes_the_last_rate_but_one_that_learns():
    """The best one has a neighbour that diverges: one step of safety."""
    found = json.loads(studies.study_path("06", "synthetic").read_text(encoding="utf-8"))["results"]
    tried = [found[f"rate {rate}"]["valid_elbo"] for rate in vaes.RATES]
    assert tried[-1] is None and tried[:-1] == sorted(tried[:-1])
    assert vaes.RATE == vaes.RATES[-3]


SMALL_10 = {name: torch.rand(n, 3, 16, 16, generator=torch.Generator().manual_seed(n))
            for name, n in (("train", 64), ("valid", 8), ("test", 9))}


def test_lesson_10s_network_is_lesson_01s_and_a_half_is_half_as_wide():
    torch.manual_seed(3)
    ours = lesson_10.network()
    torch.manual_seed(3)
    due = models.Autoencoder()
    x = SMALL_10["test"]
    assert torch.allclose(ours(x), due(x), atol=1e-6)
    half = [p.shape[0] for p in lesson_10.network(0.5).parameters()][:6]
    assert half == [16, 16, 32, 32, 64, 64]


def test_lesson_10s_trainings_see_equally_many_pictures_and_warm_up(monkeypatch):
    """Every picture once an epoch; the rate rises evenly over the first tenth, or not at all."""
    made = []
    adam = torch.optim.Adam

    class Watched(adam):
        def step(self, *given):
            made.append(self.param_groups[0]["lr"])
            return super().step(*given)

    monkeypatch.setattr(torch.optim, "Adam", Watched)
    settings = {"batch": 16, "rate": 0.01, "warm": 0.1, "seen": 320, "faces": 64, "width": 0.25}
    seen = []
    lesson_10.train(SMALL_10, settings, 0, lambda model, so_far: seen.append(so_far))
    assert seen == list(range(16, 321, 16))
    assert made == pytest.approx([0.005] + 19 * [0.01])
    made.clear()
    lesson_10.train(SMALL_10, settings | {"warm": 0, "batch": 32}, 0)
    assert made == 10 * [0.01]


def test_lesson_10s_experiments_run_small():
    assert lesson_10.experiments("lfw") == {}
    kinds = {}
    for name, settings in lesson_10.experiments("synthetic").items():
        assert settings["seen"] % settings["batch"] == 0 == settings["faces"] % settings["batch"]
        kinds.setdefault(name.split()[0], settings)
    assert list(kinds) == ["batch", "faces", "width"]
    for settings in kinds.values():
        small = settings | {"seen": 64, "marks": [32], "faces": 32, "seeds": 2}
        found, model = lesson_10.run(SMALL_10, small, lambda *_: None)
        json.dumps(found, allow_nan=False)
        assert list(found) == ["32 seen", "64 seen", "parameters"]
        for name in ("valid", "test"):
            row = found["64 seen"][name]
            assert row["low"] <= row["value"] <= row["high"] and len(row["rounds"]) == 2
        due = lesson_10.above_floor(model, SMALL_10["test"])
        assert found["64 seen"]["test"]["rounds"][-1] == pytest.approx(due, abs=1e-5)
        assert lesson_10.estimate(SMALL_10, small) > 0


def test_the_best_rate_of_lesson_10_is_the_same_for_every_batch_and_inside_the_grid():
    """The lesson says so; chosen on the faces held out to choose by."""
    found = json.loads(studies.study_path("10", "synthetic").read_text(encoding="utf-8"))["results"]
    for size, rates in lesson_10.SIZES.items():
        tried = {rate: found[f"batch {size}, rate {rate}"]["16384 seen"]["valid"]["value"]
                 for rate in rates}
        assert min(tried, key=tried.get) == lesson_10.RATE and rates[0] < lesson_10.RATE < rates[-1]


@pytest.fixture
def small_07(monkeypatch):
    """What lesson 07's experiments share, small."""
    for name, value in {"N": 80, "VALID": 20}.items():
        monkeypatch.setattr(generators, name, value)
    monkeypatch.setattr(generators.fit_mixture, "__defaults__", ((1, 2),))
    monkeypatch.setattr(generators.walked, "__defaults__", (2,))
    monkeypatch.setattr(lesson_07, "ROUNDS", 2)
    new, seven = generators.new_faces, glasses.NAMES
    x, factors = new(80, 0, "train", seven, every=1)
    more, told = new(300, 1, "train", seven)
    reader = judges.learn_to_read(*new(200, 1, "train"), vaes.VARIED)
    real = [(y, reader.read(y)) for y in (new(80, seed)[0] for seed in (1, 2))]
    sees = LogisticRegression(max_iter=2000).fit(more.flatten(1).numpy(), told[:, 6] > 0.5)
    of_glasses = {"x": x, "factors": factors, "glasses": torch.from_numpy(factors[:, 6:]).float(),
                  "sees": sees, "reader": judges.learn_to_read(more, told, seven)}
    of_glasses["x_test"], of_glasses["test"] = new(60, 5, "test", seven)
    return {"x_train": new(240, 0, "train", every=1)[0], "x_unseen": new(240, 0, every=1)[0],
            "reader": reader, "real": real, "glasses": of_glasses}


def test_lesson_07s_experiments_run_small(small_07, monkeypatch):
    """One of every kind of experiment that it names, for two steps."""
    monkeypatch.setattr(glasses, "COPIES", 2)
    train = vaes.train
    monkeypatch.setattr(vaes, "train", lambda model, x, settings, *rest, **more: train(
        model, x, settings | {"steps": 2}, *rest, **more))
    kinds = {}
    for name, settings in lesson_07.experiments("synthetic").items():
        kinds.setdefault((settings["kind"], settings.get("model"), "seed" in settings),
                         (name, settings))
    assert len(kinds) == 17
    assert set(lesson_07.WEIGHTS.values()) <= set(lesson_07.experiments("synthetic"))
    for name, settings in kinds.values():
        cut = {"steps": 2, "rounds": 2, "sizes": (40,), "repeats": 2, "n": 40}
        small = settings | {key: value for key, value in cut.items() if key in settings}
        found, _ = lesson_07.run(small_07, small, lambda *_: None)
        assert found, name
        json.dumps(found, allow_nan=False)
        assert lesson_07.estimate(small_07, small) > 0


@pytest.fixture
def small_08(monkeypatch):
    """What lesson 08's experiments share, small."""
    monkeypatch.setattr(lesson_08, "test_faces", lambda size=32: small_anomalies(size))
    monkeypatch.setattr(lesson_08, "tones", lambda n, half, seed, split="train": normal_faces(
        max(16, n // 20), split, seed, skin_tone=(0, 0.5) if half == "light" else (0.5, 1)))
    real = lesson_08.fit_pca
    monkeypatch.setattr(lesson_08, "fit_pca", lambda x, code, **more: real(
        x, min(code, 8), **more))
    monkeypatch.setattr(alarms.fitted, "__defaults__", (16,))
    monkeypatch.setattr(alarms.CodeDensity.__init__, "__defaults__", ((1, 2),))
    faces, spoilt = small_anomalies(32)
    return {"train": normal_faces(200, "train"), "held": normal_faces(80, "train", 1),
            "more": normal_faces(400, "train", 2), "test": faces, "spoilt": spoilt}


def small_anomalies(size):
    faces = normal_faces(24, "test", seed=1, size=size)
    return faces, {kind: spoil(faces, kind) for kind in KINDS}


def test_lesson_08s_experiments_run_small(small_08, monkeypatch):
    """One of every kind of experiment that it names, for two steps."""
    for module, name in ((vaes, "train"), (alarms, "train"), (generators, "train_walker")):
        whole = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given, whole=whole: whole(*[
            part | {"steps": 2} if isinstance(part, dict) else part for part in given]))
    kinds = {}
    for name, settings in lesson_08.experiments("synthetic").items():
        kinds.setdefault((settings["kind"], settings.get("model")), (name, settings))
    assert len(kinds) == 15
    assert set(lesson_08.WEIGHTS.values()) <= set(lesson_08.experiments("synthetic"))
    for name, settings in kinds.values():
        cut = {"rounds": 2, "shares": [0, 0.1], "kinds": ["box"], "n": 5, "seed": 1}
        small = settings | {key: value for key, value in cut.items() if key in settings}
        with threadpool_limits(1, "blas"):
            found, _ = lesson_08.run(small_08, small, lambda *_: None)
        assert found, name
        json.dumps(found, allow_nan=False)
        assert lesson_08.estimate(small_08, small) > 0


@pytest.mark.parametrize("study", [lesson_07, lesson_08])
def test_a_study_of_known_factors_refuses_photographs(study):
    with pytest.raises(CourseError, match="--faces synthetic"):
        study.experiments("lfw")


def committed_weights():
    return [path.stem for path in sorted((models.WEIGHTS).glob("*.safetensors"))]


@functools.cache
def prepared(number):
    return find_study(number).prepare("synthetic")


@pytest.mark.parametrize("name", committed_weights())
def test_committed_weights_score_what_their_study_says(name):
    """On people never seen; float16 costs less than 0.02 dB."""
    study = find_study(name[:2])
    path = studies.study_path(name[:2], "synthetic")
    result = json.loads(path.read_text(encoding="utf-8"))["results"][study.WEIGHTS[name]]
    model = study.build(result["of"])
    model.load_state_dict(load_weights(name))
    found = study.score(prepared(name[:2]), model)
    assert abs(found["test_psnr"]["value"] - result["test_psnr"]["value"]) < 0.02
    assert (models.WEIGHTS / f"{name}.safetensors").stat().st_size < 1_000_000


def test_committed_weights_are_those_the_studies_name_and_small():
    numbers = "01", "03", "05", "06", "07", "08"
    named = {name for number in numbers for name in find_study(number).WEIGHTS}
    assert set(committed_weights()) == named
    assert sum(path.stat().st_size for path in models.WEIGHTS.iterdir()) < 8_000_000
