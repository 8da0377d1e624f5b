"""Right and wrong answers to the exercises of lesson 04: test_exercises.py checks them."""

import torch
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


def dead(z):
    return (z > 0).any(0).logical_not()


def undo(W, z):
    length = W.norm(dim=0)
    return W / length.clamp(min=1e-9), z * length


def pairs(unit, label, tie=0.5):
    plus, minus = unit[label][:, None], unit[~label][None]
    return (plus > minus).float() + tie * (plus == minus).float()


RIGHT = {
    "04-batch-topk": [
        batch_topk,
        lambda z, k: z * (z >= z.flatten().topk(len(z) * k).values[-1].clamp(min=1e-9))],
    "04-dead-units": [lambda batches: dead(torch.cat(batches)).sum(),
                      lambda batches: sum(all((z[:, j] == 0).all() for z in batches)
                                          for j in range(batches[0].shape[1]))],
    "04-undo-cheat": [undo, lambda W, z: [nn.functional.normalize(W, dim=0), z * W.norm(dim=0)]],
    "04-auc": [lambda unit, label: pairs(unit, label).mean(),
               lambda unit, label: roc_auc_score(label, unit)],
}

WRONG = {
    "04-batch-topk": [
        (row_topk, "plain TopK"),
        (lambda z, k: row_topk(z.T, k).T, "unit (column)"),
        (lambda z, k: keep(z.relu(), k), "only k of the whole batch"),
        (lambda z, k: keep(z.relu(), z.shape[1] * k), "number of units"),
        (lambda z, k: (batch_topk(z, k) > 0).float(), "became 1"),
        (lambda z, k: z * (keep(z.abs(), len(z) * k) > 0), "absolute"),
        (lambda z, k: z.relu(), "ReLU alone"),
        (lambda z, k: keep(z, len(z) * k), "all 0"),  # right unless few are positive
        (lambda z, k: z.relu().flatten().topk(len(z) * k).indices, "shape"),
        (lambda z, k: keep(z.relu(), len(z) * k).T, "shape"),
        (lambda z, k: 2 * batch_topk(z, k), "not the B·k largest"),
        (lambda z, k: None, "NoneType"),
    ],
    "04-dead-units": [
        (lambda batches: (~dead(torch.cat(batches))).sum(), "living"),
        (lambda batches: sum(dead(z).sum() for z in batches), "several times"),
        (lambda batches: torch.stack([dead(z) for z in batches]).any(0).sum(), "some batch"),
        (lambda batches: dead(batches[-1]).sum(), "last batch"),
        (lambda batches: dead(batches[0]).sum(), "first batch"),
        (lambda batches: sum(dead(z).sum() for z in batches) / len(batches), "mean"),
        (lambda batches: (torch.cat(batches) == 0).sum(), "zeros"),
        (lambda batches: dead(torch.cat(batches)).float().mean(), "share"),
        (lambda batches: dead(torch.cat(batches)), "one number"),
        (lambda batches: 3, "You count 3"),
        (lambda batches: None, "one number"),
    ],
    "04-undo-cheat": [
        (lambda W, z: (undo(W, z)[0], z), "multiply z"),
        (lambda W, z: (undo(W, z)[0], z / W.norm(dim=0).clamp(min=1e-9)), "wrong way round"),
        (lambda W, z: (W / W.norm(dim=0), z * W.norm(dim=0)), "nan"),
        (lambda W, z: (W / W.norm(dim=1, keepdim=True), z), "each row"),
        (lambda W, z: (W / W.norm(), z * W.norm()), "do not have length 1"),
        (lambda W, z: (W / W.abs().sum(0).clamp(min=1e-9), z * W.abs().sum(0)), "length 1"),
        (lambda W, z: (undo(W, z)[0], z * W.norm(dim=0) ** 2), "reconstruction is not"),
        (lambda W, z: undo(W, z)[0], "two tensors"),
        (lambda W, z: (undo(W, z)[0].T, z), "shape"),
        (lambda W, z: (None, z), "NoneType"),
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
        (lambda unit, label: 0.5, "You get 0.5"),
        (lambda unit, label: pairs(unit, label), "one number"),
    ],
}
