"""The loop for long training, in one process or in many; it can stop anywhere and go on.

Trained in one process, in float32 and without a stop, a model becomes what helpers.training.fit
makes of it.
"""

import contextlib
import math
import os

import torch
from torch.nn.parallel import DistributedDataParallel
from torch.optim.lr_scheduler import OneCycleLR
from tqdm import tqdm

from helpers.engine.checkpoints import check_model, check_settings, generator_state, load, save
from helpers.engine.graph import Replayed, can_replay
from helpers.engine.processes import from_all, from_first, rank_and_count, sum_over_processes
from helpers.engine.rates import change_rates, highest_rate, learning_rates
from helpers.messages import CourseError, bad, both, say


class Diverged(CourseError):
    """A loss, a gradient or a parameter is not finite."""

    exit_code = 3  # of helpers.train


def finite(tensors):
    """Whether all numbers in the tensors are finite; a GPU is waited for."""
    return all(math.isfinite(x.detach().sum(dtype=torch.float64)) for x in tensors)


def outputs(y):
    """The tensors that a model returned: one, or a NamedTuple of them."""
    return [y] if torch.is_tensor(y) else y


def step(model, x, loss_function, optimizer, dtype=torch.float32, weight=1.0):
    """One step on pictures `x` (B, C, H, W); returns the loss before it, detached.

    dtype: of the model's arithmetic; torch.bfloat16 runs it under autocast, and the loss and the
    parameters stay float32. weight: what this process's part of a batch counts in the gradient.
    Raises Diverged, and leaves the parameters as they are, where the gradient is not finite; not
    on a GPU, which would have to be waited for. Of several processes all do, or none: they have
    added up their gradients by then.
    """
    watched = x.device.type == "cpu"
    with torch.autocast(x.device.type, dtype, enabled=dtype != torch.float32):
        y = model(x)
    y = y.float() if torch.is_tensor(y) else type(y)(*(part.float() for part in y))
    if watched and not finite(outputs(y)):
        # a loss function may refuse it in words of its own
        loss = math.nan * sum(part.sum() for part in outputs(y))
    else:
        loss = loss_function(y, x)
    optimizer.zero_grad()
    (loss * weight).backward()
    if watched and not finite(p.grad for p in model.parameters() if p.grad is not None):
        raise Diverged
    optimizer.step()
    return loss.detach()


def counters(batches):
    """Zeros for (sum of the losses, number of pictures), (2,) float64: on a GPU for its Batches."""
    where = batches.device if batches.device.type == "cuda" else "cpu"  # MPS has no float64
    return torch.zeros(2, dtype=torch.float64, device=where)


def count(sums, loss, n):
    """Adds the mean `loss` of `n` pictures to the counters `sums`; a GPU is not waited for."""
    sums[0].add_(loss.to(sums.device), alpha=n)
    sums[1].add_(n)


def stepper(model, batches, loss_function, optimizer, dtype, sums, replay=False):
    """What takes one step on the pictures `rows` of `batches`, (B,) int64: take(rows, weight).

    It counts the loss in `sums`. replay: as a CUDA graph, on a GPU that holds the pictures.
    """
    def take(rows, weight):
        loss = step(model, batches.read(rows), loss_function, optimizer, dtype, weight)
        count(sums, loss, len(rows) if weight else 0)

    if replay and can_replay(batches, optimizer):
        return Replayed(take, optimizer, batches)
    return take


@torch.no_grad()
def evaluate(model, batches, loss_function):
    """Mean loss per picture on the Batches of all processes, in eval mode and float32; a float."""
    model.eval()
    sums = counters(batches)
    for x, _, weight in batches:
        y = model(x)
        known = x.device.type != "cpu" or finite(outputs(y))
        loss = loss_function(y, x) if known else torch.tensor(math.nan)
        count(sums, loss, len(x) if weight else 0)
    total, n = sum_over_processes(sums).tolist()
    return total / n


