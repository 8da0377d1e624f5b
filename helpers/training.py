"""The training loop that lesson 01 writes out by hand. It knows no data set and no model."""

import torch
from tqdm import tqdm

from helpers.messages import both


def to_device(x, device):
    """`x` on the device; pictures (B, C, H, W) in the memory order that is quickest to convolve."""
    layout = torch.channels_last if x.dim() == 4 else torch.contiguous_format
    return x.to(device, memory_format=layout)


@torch.no_grad()
def evaluate(model, loader, loss_function, device="cpu"):
    """Mean loss per picture of `model` on all pictures of `loader`, in eval mode; a float."""
    was_training = model.training
    model.eval()
    total = 0.0
    for x, _ in loader:
        x = to_device(x, device)
        total += loss_function(model(x), x).item() * len(x)  # the last batch may be smaller
    model.train(was_training)
    return total / len(loader.dataset)


def fit(model, train_loader, test_loader, loss_function, optimizer, num_epochs, device="cpu"):
    """Trains `model` to reconstruct the pictures of `train_loader`.

    Loaders give (x, label) batches, every picture once (no drop_last).
    loss_function(reconstruction, x) is a mean over the batch.
    Returns {"train": [...], "test": [...]}: the mean loss per picture of each epoch.
    Raises ValueError for a negative number of epochs.
    """
    if num_epochs < 0:
        raise ValueError(both("bad_argument", name="num_epochs", got=num_epochs, takes=">= 0"))
    history = {"train": [], "test": []}
    for epoch in range(1, num_epochs + 1):
        model.train()
        total = 0.0
        for x, _ in tqdm(train_loader, desc=f"epoch {epoch}", leave=False):
            x = to_device(x, device)
            loss = loss_function(model(x), x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
        history["train"].append(total / len(train_loader.dataset))
        history["test"].append(evaluate(model, test_loader, loss_function, device))
        print(f"epoch {epoch:2d}/{num_epochs}  train {history['train'][-1]:.4f}  "
              f"test {history['test'][-1]:.4f}")
    return history


@torch.no_grad()
def reconstruct(model, pictures, device="cpu", batch_size=32):
    """What `model` makes of `pictures` (N, C, H, W), in eval mode; a tensor on the CPU."""
    was_training = model.training
    model.eval()
    parts = [model(to_device(part, device)).cpu() for part in pictures.split(batch_size)]
    model.train(was_training)
    return torch.cat(parts)
