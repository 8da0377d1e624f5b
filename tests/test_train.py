"""python -m helpers.train, in this process: what it accepts, says, writes and refuses."""

import json

import numpy as np
import pytest
import torch
from lfw_fixtures import check_message, make_lfw
from PIL import Image

from helpers import train
from helpers.engine import sources
from helpers.engine.checkpoints import save
from helpers.engine.graph import WARM_UP
from helpers.engine.options import build, read
from helpers.models import VAE, Autoencoder, Recipe

SMALL = ["--data", "drawn:40", "--size", "16", "--batch-size", "8", "--dtype", "float32",
         "--device", "cpu"]


def run(out, *options):
    return train.main([*SMALL, "--out", str(out), *options])


def test_it_trains_and_writes_curve_and_checkpoint(tmp_path, capsys):
    assert run(tmp_path, "--epochs", "3", "--lr", "0.01") == 0
    history = json.loads((tmp_path / "history.json").read_text())
    assert len(history["train"]) == len(history["test"]) == 3
    assert history["train"][2] < history["train"][0]
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["model"]
    Autoencoder().load_state_dict(state)  # the names that lesson 01 taught
    printed = capsys.readouterr().out
    assert "40 pictures to train on, 8 to test on" in printed and "epoch  3/3" in printed


@pytest.mark.parametrize("model, due", [("autoencoder", Autoencoder), ("recipe", Recipe)])
def test_the_model_and_the_size_of_its_code_can_be_chosen(model, due, tmp_path, capsys):
    """16x16 pixels are four places of the code: 32 numbers are 8 channels."""
    assert run(tmp_path, "--epochs", "1", "--model", model, "--code", "32") == 0
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["model"]
    due(8).load_state_dict(state)
    assert run(tmp_path, "--epochs", "1", "--model", model, "--code", "64") == 1
    assert "checkpoint.pt" in capsys.readouterr().err


def test_a_variational_autoencoder_has_a_code_of_any_size(tmp_path, capsys):
    assert run(tmp_path, "--epochs", "2", "--model", "vae", "--code", "5") == 0
    state = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["model"]
    VAE(5, 16).load_state_dict(state)
    history = json.loads((tmp_path / "history.json").read_text())
    assert history["train"][1] < history["train"][0] - 1, "nats a picture"


def test_a_training_that_draws_codes_goes_on_to_the_last_bit(tmp_path):
    for out, epochs in (("whole", "3"), ("parts", "2"), ("parts", "3")):
        assert run(tmp_path / out, "--model", "vae", "--code", "5", "--epochs", epochs,
                   "--schedule", "constant") == 0
    whole, parts = (torch.load(tmp_path / name / "checkpoint.pt", weights_only=True)
                    for name in ("whole", "parts"))
    assert whole["history"] == parts["history"]
    assert all(torch.equal(whole["model"][key], parts["model"][key]) for key in whole["model"])


@pytest.mark.parametrize("code", ["30", "2", "0", "-4", "many"])
def test_a_code_that_does_not_fit_is_refused_with_what_does(code, tmp_path, capsys):
    with pytest.raises(SystemExit):
        run(tmp_path, "--code", code)
    said = capsys.readouterr().err
    assert "--code" in said and ("4, 8, 12" in said or "1, 2, 3" in said)


def test_a_model_brings_the_options_that_suit_it_and_others_go_before():
    options = read(["--model", "recipe"])
    assert (options.batch_size, options.lr, options.schedule) == (8, 0.002, "onecycle")
    assert options.code == 8192 and build(options).encoder[-1].out_channels == 128
    options = read(["--model", "vae", "--size", "32"])
    assert (options.code, options.batch_size, options.lr) == (64, 8, 0.002)
    options = read(["--model", "recipe", "--lr", "0.001", "--batch-size", "64"])
    assert (options.batch_size, options.lr, options.schedule) == (64, 0.001, "onecycle")
    options = read([])
    assert (options.batch_size, options.lr, options.schedule) == (32, 0.001, "constant")


def test_list_names_the_models_and_their_options(capsys):
    with pytest.raises(SystemExit) as ended:
        read(["--list"])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert "autoencoder  lesson 01" in printed and "recipe       lesson 05" in printed
    assert "vae          lesson 06   --code 64 --batch-size 8" in printed
    assert "--batch-size 8 --lr 0.002 --schedule onecycle" in printed


def test_it_goes_on_where_it_stopped(tmp_path, capsys):
    run(tmp_path / "whole", "--epochs", "3")
    run(tmp_path / "parts", "--epochs", "2")
    run(tmp_path / "parts", "--epochs", "3")
    assert "Resumed from the checkpoint" in capsys.readouterr().out
    whole, parts = (json.loads((tmp_path / name / "history.json").read_text())
                    for name in ("whole", "parts"))
    assert whole == parts