def train(model, batches, test_batches, loss_function, optimizer, num_epochs, *,
          dtype=torch.float32, schedule=None, checkpoint=None, every=None, settings=None,
          about=None, replay=False, new_rate=False):
    """Trains `model` to reconstruct the pictures of `batches`, both on the same device.

    batches, test_batches: helpers.engine.batches.Batches; test_batches may be None.
    loss_function(reconstruction, x): a mean over the batch. dtype: as for step().
    schedule: of the learning rate; it steps after every batch.
    checkpoint: path of a file that keeps the state of the training after every epoch and, if
    given, after `every` steps of it. Where there is one already, the training goes on from it
    and ends as if it had never stopped, to the last bit if it computes in as many threads.
    settings: a dict of what else must be the same for that, plain Python.
    about: a dict of what the checkpoint says besides, which may differ; the same in all processes.
    replay: on a GPU that holds the pictures, with a fused Adam, steps are replayed as a CUDA graph
    (helpers.engine.graph); model and loss_function must then read nothing back, as item() does.
    new_rate: go on from the checkpoint at the learning rate that `optimizer` has, which belongs to
    it from then on; what the optimizer has learned of the gradients stays. With a OneCycleLR it is
    the highest rate that is new: the schedule goes on at the same place.
    Returns {"train": [...], "test": [...]}: the mean loss per picture of each epoch. Where a rate
    was new, "new_lr" lists after how many epochs, and steps of the next one, and which (that of
    the optimizer's first group): {"epochs": ..., "steps": ..., "lr": ...}.
    Raises ValueError for a negative number of epochs, an `every` below 1, or a new rate in another
    schedule; CourseError for a checkpoint that is damaged or not of this training, which stays as
    it is, and for a new rate where there is none, or no epoch left; Diverged where a number
    is no longer finite: within one step on a CPU, after the epoch at the latest on a GPU, and in
    all processes. No state that is not finite is ever written.
    """
    if num_epochs < 0:
        raise bad("num_epochs", num_epochs, ">= 0")
    if every is not None and every < 1:
        raise bad("every", every, "None, >= 1")
    if new_rate and not isinstance(schedule, (OneCycleLR, type(None))):
        raise bad("schedule", type(schedule).__name__, "None, OneCycleLR")
    parts = {"model": model.module if isinstance(model, DistributedDataParallel) else model,
             "optimizer": optimizer, **({"schedule": schedule} if schedule else {})}
    belongs = belongings(optimizer, schedule, batches, num_epochs) | (settings or {})
    done = resume(checkpoint, parts, belongs, num_epochs, new_rate)
    history = done["history"]
    first = rank_and_count()[0] == 0
    total = counters(batches)
    total.copy_(torch.tensor(done["total"], dtype=torch.float64))
    take = stepper(model, batches, loss_function, optimizer, dtype, total, replay)
    if done.get("about", about) != about:  # an older checkpoint, or the pictures have moved
        write(checkpoint, parts, belongs, done["epoch"], done["step"], history, total, about)

    for epoch in range(done["epoch"] + 1, num_epochs + 1):
        model.train()
        skip = done["step"] if epoch == done["epoch"] + 1 else 0  # made before the stop
        bar = tqdm(batches.rows_of_epoch(epoch, skip), desc=f"epoch {epoch}", initial=skip,
                   total=len(batches), leave=False, disable=not first)
        taken = [skip]  # steps of this epoch
        with divergence_named(bar, epoch, taken, optimizer, checkpoint):
            for number, (rows, weight) in enumerate(bar, skip + 1):
                take(rows, weight)
                taken[0] = number
                if schedule:
                    schedule.step()
                if every and number % every == 0:
                    check_finite(parts["model"], total)
                    write(checkpoint, parts, belongs, epoch - 1, number, history, total, about)
            losses, n = sum_over_processes(total.clone()).tolist()
            history["train"].append(losses / n)
            line = f"epoch {epoch:2d}/{num_epochs}  train {history['train'][-1]:.4f}"
            if test_batches is not None:
                history["test"].append(evaluate(model, test_batches, loss_function))
                line += f"  test {history['test'][-1]:.4f}"
            check_finite(parts["model"], torch.tensor(history["train"] + history["test"]))
        total.zero_()
        write(checkpoint, parts, belongs, epoch, 0, history, total, about)
        if first:
            print(line)
    return history


