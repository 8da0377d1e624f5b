"""A GPU that is not there: the CPU computes, but tensors know on which device they would be.

    python tests/pretend_gpu.py notebooks/01_autoencoder.ipynb ...

runs lessons, their figures watched by figure_rules.py, as a computer with an NVIDIA GPU would: what
is moved to the GPU or made there is marked, the marks go with every operation, forward and
backward, and what fails on a real GPU fails here as well: two devices in one operation, a NumPy
array of what lies on the GPU, a generator of the other device. Speed, memory and rounding of a GPU
are not pretended.
"""

import os
import sys
from pathlib import Path

import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

CPU, GPU = torch.device("cpu"), torch.device("cuda", 0)
MIXES = {"copy_", "_to_copy", "index", "index_put", "index_put_", "_index_put_impl_", "set_"}
# By address: the storages that would lie on the GPU. A weak reference keeps an address from being
# used again, so that no other tensor inherits a mark.
marked = {}
KEPT = 20_000  # marks of storages that are gone, at most


def place(x):
    """Where the numbers of a tensor are: the address of their storage."""
    return x.untyped_storage()._cdata


def on_gpu(x):
    """Whether a tensor would lie on the GPU."""
    return place(x) in marked


def mark(x, gpu):
    """Says on which device a tensor would lie."""
    if not gpu:
        marked.pop(place(x), None)
        return
    marked[place(x)] = StorageWeakRef(x.untyped_storage())
    if len(marked) > mark.limit:
        for address in [address for address, storage in marked.items() if storage.expired()]:
            del marked[address]
        mark.limit = len(marked) + KEPT


mark.limit = KEPT


def tensors(*things):
    """All tensors in nested arguments."""
    return [x for x in tree_leaves(things) if isinstance(x, torch.Tensor)]


def is_gpu(device):
    """Whether a device, or its name, is a GPU."""
    return torch.device(device).type == "cuda"


class Operations(TorchDispatchMode):
    """Sees every operation: marks what it makes, and refuses two devices."""

    default = False  # where something is made from no tensor at all

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        given = tensors(args, kwargs)
        name = operation.overloadpacket.__name__
        gpu = any(map(on_gpu, given)) if given else self.default
        if gpu and name not in MIXES and any(x.dim() and not on_gpu(x) for x in given):
            raise RuntimeError("Expected all tensors to be on the same device, but found at least "
                               f"two devices, cuda:0 and cpu! ({operation})")
        out = operation(*args, **(kwargs or {}))
        if name in MIXES and given:
            gpu = on_gpu(given[0])
        if not operation.is_view:
            known = set(map(place, given))
            for x in tensors(out):
                if place(x) not in known:
                    mark(x, gpu)
        return out


class Calls(TorchFunctionMode):
    """Sees every call from Python: there devices are named, and asked for."""

    def __init__(self, operations):
        super().__init__()
        self.operations = operations

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs, name = dict(kwargs or {}), getattr(function, "__name__", "")
        if function is torch.device or name == "_parse_to":  # what do the arguments of to() mean?
            return function(*args, **kwargs)
        asked = getattr(function, "__self__", None)
        if asked is torch.Tensor.device:
            return GPU if on_gpu(args[0]) else CPU
        if asked is torch.Tensor.is_cuda:
            return on_gpu(args[0])
        if name in ("numpy", "__array__") and on_gpu(args[0]):
            raise TypeError("can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to "
                            "copy the tensor to host memory first.")
        if name in ("cpu", "cuda"):
            return moved(args[0], name == "cuda")
        gpu, args = named_device(name, args, kwargs)
        if name == "to" and gpu is not None:
            return self.to(moved(args[0], gpu), *args[1:], **kwargs)
        check_generator(kwargs.get("generator"), gpu, tensors(args, kwargs))
        before = self.operations.default
        self.operations.default = (any(map(on_gpu, tensors(args, kwargs))) if gpu is None else gpu)
        try:
            out = function(*args, **kwargs)
        finally:
            self.operations.default = before
        if gpu is not None:
            for x in tensors(out):
                mark(x, gpu)
        return out

    def to(self, x, *args, **kwargs):
        """The rest of a call of to(): another dtype, another order in memory."""
        kinds = [a for a in [*args, kwargs.get("dtype")] if isinstance(a, torch.dtype)]
        x = x.to(kinds[0]) if kinds else x
        order = kwargs.get("memory_format")
        return x.contiguous(memory_format=order) if order else x


def moved(x, gpu):
    """The tensor on the device; a copy if it was on the other."""
    if on_gpu(x) != gpu:
        x = x.clone()
        mark(x, gpu)
    return x


def named_device(name, args, kwargs):
    """True or False where the arguments name a device, else None; the arguments without it."""
    device, left = kwargs.pop("device", None), []
    found = None if device is None else is_gpu(device)
    for number, x in enumerate(args):
        if isinstance(x, torch.device) or name == "to" and number == 1 and isinstance(x, str):
            found = is_gpu(x)
        elif name == "to" and number == 1 and isinstance(x, torch.Tensor):
            found = on_gpu(x)
            left.append(x.dtype)
        else:
            left.append(x)
    return found, tuple(left)


def check_generator(generator, gpu, given):
    """A generator must be of the device on which it draws."""
    if generator is not None:
        gpu = any(map(on_gpu, given)) if gpu is None else gpu
        if getattr(generator, "gpu", False) != gpu:
            raise RuntimeError(f"Expected a '{GPU if gpu else CPU}' device type for generator but "
                               f"found '{CPU if gpu else GPU}'")


class Generator(torch.Generator):
    """A generator of random numbers that remembers the device it is for."""

    def __new__(cls, device="cpu"):
        made = super().__new__(cls, device="cpu")
        made.gpu = is_gpu(device)
        return made


def pretend():
    """From now on this process has a GPU."""
    operations = Operations()
    operations.__enter__()
    Calls(operations).__enter__()
    torch.Generator = Generator
    answers = {"is_available": True, "synchronize": None, "get_device_name": "a pretended GPU",
               "get_device_capability": (8, 0), "mem_get_info": (1 << 33, 1 << 34),
               "empty_cache": None, "manual_seed_all": None}
    for name, answer in answers.items():
        setattr(torch.cuda, name, lambda *_, answer=answer, **__: answer)
    torch.optim.Optimizer._accelerator_graph_capture_health_check = lambda self: None
    torch.optim.Optimizer._cuda_graph_capture_health_check = lambda self: None
    from torch.utils.tensorboard import SummaryWriter

    SummaryWriter.add_graph = lambda *_, **__: None  # PyTorch's tracer does not go with the marks


def run(path):
    """Runs a lesson; True if nothing failed."""
    import nbformat

    from helpers.course.run import execute

    notebook = nbformat.read(path, as_version=4)
    first = next(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    here = str(Path(__file__).parent)
    notebook.cells.insert(first, nbformat.v4.new_code_cell(
        f"import sys\n\nsys.path.insert(0, {here!r})\nimport figure_rules\nimport pretend_gpu\n\n"
        "pretend_gpu.pretend()\nfigure_rules.watch()"))
    print(path)
    return execute(notebook, path.parent, {**os.environ, "FACES_SOURCE": "synthetic"})


if __name__ == "__main__":
    sys.exit(not all([run(Path(name).resolve()) for name in sys.argv[1:]]))
