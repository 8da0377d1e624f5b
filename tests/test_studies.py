"""A study does each experiment once, goes on where it stopped, and says what it measured."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from helpers import models, studies
from helpers.messages import CourseError
from helpers.models import load_weights
from helpers.studies import find_study, lesson_01, run_study


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


def committed_weights():
    return [path.stem for path in sorted((models.WEIGHTS).glob("*.safetensors"))]


@pytest.mark.parametrize("name", committed_weights())
def test_committed_weights_score_what_their_study_says(name):
    """On people never seen; float16 costs less than 0.02 dB."""
    study = find_study(name[:2])
    path = studies.study_path(name[:2], "synthetic")
    result = json.loads(path.read_text(encoding="utf-8"))["results"][study.WEIGHTS[name]]
    model = study.build(result["of"])
    model.load_state_dict(load_weights(name))
    found = study.score(study.prepare("synthetic"), model)
    assert abs(found["test_psnr"]["value"] - result["test_psnr"]["value"]) < 0.02
    assert (models.WEIGHTS / f"{name}.safetensors").stat().st_size < 1_000_000


def test_committed_weights_are_those_the_studies_name_and_small():
    named = {name for number in ("01", "03") for name in find_study(number).WEIGHTS}
    assert set(committed_weights()) == named
    assert sum(path.stat().st_size for path in models.WEIGHTS.iterdir()) < 6_000_000
