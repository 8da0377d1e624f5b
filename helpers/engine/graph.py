"""A training step as one CUDA graph: the GPU runs it as a whole, and Python launches it at once.

A step of a small model is many short kernels, and launching them one by one takes longer than
running them. Captured in a graph they are launched together. The recipe is PyTorch's: "Whole-
network capture" in docs.pytorch.org/docs/stable/notes/cuda.html. A graph reads and writes where
its tensors lay when it was captured: numbers that change from step to step, which pictures and
what learning rate, are copied there before each replay.
"""

import torch

WARM_UP = 3  # steps before the capture: kernels are loaded, the optimizer makes its state


def lies_on_gpu(batches):
    """Whether one process has all pictures of the Batches in the memory of a GPU."""
    return batches.device.type == "cuda" and batches.path is None and batches.count == 1


def can_replay(batches, optimizer):
    """Whether steps on `batches` can be captured: on a GPU, with an optimizer that waits for none.

    A fused Adam is one: it counts its steps on the GPU.
    """
    return lies_on_gpu(batches) and all(
        group.get("fused") and "capturable" in group for group in optimizer.param_groups)


class Replayed:
    """take(rows, weight), which takes a training step, replayed as a CUDA graph.

    take: launches the work of a step on the pictures `rows`, (B,) int64 on the GPU, and reads
    nothing back. Its tensors, those of the model and of the optimizer among them, must stay where
    they are: checkpoints are loaded before the first step.
    Called in its place. The first WARM_UP full batches and every smaller batch (an epoch's last)
    are steps as ever. The optimizer's learning rates may change between the calls; all else that
    Python decides in a step stays as it was in the first one replayed.
    """

    def __init__(self, take, optimizer, batches):
        self.take, self.optimizer = take, optimizer
        device = batches.dataset.device
        self.rows = torch.zeros(batches.batch_size, dtype=torch.int64, device=device)
        self.rates = [torch.zeros((), device=device) for _ in optimizer.param_groups]
        self.filled = None  # what is in self.rates, as floats
        self.stream, self.graph, self.warm = torch.cuda.Stream(device), None, 0

    def __call__(self, rows, weight):
        if len(rows) < len(self.rows):
            self.take(rows, weight)
        elif self.warm < WARM_UP:
            self.warm += 1
            self.warm_up(rows, weight)
        else:
            self.rows.copy_(rows)
            self.fill_rates()
            if self.graph is None:
                self.graph = self.capture(weight)
            self.graph.replay()

    def warm_up(self, rows, weight):
        """A step on the stream of the capture, which autograd and the libraries get to know."""
        now = torch.cuda.current_stream(self.rows.device)
        self.stream.wait_stream(now)
        with torch.cuda.stream(self.stream):
            self.take(rows, weight)
        now.wait_stream(self.stream)

    def fill_rates(self):
        """Copies the optimizer's learning rates to where the graph reads them."""
        rates = [float(group["lr"]) for group in self.optimizer.param_groups]
        if rates != self.filled:
            for tensor, rate in zip(self.rates, rates, strict=True):
                tensor.fill_(rate)
            self.filled = rates

    def capture(self, weight):
        """The graph of a step on self.rows at the rates self.rates; nothing is computed yet.

        While it is captured, the optimizer has its learning rates on the GPU; before and after
        they are the numbers that schedules and checkpoints know.
        """
        groups = self.optimizer.param_groups
        before = [(group["lr"], group["capturable"]) for group in groups]
        graph = torch.cuda.CUDAGraph()
        self.optimizer.zero_grad()  # the graph makes gradients of its own, in its own memory
        try:
            for group, rate in zip(groups, self.rates, strict=True):
                group.update(lr=rate, capturable=True)
            with torch.cuda.graph(graph, stream=self.stream):
                self.take(self.rows, weight)
        finally:
            for group, (rate, capturable) in zip(groups, before, strict=True):
                group.update(lr=rate, capturable=capturable)
        return graph