@contextlib.contextmanager
def divergence_named(bar, epoch, taken, optimizer, checkpoint):
    """Says in which epoch, and after how many steps, [n], the training inside diverged."""
    try:
        yield
    except (Diverged, RuntimeError) as error:
        bar.close()
        # the latter are a GPU's words for a loss function that was given no finite number
        if not isinstance(error, Diverged) and "device-side assert" not in str(error):
            raise
        kept = checkpoint is not None and os.path.exists(checkpoint)
        raise Diverged(both("train_diverged" if kept else "train_diverged_early", epoch=epoch,
                            step=taken[0], rate=min(highest_rate(optimizer) / 10, 0.001))) from None


def check_finite(model, losses):
    """Raises Diverged where a parameter of `model` or one of the losses is not finite."""
    if not finite([losses, *model.parameters(), *model.buffers()]):
        raise Diverged


def belongings(optimizer, schedule, batches, num_epochs):
    """What must be the same when a training goes on: a dict of plain Python."""
    groups = optimizer.param_groups
    return {
        "optimizer": type(optimizer).__name__,
        "schedule": f"{type(schedule).__name__}, {num_epochs} epochs" if schedule else "-",
        "learning rate": ", ".join(str(g.get("initial_lr", g["lr"])) for g in groups),
        "parameters": ", ".join(str(len(g["params"])) for g in groups),
        "pictures": len(batches.dataset),
        "batch size": batches.batch_size,
        "steps": len(batches),
    }


def resume(path, parts, belongs, num_epochs, new_rate=False):
    """Takes up the checkpoint `path` where there is one; returns how far the training was.

    epoch: epochs done. step: steps done of the next one. history: the losses of the epochs done.
    total: (sum of the losses, number) of this process's pictures since the epoch began.
    about: what a checkpoint says besides, None where it says nothing.
    new_rate: as for train(). Raises CourseError for a checkpoint that is damaged or not of this
    training, and for a new rate where there is none, or no epoch left.
    """
    saved = from_first(lambda: load(path)) if path else None
    if saved is None:
        if new_rate:
            raise CourseError(both("train_nothing_to_go_on", path=path))
        return {"epoch": 0, "step": 0, "history": {"train": [], "test": []}, "total": [0.0, 0.0]}
    check_model(path, saved["model"], parts["model"])
    there, rates = saved["belongs"], learning_rates(parts["optimizer"])
    changed = new_rate and there.get("learning rate") != belongs["learning rate"]
    if changed:
        if saved["epoch"] == num_epochs:
            raise CourseError(both("train_nothing_left", path=path, epochs=num_epochs))
        saved["belongs"] = there | {"learning rate": belongs["learning rate"]}
    check_settings(path, saved, belongs, num_epochs)
    for name, part in parts.items():
        part.load_state_dict(saved[name])
    rank, _ = rank_and_count()
    generator_state(saved["generators"][rank % len(saved["generators"])])
    if rank == 0:
        say("checkpoint_resumed", path=path, epoch=saved["epoch"], step=saved["step"])
    if changed:
        old, new = change_rates(parts["optimizer"], rates, parts.get("schedule"))
        saved["history"].setdefault("new_lr", []).append(
            {"epochs": saved["epoch"], "steps": saved["step"], "lr": new})
        if rank == 0:
            say("train_new_rate", old=old, new=new)
    total = saved["total"] if rank == 0 else [0.0, 0.0]  # of all processes: counted once
    return {**{name: saved[name] for name in ("epoch", "step", "history")}, "total": total,
            "about": saved.get("about")}


def write(path, parts, belongs, epoch, step, history, total, about):
    """Writes a checkpoint, after `step` steps of an epoch: the first process for all.

    Does nothing where `path` is None. A full disk is said, and does not end the training.
    """
    if path is None:
        return
    generators, totals = zip(*from_all((generator_state(), total.tolist())), strict=True)
    if rank_and_count()[0] > 0:
        return
    try:
        save(path, belongs=belongs, generators=list(generators), epoch=epoch, step=step,
             history=history, total=[sum(numbers) for numbers in zip(*totals, strict=True)],
             about=about,
             **{name: part.state_dict() for name, part in parts.items()})
    except (OSError, RuntimeError) as error:
        say("checkpoint_not_kept", path=path, error=error)