def test_any_folder_of_pictures_will_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("helpers.engine.store.ROOT", tmp_path)
    for split, n in (("train", 9), ("test", 3)):
        for i in range(n):
            path = tmp_path / "mine" / split / "somebody" / f"{i}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.random.default_rng(i + n).integers(0, 256, (20, 30, 3), np.uint8)
            Image.fromarray(pixels).save(path)
    assert run(tmp_path / "out", "--data", str(tmp_path / "mine"), "--epochs", "1") == 0
    assert "9 pictures to train on, 3 to test on" in capsys.readouterr().out


def test_lfw_is_split_by_its_people(tmp_path):
    make_lfw(tmp_path / "lfw_funneled")
    train_people, test_people = ({path.parent.name for path in paths}
                                 for paths in sources.list_files(tmp_path).paths.values())
    assert train_people and test_people and not train_people & test_people


def test_folders_that_look_like_people_are_not_lfw(tmp_path):
    for split in ("train", "test"):
        (tmp_path / split).mkdir()
        Image.new("RGB", (8, 8)).save(tmp_path / split / f"{split}_0001.jpg")
    for split, paths in sources.list_files(tmp_path).paths.items():
        assert [path.parent.name for path in paths] == [split]


@pytest.mark.parametrize(("options", "needed"), [
    (["--data", "nowhere"], "nowhere"),
    (["--data", "drawn:many"], "drawn:many"),
    (["--data", "drawn:0"], "drawn:0"),
    (["--data", "lfw"], "LFW_ROOT"),
])
def test_what_cannot_be_had_is_named(options, needed, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sources, "find_lfw", lambda: None)
    assert run(tmp_path, *options) == 1
    check_message(capsys.readouterr().err, needed)
    assert not (tmp_path / "history.json").exists()


def test_an_out_that_is_a_file_is_named_before_anything_is_done(tmp_path, capsys):
    (tmp_path / "taken").write_text("mine")
    assert run(tmp_path / "taken") == 1
    assert "taken" in capsys.readouterr().err
    assert (tmp_path / "taken").read_text() == "mine"


@pytest.mark.parametrize(("option", "value"), [
    ("--epochs", "0"), ("--batch-size", "0"), ("--every", "0"), ("--size", "20"), ("--size", "0"),
    ("--lr", "0"), ("--lr", "nan"), ("--device", "cud"), ("--device", "cuda:99"),
    ("--device", "cpu:x"), ("--epochs", "ten"), ("--seed", "-1"), ("--seed", "99999999999"),
])
def test_what_cannot_work_is_refused_before_anything_is_decoded(option, value, tmp_path, capsys):
    with pytest.raises(SystemExit):
        run(tmp_path / "out", option, value)
    said = capsys.readouterr().err
    assert f"Argument {option} got '{value}'; it takes: " in said and "它只接受" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("option", "value", "name"), [
    ("--lr", "0.5", "learning rate"), ("--seed", "3", "seed"), ("--batch-size", "9", "batch size"),
    ("--data", "drawn:41", "pictures"), ("--size", "24", "data"), ("--epochs", "1", "epochs"),
    ("--schedule", "onecycle", "schedule"), ("--dtype", "bfloat16", "dtype"),
])
def test_a_checkpoint_of_other_settings_is_refused_and_kept(option, value, name, tmp_path, capsys):
    run(tmp_path, "--epochs", "2")
    before = (tmp_path / "checkpoint.pt").read_bytes(), (tmp_path / "history.json").read_bytes()
    assert run(tmp_path, "--epochs", "3", option, value) == 1
    check_message(capsys.readouterr().err, name, tmp_path / "checkpoint.pt")
    after = (tmp_path / "checkpoint.pt").read_bytes(), (tmp_path / "history.json").read_bytes()
    assert after == before


def test_ctrl_c_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(train.loop, "train", interrupted)
    assert run(tmp_path) == 130
    assert "goes on from the last checkpoint" in capsys.readouterr().out


