"""The training loop that lesson 01 writes out by hand. It knows no data set and no model.

Shape letters: B pictures in a batch, N in all, C, H, W channels, height, width. A loader gives
(x, label) batches, each picture once; a loss_function(reconstruction, x) is a mean over the batch.
Training that lasts for days, or in many processes, has a loop of its own: helpers.engine.loop.
"""

import copy
import math

import torch

from helpers.messages import CourseError, bad, both
from helpers.progress import tqdm


def to_device(x, device):
    """`x` on the device; pictures (B, C, H, W) in the memory order that is quickest to convolve."""
    layout = torch.channels_last if x.dim() == 4 else torch.contiguous_format
    return x.to(device, memory_format=layout)


def train_step(model, x, loss_function, optimizer):
    """One step on `x`, whose target is `x` itself; returns the loss before it, detached."""
    loss = loss_function(model(x), x)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.detach()


@torch.no_grad()
def evaluate(model, loader, loss_function, device="cpu"):
    """Mean loss per picture of `model` on all pictures of `loader`, in eval mode; a float."""
    was_training = model.training
    model.eval()
    total, n = 0.0, 0
    for x, *_ in loader:
        x = to_device(x, device)
        total += loss_function(model(x), x).item() * len(x)  # the last batch may be smaller
        n += len(x)
    model.train(was_training)
    return total / n


def fit(model, train_loader, test_loader, loss_function, optimizer, num_epochs, device="cpu"):
    """Trains `model` to reconstruct the pictures of `train_loader`.

    Returns {"train": [...], "test": [...]}: the mean loss per picture of each epoch.
    Raises ValueError for a negative number of epochs; CourseError where a loss is not finite: the
    model is then what it was before that epoch.
    """
    if num_epochs < 0:
        raise bad("num_epochs", num_epochs, ">= 0")
    history = {"train": [], "test": []}
    for epoch in range(1, num_epochs + 1):
        model.train()
        before = copy.deepcopy(model.state_dict())
        total, n = 0.0, 0
        for step, (x, *_) in enumerate(tqdm(train_loader, desc=f"epoch {epoch}", leave=False), 1):
            x = to_device(x, device)
            loss = _loss_of_step(model, x, loss_function, optimizer)
            if not math.isfinite(loss):
                model.load_state_dict(before)
                raise CourseError(both("fit_diverged", epoch=epoch, step=step))
            total += loss * len(x)
            n += len(x)
        history["train"].append(total / n)
        history["test"].append(evaluate(model, test_loader, loss_function, device))
        print(f"epoch {epoch:2d}/{num_epochs}  train {history['train'][-1]:.4f}"
              f"  test {history['test'][-1]:.4f}")
    return history


def _loss_of_step(model, x, loss_function, optimizer):
    """train_step's loss; nan, too, where the loss function refuses what is not finite."""
    try:
        return train_step(model, x, loss_function, optimizer).item()
    except RuntimeError:
        with torch.no_grad():
            if model(x).isfinite().all():
                raise  # another fault
        return math.nan


@torch.no_grad()
def reconstruct(model, pictures, device="cpu", batch_size=32):
    """What `model` makes of `pictures` (N, C, H, W), in eval mode; a tensor on the CPU."""
    was_training = model.training
    model.eval()
    parts = [model(to_device(part, device)).cpu() for part in pictures.split(batch_size)]
    model.train(was_training)
    return torch.cat(parts)
