"""The training loop that lesson 01 writes out by hand. It knows no data set and no model.

The same loop serves one process, several (a model in DistributedDataParallel, Batches that share
each batch), and a job that was interrupted.
"""

import torch

from helpers.checkpoints import Progress
from helpers.messages import both
from helpers.processes import rank_and_count, sum_over_processes


def to_device(x, device):
    """`x` on the device; pictures (B, C, H, W) in the memory order that is quickest to convolve."""
    layout = torch.channels_last if x.dim() == 4 else torch.contiguous_format
    return x.to(device, memory_format=layout)


@torch.no_grad()
def evaluate(model, loader, loss_function, device="cpu"):
    """Mean loss per picture of `model` on all pictures of `loader`, in eval mode; a float.

    In float32, whatever it was trained in. Of several processes each gives the mean of all.
    """
    was_training = model.training
    model.eval()
    sums = torch.zeros(2, dtype=torch.float64)  # of the losses, and how many pictures
    for x, _ in loader:
        x = to_device(x, device)
        n = len(x) if getattr(loader, "weight", 1) else 0  # the last batch may be smaller
        sums += torch.tensor([loss_function(model(x), x).item() * n, n], dtype=torch.float64)
    model.train(was_training)
    total, n = sum_over_processes(sums).tolist()
    return total / n


def train_step(model, x, loss_function, optimizer, dtype=torch.float32, weight=1.0):
    """One step on pictures `x`: forward, backward, update; returns the loss, detached.

    dtype: of the model's arithmetic; torch.bfloat16 runs it under autocast. The loss and the
    parameters stay float32. weight: what this process's part of the batch counts in the gradient.
    """
    with torch.autocast(x.device.type, dtype, enabled=dtype != torch.float32):
        y = model(x)
    loss = loss_function(y.float(), x)
    optimizer.zero_grad()
    (loss * weight).backward()
    optimizer.step()
    return loss.detach()


def fit(model, train_loader, test_loader, loss_function, optimizer, num_epochs, device="cpu", *,
        dtype=torch.float32, schedule=None, checkpoint=None, every=None, settings=None):
    """Trains `model` to reconstruct the pictures of `train_loader`.

    Loaders give (x, label) batches, every picture once (no drop_last). test_loader: or None, for
    no test. loss_function(reconstruction, x) is a mean over the batch.
    dtype: of the arithmetic, torch.float32 or torch.bfloat16 (autocast).
    schedule: of the learning rate; it steps after every batch.
    checkpoint: path of a file that keeps the state of the training after every epoch and, if
    given, after `every` steps of it. Where there is one already, the training goes on from it
    and ends as if it had never stopped.
    settings: a dict of what else must be the same for that, plain Python.
    Returns {"train": [...], "test": [...]}: the mean loss per picture of each epoch.
    Raises ValueError for a negative number of epochs or an `every` below 1; CourseError for a
    checkpoint that is damaged or not of this training: it stays as it is.
    """
    if num_epochs < 0:
        raise ValueError(both("bad_argument", name="num_epochs", got=num_epochs, takes=">= 0"))
    if every is not None and every < 1:
        raise ValueError(both("bad_argument", name="every", got=every, takes="None, >= 1"))
    progress = Progress(model, optimizer, schedule, train_loader, num_epochs, checkpoint,
                        settings)
    progress.resume()
    history = progress.history
    for epoch in range(progress.epoch + 1, num_epochs + 1):
        model.train()
        for step, x in progress.batches(epoch):
            x = to_device(x, device)
            weight = getattr(train_loader, "weight", 1.0)
            loss = train_step(model, x, loss_function, optimizer, dtype, weight)
            if schedule:
                schedule.step()
            progress.add(loss, len(x) if weight else 0)
            if every and step % every == 0:
                progress.save(step)
        total, n = sum_over_processes(progress.total.clone()).tolist()
        history["train"].append(total / n)
        line = f"epoch {epoch:2d}/{num_epochs}  train {history['train'][-1]:.4f}"
        if test_loader is not None:
            history["test"].append(evaluate(model, test_loader, loss_function, device))
            line += f"  test {history['test'][-1]:.4f}"
        progress.next_epoch()
        if rank_and_count()[0] == 0:
            print(line)
    return history


@torch.no_grad()
def reconstruct(model, pictures, device="cpu", batch_size=32):
    """What `model` makes of `pictures` (N, C, H, W), in eval mode; a tensor on the CPU."""
    was_training = model.training
    model.eval()
    parts = [model(to_device(part, device)).cpu() for part in pictures.split(batch_size)]
    model.train(was_training)
    return torch.cat(parts)
