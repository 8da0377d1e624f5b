"""Batches of pictures that are already decoded: from memory, or from one file on the disk."""

import hashlib

import numpy as np
import torch

from helpers.messages import bad, both


class Batches:
    """Batches (x, rows, weight) of uint8 pictures; x (B, C, H, W) float32 in [0, 1], channels_last.

    rows: which pictures they are, (B,) int64. weight: what the batch counts in the gradient, 1
    where all processes have equally many pictures of it; 0 for a process that had none left and
    got a picture only to keep step with the others.

    pictures: uint8, (N, H, W, C): an array or a tensor, or the path of a .npy file, which may be
    larger than the memory: only the rows of a batch are read. (Through a memory map whole
    neighbourhoods of the rows stay resident: 240 MB at 50,000 pictures of 64x64.)
    A tensor or array moves to `device` whole, once.
    batch_size: pictures of a step, over all processes. shuffle: a new order every epoch, the same
    for the same seed and epoch in all processes.
    rank, count: this process takes every count-th picture of each batch, from the rank-th, so no
    picture goes to two processes and together they see the batches that one process alone would.

    dataset: the pictures, so len(batches.dataset) is N.
    Raises ValueError for pictures of another type, shape or order, none at all, a batch_size below
    `count`; and, while reading, OSError for a file that has become shorter.
    """

    def __init__(self, pictures, batch_size=32, shuffle=False, seed=0, device="cpu", rank=0,
                 count=1):
        self.path = None
        if not isinstance(pictures, (np.ndarray, torch.Tensor)):
            self.path, pictures = pictures, np.load(pictures, mmap_mode="r")
            self.shape, self.offset = pictures.shape[1:], getattr(pictures, "offset", 0)
            if not pictures.flags.c_contiguous:
                raise bad("pictures", "Fortran order", "C order")
        shape, dtype = tuple(pictures.shape), str(pictures.dtype).removeprefix("torch.")
        if len(shape) != 4 or dtype != "uint8" or not shape[0]:
            raise bad("pictures", f"{dtype} {shape}", "uint8 (N >= 1, H, W, C)")
        if not isinstance(batch_size, int) or batch_size < count:
            raise bad("batch_size", repr(batch_size), f"int >= {count}")
        self.device = torch.device(device)
        if self.path is None:
            pictures = torch.as_tensor(pictures).to(self.device)
        self.dataset = pictures if self.path is None else range(shape[0])
        self.batch_size, self.shuffle, self.seed = batch_size, shuffle, seed
        self.rank, self.count = rank, count

    def __len__(self):
        return -(-len(self.dataset) // self.batch_size)

    def fingerprint(self):
        """A short text that differs for other pictures: of their number, size, and 16 of them."""
        rows = torch.linspace(0, len(self.dataset) - 1, 16).long()
        pictures = self._read(rows if self.path else rows.to(self.device)).cpu().numpy()
        digest = hashlib.sha256(f"{len(self.dataset)} {pictures.shape}".encode())
        digest.update(pictures.tobytes())
        return digest.hexdigest()[:16]

    def order(self, epoch):
        """The rows of an epoch in the order in which all processes take them: (N,) int64."""
        if not self.shuffle:
            return torch.arange(len(self.dataset))
        generator = torch.Generator().manual_seed(1_000_003 * self.seed + epoch)
        return torch.randperm(len(self.dataset), generator=generator)

    def __iter__(self):
        return self.of_epoch(0)

    def of_epoch(self, epoch, skip=0):
        """The batches of epoch number `epoch`, in its own order, without its first `skip`."""
        for rows, weight in self.rows_of_epoch(epoch, skip):
            yield self.read(rows), rows, weight

    def rows_of_epoch(self, epoch, skip=0):
        """(rows, weight) of these batches, without their pictures; what is in memory on the device
        has its rows there, too."""
        order = self.order(epoch)
        if self.path is None:
            order = order.to(self.device)  # once: copying rows every step would make a GPU wait
        for batch in order.split(self.batch_size)[skip:]:
            rows = batch[self.rank :: self.count]
            weight = len(rows) * self.count / len(batch)
            yield (rows if len(rows) else batch[:1]), weight  # no pictures have no mean loss

    def read(self, rows):
        """The pictures `rows` as x (B, C, H, W), see above."""
        return self._read(rows).permute(0, 3, 1, 2).float().div_(255)

    def _read(self, rows):
        if self.path is None:
            return self.dataset[rows]
        pictures = np.empty((len(rows), *self.shape), np.uint8)
        with open(self.path, "rb", buffering=0) as file:
            for picture, row in zip(pictures, rows.tolist(), strict=True):
                file.seek(self.offset + row * picture.nbytes)
                if file.readinto(picture) != picture.nbytes:
                    raise OSError(both("batches_cut_off", path=self.path))
        return torch.from_numpy(pictures).to(self.device)
