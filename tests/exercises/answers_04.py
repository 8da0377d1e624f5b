"""Right and wrong answers to the exercises of lesson 04: test_exercises.py checks them."""

import numpy as np
import torch
from scipy.stats import mannwhitneyu
from sklearn.metrics import roc_auc_score
from torch import nn


def keep(z, count):
    """`z` with all but its `count` largest numbers set to 0."""
    values, places = z.flatten().topk(count)
    return torch.zeros(z.numel()).scatter(0, places, values).view_as(z)


def batch_topk(z, k):
    return keep(z.relu(), len(z) * k)


def row_topk(z, k):
    return torch.stack([keep(row.relu(), k) for row in z])


def topk_by_threshold(z, k):
    return z * (z >= z.flatten().topk(len(z) * k).values[-1].clamp(min=1e-9))


def topk_strict(z, k):
    return z.relu() * (z > z.flatten().topk(len(z) * k).values[-1])


def topk_in_place(z, k):
    z.clamp_(min=0)
    small = z.flatten().argsort()[:z.numel() - len(z) * k]
    z.view(-1)[small] = 0
    return z


def topk_in_loops(z, k):
    kept = sorted((value for row in z.tolist() for value in row), reverse=True)[:len(z) * k]
    return [[value if value in kept and value > 0 else 0 for value in row] for row in z.tolist()]


def topk_in_numpy(z, k):
    z = z.numpy().astype(np.float64)
    least = np.partition(z.ravel(), -len(z) * k)[-len(z) * k]
    return np.where((z >= least) & (z > 0), z, 0)


def dead(z):
    return (z > 0).any(0).logical_not()


def dead_in_place(batches):
    alive = set()
    while batches:
        alive |= set(batches.pop().nonzero()[:, 1].tolist())
    return 40 - len(alive) if 39 in alive else 32 - len(alive)


def dead_with_memory(batches):
    alive = torch.zeros(batches[0].shape[1], dtype=torch.bool)
    for z in batches:
        alive |= (z > 0).any(0)
    return len(alive) - alive.sum()


def together(batches):
    return torch.cat(batches)


def undo(W, z):
    length = W.norm(dim=0)
    return W / length.clamp(min=1e-9), z * length


def undo_in_place(W, z):
    for j in range(W.shape[1]):
        length = W[:, j].norm()
        if length > 0:
            W[:, j] /= length
            z[:, j] *= length
    return W, z


def undo_in_place_wrongly(W, z):
    W /= W.norm(dim=0).clamp(min=1e-9)
    z *= W.norm(dim=0)
    return W, z


def undo_with_where(W, z):
    length = torch.where((W != 0).any(0), W.norm(dim=0), 1.0)  # the dead unit keeps its code
    return W / length, z * length


def undo_in_numpy(W, z):
    length = np.linalg.norm(W.numpy().astype(np.float64), axis=0)
    return W.numpy() / np.maximum(length, 1e-12), z.numpy() * length


def pairs(unit, label, tie=0.5):
    plus, minus = unit[label][:, None], unit[~label][None]
    return (plus > minus).float() + tie * (plus == minus).float()


def auc_in_loops(unit, label):
    points = [1.0 if a > b else 0.5 if a == b else 0.0
              for a, has in zip(unit.tolist(), label.tolist(), strict=True) if has
              for b, other in zip(unit.tolist(), label.tolist(), strict=True) if not other]
    return sum(points) / len(points)


def auc_by_ranks(unit, label):
    rank = (unit[:, None] > unit).sum(1) + ((unit[:, None] == unit).sum(1) + 1) / 2
    n, m = label.sum(), (~label).sum()
    return (rank[label].sum() - n * (n + 1) / 2) / (n * m)


def auc_by_signs(unit, label):
    return ((unit[label][:, None] - unit[~label]).double().sign() / 2 + 0.5).mean()


RIGHT = {
    "04-batch-topk": [batch_topk, topk_by_threshold, topk_in_place, topk_in_loops, topk_in_numpy,
                      lambda z, k: batch_topk(z, k).double(),
                      lambda z, k: batch_topk(z, k) * z.sign()],
    "04-dead-units": [lambda batches: dead(together(batches)).sum(), dead_in_place,
                      lambda batches: sum(all((z[:, j] == 0).all() for z in batches)
                                          for j in range(batches[0].shape[1])),
                      dead_with_memory,
                      lambda batches: (together(batches).amax(0) == 0).sum().item(),
                      lambda batches: int((np.vstack([z.numpy() for z in batches]).sum(0) == 0)
                                          .sum()),
                      lambda batches: torch.stack([dead(z) for z in batches]).all(0).sum().float()],
    "04-undo-cheat": [undo, lambda W, z: [nn.functional.normalize(W, dim=0), z * W.norm(dim=0)],
                      undo_in_place, undo_with_where, undo_in_numpy,
                      lambda W, z: undo(W.double(), z.double()),
                      lambda W, z: ((W / W.norm(dim=0)).nan_to_num(), z * W.norm(dim=0))],
    "04-auc": [lambda unit, label: pairs(unit, label).mean(),
               lambda unit, label: roc_auc_score(label, unit), auc_in_loops, auc_by_ranks,
               auc_by_signs,
               lambda unit, label: mannwhitneyu(unit[label], unit[~label]).statistic
               / (label.sum() * (~label).sum())],
}

