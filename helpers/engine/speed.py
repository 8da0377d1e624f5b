"""What makes training on one machine fast, each as one function; lesson 10 measures each."""

import copy
import ctypes
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

from helpers.engine.loop import step


class SplitBias(nn.ConvTranspose2d):
    """nn.ConvTranspose2d that adds its bias itself: the same function, the same parameters.

    oneDNN 3.12 takes as long for the gradient of this layer's bias as for that of its weight.
    """

    def forward(self, x, output_size=None):
        if self.bias is None or x.dim() != 4 or output_size is not None:
            return super().forward(x, output_size)
        y = F.conv_transpose2d(x, self.weight, None, self.stride, self.padding,
                               self.output_padding, self.groups, self.dilation)
        rows = y.permute(0, 2, 3, 1).flatten(2)  # (B, H, W * C): a few channels fill no vector
        bias = self.bias.repeat(y.shape[3]).to(y.dtype)
        return (rows + bias).unflatten(2, (-1, y.shape[1])).permute(0, 3, 1, 2)


class VectorBCE(torch.autograd.Function):
    """The formula of F.binary_cross_entropy, which takes its logarithms one by one on a CPU."""

    @staticmethod
    def forward(ctx, y, x):
        ctx.save_for_backward(y, x)
        log_y = y.log().clamp_(min=-100)  # PyTorch's bound: 0 * log(0) shall be 0
        log_not_y = (1 - y).log_().clamp_(min=-100)
        return log_not_y.lerp_(log_y, x).mean().neg()

    @staticmethod
    def backward(ctx, gradient):
        y, x = ctx.saved_tensors
        slope = (y - x).div_((y * (1 - y)).clamp_(min=1e-12))
        return slope.mul_(gradient / y.numel()), None


def quick_bce(y, x):
    """F.binary_cross_entropy(y, x), its mean, quicker on a CPU; no gradient goes to `x`.

    y: reconstruction, x: picture, of one shape, both in [0, 1]. Others raise what PyTorch raises.
    """
    if y.device.type == "cpu" and y.shape == x.shape and y.numel():
        low, high = x.aminmax()
        loss = VectorBCE.apply(y, x)
        if 0 <= low and high <= 1 and not loss.isnan():  # nan: y was outside
            return loss
    return F.binary_cross_entropy(y, x)  # raises its own errors


def pool_first(model):
    """Puts every max pooling that follows a ReLU before it, in place.

    The largest of four numbers is the same before and after a ReLU, but a quarter of the numbers
    is left for the ReLU. Neither has parameters, so the names in the state dict stay. Not for
    models that use what comes out between the two.
    """
    for layers in model.modules():
        if isinstance(layers, nn.Sequential):
            for i in range(len(layers) - 1):
                relu, pool = layers[i], layers[i + 1]
                if (type(relu) is nn.ReLU and type(pool) is nn.MaxPool2d
                        and not pool.return_indices):
                    layers[i], layers[i + 1] = pool, relu


def split_bias(model):
    """Turns every transposed convolution into a SplitBias, in place."""
    for module in model.modules():
        if type(module) is nn.ConvTranspose2d:
            module.__class__ = SplitBias


def quicken(model, device="cpu"):
    """Moves `model` to the device, in the memory order that is quickest to convolve; returns it.

    On a CPU it pools before a ReLU, and transposed convolutions add their bias themselves. Neither
    parameters nor their names change, nor, but for rounding, what the model computes.
    """
    model = model.to(device, memory_format=torch.channels_last)
    if torch.device(device).type == "cpu":
        pool_first(model)
        split_bias(model)
    return model


def keep_freed_memory(keep=True):
    """Lets the process keep the memory of freed tensors for the next ones; True if it could.

    glibc gives freed blocks of some megabytes back to the system, which clears every page before
    it hands it out again: thousands of page faults a step. keep=False lets it give back again,
    but what lies on top of the freed memory may hold it: only a fresh process has the defaults.
    Elsewhere than on Linux with glibc nothing happens. Source: man 3 mallopt.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    trim_threshold, top_pad, mmap_threshold = -1, -2, -3
    largest = 32 << 20  # what glibc's own thresholds grow to by themselves
    return all((mallopt(mmap_threshold, largest),
                mallopt(trim_threshold, 1 << 30 if keep else 2 * largest),
                mallopt(top_pad, 64 << 20 if keep else 128 << 10)))


def seconds(work, repeat=3, device="cpu"):
    """The least time in seconds that `work()` took in `repeat` calls, after one that is not timed.

    The least, since other programs only ever make it longer.
    """
    kind = torch.device(device).type
    wait = getattr(torch, kind).synchronize if kind in ("cuda", "mps") else (lambda: None)
    times = []
    for _ in range(repeat + 1):
        wait()
        began = time.perf_counter()
        work()
        wait()
        times.append(time.perf_counter() - began)
    return min(times[1:])


def matmul_rate(dtype=torch.float32, device="cpu", n=1024):
    """Floating-point operations a second of (n, n) @ (n, n), as measured here and now."""
    a, b = (torch.randn(n, n, device=device).to(dtype) for _ in range(2))
    return 2 * n**3 / seconds(lambda: a @ b, 8, device)


def imitates_bfloat16(n=256):
    """Whether this processor has no bfloat16 instructions: they are tried on milliseconds of work.

    Imitated, a product of matrices took fifty times as long as in float32. In one thread, which
    waits for nobody.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        a = torch.randn(n, n)
        b = a.bfloat16()
        return seconds(lambda: b @ b, 5) > 4 * seconds(lambda: a @ a, 5)
    finally:
        torch.set_num_threads(threads)


def quickest_dtype(model, x, loss_function):
    """torch.bfloat16 or torch.float32: whichever trains a copy of `model` faster on pictures `x`.

    Measured, not looked up: some processors have bfloat16 instructions, others only imitate them,
    many times slower. `x` (B, C, H, W) on the model's device. A GPU that has such instructions is
    not asked: small steps would time the launching of its kernels.
    """
    if x.device.type == "cuda" and torch.cuda.get_device_capability(x.device) >= (8, 0):
        return torch.bfloat16
    if x.device.type == "cpu" and imitates_bfloat16():
        return torch.float32  # one step in bfloat16 would take seconds
    times = {}
    for dtype in (torch.float32, torch.bfloat16):
        trial = copy.deepcopy(model).train()
        optimizer = torch.optim.SGD(trial.parameters(), 0.0)
        times[dtype] = seconds(
            lambda m=trial, o=optimizer, d=dtype: step(m, x, loss_function, o, d),
            device=x.device)
    return min(times, key=times.get)
