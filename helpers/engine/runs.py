"""What `python -m helpers.train` left in a folder, opened again: the model and its pictures."""

from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

from torch import nn

from helpers.engine.batches import Batches
from helpers.engine.checkpoints import check_model, load
from helpers.engine.options import MODELS, build
from helpers.engine.sources import find_pictures
from helpers.messages import CourseError, both, say
from helpers.pictures import block_length


class Run(NamedTuple):
    """A trained model, in eval mode on the CPU, and the pictures it was trained and tested on.

    data: what names them, as `--data` of the training does.
    """

    model: nn.Module
    size: int  # pixels a side
    train: Batches
    test: Batches
    data: str


def open_run(folder, data=None, least=1, option="--data"):
    """The Run in `folder`, finished or not. data: where its pictures are, if they have moved.

    option: of the command line, that gives `data`.
    Says which model it is and how long it was trained. Raises CourseError, naming it, for what is
    missing, damaged or of another run, and for fewer than `least` pictures of either split.
    """
    path = folder / "checkpoint.pt"
    if not folder.is_dir():
        raise CourseError(both("run_no_folder", run=folder))
    if (saved := load(path)) is None:
        raise CourseError(both("run_no_checkpoint", run=folder))
    about = saved.get("about") or {}
    if data:
        about["data"] = data
    if missing := [name for name in ("model", "code", "size", "data") if name not in about]:
        raise CourseError(both("run_incomplete", path=path, missing=", ".join(missing)))
    if about["model"] not in MODELS:
        raise CourseError(both("run_unknown_model", path=path, model=about["model"],
                               models=", ".join(MODELS)))
    model = build(SimpleNamespace(**about)).eval()
    check_model(path, saved["model"], model)
    model.load_state_dict(saved["model"])
    if not data and Path(about["data"]).is_absolute() and not Path(about["data"]).is_dir():
        raise CourseError(both("run_moved", data=about["data"], option=option))
    train, test = open_pictures(about["data"], about["size"], option)
    if train.fingerprint() != saved["belongs"].get("data"):
        raise CourseError(both("run_other_pictures", data=about["data"], option=option))
    if min(len(train.dataset), len(test.dataset)) < least:
        raise CourseError(both("run_too_few", data=about["data"], least=least,
                               train=len(train.dataset), test=len(test.dataset)))
    say("run_opened", run=folder, model=about["model"], code=f"{about['code']:,}",
        epoch=saved["epoch"], step=saved["step"])
    return Run(model, about["size"], train, test, about["data"])


def open_pictures(data, size, option):
    """The pictures that `data`, of this option, names, as Batches to train and to test on."""
    paths = find_pictures(data, size, option)
    return [Batches(paths[split], block_length(size)) for split in ("train", "test")]