WRONG = {
    "04-batch-topk": [
        (row_topk, "plain TopK"),
        (lambda z, k: row_topk(z.T, k).T, "unit (column)"),
        (lambda z, k: keep(z.relu(), k), "only k of the whole batch"),
        (lambda z, k: keep(z.relu(), z.shape[1] * k), "number of units"),
        (topk_strict, "one too few"),
        (lambda z, k: (batch_topk(z, k) > 0).float(), "became 1"),
        (lambda z, k: z * (keep(z.abs(), len(z) * k) > 0), "absolute"),
        (lambda z, k: z.relu(), "ReLU alone"),
        (lambda z, k: keep(z, len(z) * k), "fewer than B·k"),  # right unless few are positive
        (lambda z, k: keep(z.relu(), 10), "wrong, by up to"),
        (lambda z, k: z.relu().flatten().topk(len(z) * k).indices, "The shape"),
        (lambda z, k: keep(z.relu(), len(z) * k).T, "The shape"),
        (lambda z, k: 2 * batch_topk(z, k), "wrong, by up to"),
        (lambda z, k: z.relu().flatten().topk(len(z) * k), "The shape"),
        (lambda z, k: None, "returned nothing"),
    ],
    "04-dead-units": [
        (lambda batches: (~dead(together(batches))).sum(), "living"),
        (lambda batches: sum(dead(z).sum() for z in batches), "several times"),
        (lambda batches: torch.stack([dead(z) for z in batches]).any(0).sum(), "some batch"),
        (lambda batches: dead(batches[-1]).sum(), "last batch"),
        (lambda batches: dead(batches[0]).sum(), "first batch"),
        (lambda batches: sum(dead(z).sum() for z in batches) / len(batches), "mean"),
        (lambda batches: (together(batches) == 0).sum(), "zeros"),
        (lambda batches: dead(together(batches)).float().mean(), "share"),
        (lambda batches: (together(batches).mean(0) < 0.01).sum(), "small mean"),
        (lambda batches: (together(batches) < 0.01).all(0).sum(), "small maximum"),
        (lambda batches: ((together(batches) > 0).float().mean(0) < 0.01).sum(), "Seldom"),
        (lambda batches: dead(together(batches)), "one number"),
        (lambda batches: 3, "You get 3"),
        (lambda batches: None, "returned nothing"),
    ],
    "04-undo-cheat": [
        (lambda W, z: (undo(W, z)[0], z), "multiply z"),
        (undo_in_place_wrongly, "multiply z"),
        (lambda W, z: (undo(W, z)[0], z / W.norm(dim=0).clamp(min=1e-9)), "wrong way round"),
        (lambda W, z: (W / W.norm(dim=0), z * W.norm(dim=0)), "nan"),
        (lambda W, z: (W / W.norm(dim=1, keepdim=True), z), "each row"),
        (lambda W, z: (W, z), "has not changed"),
        (lambda W, z: (W / W.norm(), z * W.norm()), "do not have length 1"),
        (lambda W, z: (W / W.abs().sum(0).clamp(min=1e-9), z * W.abs().sum(0)), "length 1"),
        (lambda W, z: (undo(W, z)[0], z * W.norm(dim=0) ** 2), "reconstruction is not"),
        (lambda W, z: (2 * undo(W, z)[0], undo(W, z)[1] / 2), "wrong, by up to"),
        (lambda W, z: undo(W, z)[0], "2 things"),
        (lambda W, z: (*undo(W, z), W.norm(dim=0)), "2 things"),
        (lambda W, z: (undo(W, z)[0].T, z), "The shape should be (6, 5)"),
        (lambda W, z: (undo(W, z)[0], undo(W, z)[1].T), "The shape should be (4, 5)"),
        (lambda W, z: (undo(W, z)[0], z.mean()), "The shape should be (4, 5)"),
        (lambda W, z: (None, z), "returned nothing"),
        (lambda W, z: None, "returned nothing"),
    ],
    "04-auc": [
        (lambda unit, label: pairs(unit, label, 0).mean(), "many ties"),
        (lambda unit, label: pairs(unit, label, 1).mean(), "you give 1"),
        (lambda unit, label: 1 - pairs(unit, label).mean(), "wrong way round"),
        (lambda unit, label: pairs(unit, label).sum(), "number of pairs"),
        (lambda unit, label: ((unit > 0) == label).float().mean(), "accuracy"),
        (lambda unit, label: unit[label].mean() - unit[~label].mean(), "two means"),
        (lambda unit, label: ((unit[:, None] > unit) + 0.5 * (unit[:, None] == unit)).mean(),
         "all faces with all"),
        (lambda unit, label: max(roc_auc_score(label, unit), roc_auc_score(label, -unit)),
         "may be below 0.5"),
        (lambda unit, label: 0.6, "You get 0.6"),
        (lambda unit, label: pairs(unit, label), "one number"),
    ],
}
