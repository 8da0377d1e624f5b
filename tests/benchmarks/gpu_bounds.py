"""What a step of lesson 01's model takes on a device, and what it would take at least."""

import bare  # noqa: F401  before what it makes importable
import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from helpers.engine import loop
from helpers.engine.batches import Batches
from helpers.engine.speed import matmul_rate, quick_bce, quicken, seconds
from helpers.models import Autoencoder

BATCH_SIZE, LEARNING_RATE = 32, 0.001  # the original loop's


def fresh_model(device):
    """Lesson 01's model, quickened, the same every time."""
    torch.manual_seed(0)
    return quicken(Autoencoder(), device)


def adam(model, batch_size):
    """The optimizer that helpers.train makes; its rate by the square-root rule."""
    rate = LEARNING_RATE * (batch_size / BATCH_SIZE) ** 0.5
    return torch.optim.Adam(model.parameters(), lr=rate, fused=True)


def step_seconds(pictures, batch_size, device, dtype):
    """Seconds of a step of the engine on `batch_size` of `pictures`, the least of three means."""
    model, batches = fresh_model(device), Batches(pictures, batch_size, device=device)
    take = loop.stepper(model, batches, quick_bce, adam(model, batch_size), dtype,
                        loop.counters(batches), replay=True)
    rows = torch.arange(batch_size, device=device)
    steps = 50 if device.type == "cuda" else 1

    def several():
        for _ in range(steps):
            take(rows, 1.0)

    return seconds(several, 3, device) / steps


class Traffic(TorchDispatchMode):
    """Counts the bytes that operations read and write: their inputs and outputs; views do not."""

    total = 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        out = operation(*args, **(kwargs or {}))
        if not operation.is_view:
            self.total += sum(x.nbytes for x in tree_leaves((args, kwargs, out))
                              if isinstance(x, torch.Tensor))
        return out


def step_bytes(pictures, batch_size, device, dtype):
    """Bytes that the operations of a step read and write."""
    model = fresh_model(device)
    optimizer = adam(model, batch_size)
    x = Batches(pictures, batch_size, device=device).read(torch.arange(batch_size, device=device))
    loop.step(model, x, quick_bce, optimizer, dtype)  # makes the optimizer's state
    with Traffic() as traffic:
        loop.step(model, x, quick_bce, optimizer, dtype)
    return traffic.total


def flop_per_picture():
    """Floating-point operations of forward and backward pass, as PyTorch counts them."""
    model, x = Autoencoder(), torch.rand(1, 3, 64, 64)
    with FlopCounterMode(display=False) as counter:
        binary_cross_entropy(model(x), x).backward()
    return counter.get_total_flops()


def copy_rate(device):
    """Bytes a second that a copy within the memory of the device reads and writes."""
    x = torch.ones(1 << (28 if device.type == "cuda" else 22), device=device)
    y = torch.empty_like(x)
    return 2 * x.nbytes / seconds(lambda: y.copy_(x), 8, device)


def measure_rates(device, dtype):
    """What the device does a second, and what a picture asks of it."""
    n = 8192 if device.type == "cuda" else 512
    return {"flop_per_picture": flop_per_picture(),
            "flop_per_second": matmul_rate(dtype, device, n),
            "bytes_per_second": copy_rate(device)}


def bounds(pictures, batch_size, rates, device, dtype):
    """Least seconds of a step by each bound: {"arithmetic": ..., "memory": ..., ...}."""
    picture = np.zeros((1, 8, 8, 3), np.uint8)
    return {"arithmetic": batch_size * rates["flop_per_picture"] / rates["flop_per_second"],
            "memory": step_bytes(pictures, batch_size, device, dtype) / rates["bytes_per_second"],
            "launching": step_seconds(picture, 1, device, dtype)}
