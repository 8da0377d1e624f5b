"""Checkpoints: whole or not at all, and never overwritten by a run that cannot use them."""

import errno
import zipfile

import torch

from helpers.files import whole_file
from helpers.messages import CourseError, both

FORMAT = "autoencoder-course checkpoint 2"
FIELDS = {"model": dict, "optimizer": dict, "belongs": dict, "generators": list, "epoch": int,
          "step": int, "history": dict, "total": list}


def save(path, **parts):
    """Writes `parts`, of tensors and plain Python, to the file `path`, in one move.

    A power cut in the middle leaves the last checkpoint as it was.
    """
    with whole_file(path) as file:
        torch.save({"format": FORMAT, **parts}, file)


def load(path):
    """The parts that save() wrote, tensors on the CPU; None where there is no file.

    Reads data only (weights_only): a file from elsewhere cannot run code.
    Raises CourseError, in one sentence, for a file that is damaged or something else, and for one
    without all FIELDS.
    """
    try:
        parts = torch.load(path, map_location="cpu", weights_only=True)
        with zipfile.ZipFile(path) as archive:  # torch writes checksums and does not read them
            if archive.testzip():
                raise zipfile.BadZipFile
    except FileNotFoundError:
        return None
    except OSError as error:  # no permission, a failing disk: nothing that deleting would mend
        cut_off = error.errno == errno.EINVAL  # torch looks for the end of it before its beginning
        key = "checkpoint_damaged" if cut_off else "checkpoint_unreadable"
        raise CourseError(both(key, path=path, error=error)) from error
    except Exception as error:  # zip and pickle have many words for damage
        raise CourseError(both("checkpoint_damaged", path=path)) from error
    if not isinstance(parts, dict) or parts.pop("format", None) != FORMAT:
        raise CourseError(both("checkpoint_foreign", path=path))
    if not is_complete(parts):
        raise CourseError(both("checkpoint_damaged", path=path))
    return parts


def is_complete(parts):
    """Whether the parts of a checkpoint are those that a training writes, as far as one can see."""
    planned = "schedule" in parts
    return (all(isinstance(parts.get(name), kind) for name, kind in FIELDS.items())
            and all(map(torch.is_tensor, parts["model"].values()))
            and {"train", "test"} <= parts["history"].keys() and len(parts["total"]) == 2
            and len(parts["generators"]) > 0
            and (not planned or isinstance(parts["schedule"], dict))
            and planned == (parts["belongs"].get("schedule", "-") != "-"))


def check_model(path, state, model):
    """Raises CourseError if `state` of the checkpoint `path` is another model's than `model`'s."""
    def shapes(tensors):
        return {name: tuple(tensor.shape) for name, tensor in tensors.items()}

    there, here = shapes(state), shapes(model.state_dict())
    for name in [*here, *there]:
        if there.get(name) != here.get(name):
            raise CourseError(both("checkpoint_other_model", path=path, name=name,
                                   there=there.get(name, "-"), here=here.get(name, "-")))


def check_settings(path, saved, belongs, num_epochs):
    """Raises CourseError if the checkpoint `path` is of another training than `belongs` says."""
    there, here = saved["belongs"], belongs
    if saved["epoch"] > num_epochs:
        there, here = there | {"epochs": saved["epoch"]}, here | {"epochs": num_epochs}
    for name in {**here, **there}:
        if there.get(name) != here.get(name):
            raise CourseError(both("checkpoint_other_run", path=path, name=name,
                                   there=there.get(name), here=here.get(name)))


def generator_state(state=None):
    """The state of torch's generators, the GPU's too where there is one; or sets it to `state`."""
    if state is not None:
        torch.set_rng_state(state["cpu"])
        if "cuda" in state and torch.cuda.is_available():
            torch.cuda.set_rng_state(state["cuda"])
    now = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        now["cuda"] = torch.cuda.get_rng_state()
    return now