def test_the_quicker_number_format_is_taken(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(train, "quickest_dtype", lambda *_: torch.bfloat16)
    assert run(tmp_path, "--dtype", "auto", "--epochs", "1") == 0
    assert "bfloat16" in capsys.readouterr().out


def test_a_training_that_goes_on_keeps_its_number_format(tmp_path, monkeypatch, capsys):
    """Measured again on a busy computer, the other format might win."""
    monkeypatch.setattr(train, "quickest_dtype", lambda *_: torch.bfloat16)
    assert run(tmp_path, "--dtype", "auto", "--epochs", "1") == 0
    monkeypatch.setattr(train, "quickest_dtype", lambda *_: torch.float32)
    assert run(tmp_path, "--dtype", "auto", "--epochs", "2") == 0
    assert capsys.readouterr().out.count("device: cpu, bfloat16") == 2


def test_a_checkpoint_that_says_no_number_format_is_refused_in_words(tmp_path, capsys):
    """Such as fit() writes in somebody's own program."""
    save(tmp_path / "checkpoint.pt", belongs={}, epoch=0, model=Autoencoder().state_dict())
    assert run(tmp_path, "--dtype", "auto") == 1
    check_message(capsys.readouterr().err, tmp_path / "checkpoint.pt")


def test_an_imitated_number_format_is_warned_of(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(train, "imitates_bfloat16", lambda: True)
    assert run(tmp_path, "--dtype", "bfloat16", "--epochs", "1") == 0
    check_message("\n".join(capsys.readouterr().out.splitlines()[:2]), "--dtype auto")


def test_every_computer_prints_its_own_error(tmp_path, monkeypatch, capsys):
    """The first process of a second computer: it may be the only one that has a problem."""
    monkeypatch.setenv("RANK", "4")
    monkeypatch.setenv("LOCAL_RANK", "0")
    assert run(tmp_path, "--data", "nowhere") == 1
    assert "nowhere" in capsys.readouterr().err


def test_a_compiled_model_keeps_its_names_and_its_loss(tmp_path, monkeypatch):
    """The compiler's front end only (no C++ compiler needed): the graph is captured and run."""
    compiled = []

    def compile(self, **options):
        compiled.append(options)
        torch.nn.Module.compile(self, backend="eager", dynamic=options["dynamic"])

    monkeypatch.setattr(Autoencoder, "compile", compile, raising=False)
    run(tmp_path / "plain", "--epochs", "1")
    assert not compiled, "nobody asked for it"
    run(tmp_path / "compiled", "--epochs", "1", "--compile")
    assert compiled == [{"dynamic": False}]
    plain, same = (json.loads((tmp_path / name / "history.json").read_text())
                   for name in ("plain", "compiled"))
    assert same["test"] == pytest.approx(plain["test"], rel=1e-5)
    state = torch.load(tmp_path / "compiled" / "checkpoint.pt", weights_only=True)["model"]
    Autoencoder().load_state_dict(state)


def test_steps_are_replayed_where_that_is_possible(tmp_path, monkeypatch):
    """On a GPU, tests/engine/test_graph.py says where; whether it is asked for, this says."""
    asked = []

    def stepper(*arguments, **options):
        asked.append(arguments[6:] or options)
        return take(*arguments, **options)

    take = train.loop.stepper
    monkeypatch.setattr(train.loop, "stepper", stepper)
    assert run(tmp_path, "--epochs", "1") == 0
    assert asked == [(True,)]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_on_a_gpu_it_replays_and_learns_the_same(tmp_path, monkeypatch):
    replays, replay = [], torch.cuda.CUDAGraph.replay
    monkeypatch.setattr(torch.cuda.CUDAGraph, "replay",
                        lambda graph: (replays.append(graph), replay(graph)))
    for device in ("cpu", "cuda"):
        assert run(tmp_path / device, "--epochs", "3", "--device", device) == 0
    assert len(replays) == 3 * 5 - WARM_UP
    cpu, cuda = (json.loads((tmp_path / device / "history.json").read_text())["test"]
                 for device in ("cpu", "cuda"))
    assert cuda == pytest.approx(cpu, rel=0.01)


def test_a_gpu_holds_small_data_and_reads_large_data_from_the_file(tmp_path, monkeypatch):
    """The path of a GPU as far as a CPU can go: what Batches is given."""
    for split in ("train", "test"):
        np.save(tmp_path / f"{split}.npy", np.zeros((9, 8, 8, 3), np.uint8))
    monkeypatch.setattr(train, "find_pictures", lambda data, size: {
        split: tmp_path / f"{split}.npy" for split in ("train", "test")})

    class Spy:
        def __init__(self, pictures, **options):
            self.pictures, self.device = pictures, options["device"]

        def fingerprint(self):
            return "the same"

    monkeypatch.setattr(train, "Batches", Spy)
    options = read([])
    for free, whole in ((10**6, True), (10**3, False)):
        monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device, free=free: (free, 10**9))
        loader, _ = train.prepare_data(options, torch.device("cuda", 0))
        assert isinstance(loader.pictures, np.ndarray) == whole and loader.device.type == "cuda"


def test_help_speaks_both_languages(capsys):
    with pytest.raises(SystemExit):
        train.main(["--help"])
    printed = capsys.readouterr().out
    assert "批量大小" in printed and "pictures a step" in printed
