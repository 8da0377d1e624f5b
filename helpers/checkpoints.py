"""Checkpoints: whole or not at all, and never overwritten by a run that cannot use them."""

import torch
from torch.nn.parallel import DistributedDataParallel
from tqdm import tqdm

from helpers.files import whole_file
from helpers.messages import CourseError, both, say
from helpers.processes import from_all, from_first, rank_and_count

FORMAT = "autoencoder-course checkpoint 1"


def save(path, **parts):
    """Writes `parts`, of tensors and plain Python, to the file `path`, in one move.

    A power cut in the middle leaves the last checkpoint as it was.
    """
    with whole_file(path) as file:
        torch.save({"format": FORMAT, **parts}, file)


def load(path):
    """The parts that save() wrote, tensors on the CPU; None where there is no file.

    Reads data only (weights_only): a file from elsewhere cannot run code.
    Raises CourseError, in one sentence, for a file that is damaged or something else.
    """
    try:
        parts = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        return None
    except OSError as error:  # no permission, a failing disk: nothing that deleting would mend
        raise CourseError(both("checkpoint_unreadable", path=path, error=error)) from error
    except Exception as error:  # zip and pickle have many words for damage
        raise CourseError(both("checkpoint_damaged", path=path)) from error
    if not isinstance(parts, dict) or parts.pop("format", None) != FORMAT:
        raise CourseError(both("checkpoint_foreign", path=path))
    return parts


def check_model(path, state, model):
    """Raises CourseError if `state` of the checkpoint `path` is another model's than `model`'s."""
    def shapes(tensors):
        return {name: tuple(tensor.shape) for name, tensor in tensors.items()}

    there, here = shapes(state), shapes(model.state_dict())
    for name in [*here, *there]:
        if there.get(name) != here.get(name):
            raise CourseError(both("checkpoint_other_model", path=path, name=name,
                                   there=there.get(name, "-"), here=here.get(name, "-")))


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


class Progress:
    """How far a training is, and the checkpoint that keeps it.

    epoch: epochs done. step: steps done of the next one. history: the losses of the epochs done.
    total: (sum of the losses, number) of this process's pictures since the epoch began, float64.
    """

    def __init__(self, model, optimizer, schedule, loader, num_epochs, path=None, settings=None):
        unwrapped = model.module if isinstance(model, DistributedDataParallel) else model
        self.parts = {"model": unwrapped, "optimizer": optimizer}
        if schedule:
            self.parts["schedule"] = schedule
        self.loader, self.path, self.num_epochs = loader, path, num_epochs
        groups = optimizer.param_groups if path else []
        self.belongs = {  # what must be the same when the training goes on
            "optimizer": type(optimizer).__name__,
            "schedule": f"{type(schedule).__name__}, {num_epochs} epochs" if schedule else "-",
            "learning rate": ", ".join(str(g.get("initial_lr", g["lr"])) for g in groups),
            "parameters": ", ".join(str(len(g["params"])) for g in groups),
            "pictures": len(loader.dataset),
            "batch size": getattr(loader, "batch_size", None),
            "steps": len(loader),
            **(settings or {}),
        } if path else {}
        self.epoch, self.step, self.history = 0, 0, {"train": [], "test": []}
        where = next(unwrapped.parameters(), torch.empty(0)).device
        where = where if where.type == "cuda" else "cpu"  # waiting for a loss would halt a GPU
        self.total = torch.zeros(2, dtype=torch.float64, device=where)
        self.generator = self.generator_at_start = None

    def resume(self):
        """Takes up the checkpoint if there is one; CourseError if it is not of this training."""
        if self.path is None:
            return
        saved = from_first(lambda: load(self.path))
        if saved is None:
            return
        check_model(self.path, saved["model"], self.parts["model"])
        there, here = saved["belongs"], dict(self.belongs)
        if saved["epoch"] > self.num_epochs:
            there, here = there | {"epochs": saved["epoch"]}, here | {"epochs": self.num_epochs}
        for name in {**here, **there}:
            if there.get(name) != here.get(name):
                raise CourseError(both("checkpoint_other_run", path=self.path, name=name,
                                       there=there.get(name), here=here.get(name)))
        for name, part in self.parts.items():
            part.load_state_dict(saved[name])
        self.epoch, self.step, self.history = saved["epoch"], saved["step"], saved["history"]
        rank, _ = rank_and_count()
        own = rank % len(saved["generators"])
        self.generator, self.generator_at_start = saved["generators"][own]
        generator_state(self.generator)
        sums = saved["total"] if rank == 0 else (0, 0)
        self.total.copy_(torch.tensor(sums, dtype=torch.float64))
        if rank == 0:
            say("checkpoint_resumed", path=self.path, epoch=self.epoch, step=self.step)

    def batches(self, epoch):
        """(step, x) of every batch of the epoch that has not been trained on; steps from 1."""
        if hasattr(self.loader, "set_epoch"):
            self.loader.set_epoch(epoch)
        if self.step:  # what the loader draws from the generator, it drew at the epoch's start
            generator_state(self.generator_at_start)
        else:
            self.generator_at_start = generator_state()
        bar = tqdm(self.loader, desc=f"epoch {epoch}", leave=False, disable=rank_and_count()[0] > 0)
        for step, (x, _) in enumerate(bar, 1):
            if step > self.step:
                yield step, x
            elif step == self.step:
                generator_state(self.generator)
        self.step = 0

    def add(self, loss, n):
        """Counts the mean loss of `n` more pictures of this process."""
        self.total[0] += loss.to(self.total) * n
        self.total[1] += n

    def next_epoch(self):
        """Counts an epoch as done and keeps the checkpoint."""
        self.epoch += 1
        self.generator_at_start = generator_state()
        self.total.zero_()
        self.save(0)

    def save(self, step):
        """Writes the checkpoint, after `step` steps of the epoch: the first process for all."""
        if self.path is None:
            return
        here = ((generator_state(), self.generator_at_start), self.total.tolist())
        generators, totals = zip(*from_all(here), strict=True)
        if rank_and_count()[0] > 0:
            return
        total = [sum(numbers) for numbers in zip(*totals, strict=True)]
        try:
            save(self.path, belongs=self.belongs, generators=list(generators), total=total,
                 epoch=self.epoch, step=step, history=self.history,
                 **{name: part.state_dict() for name, part in self.parts.items()})
        except (OSError, RuntimeError) as error:  # a full disk: the training need not end for it
            say("checkpoint_not_kept", path=self.path, error=error)
