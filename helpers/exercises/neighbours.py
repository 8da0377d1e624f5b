"""Exercises 02-nearest and 02-same-batch: neighbours in a code, where codes may be equal."""

import torch

from helpers.exercises.compare import first_mistake, hint


def spread(n, seed):
    """Correlated numbers (n, 6) far from 0, of falling variance, as pixels are."""
    generator = torch.Generator().manual_seed(seed)
    mixing = torch.linalg.qr(torch.randn(6, 6, generator=torch.Generator().manual_seed(9))).Q
    scale = torch.tensor([4.0, 2.5, 1.5, 0.8, 0.4, 0.2])
    return torch.randn(n, 6, generator=generator) * scale @ mixing + torch.arange(6.0) + 3


def nearest(codes, i, k):
    """The numbers of the k codes nearest to number i, without i, nearest first: (k,)."""
    return _among_others((codes - codes[i]).square().sum(1), i, k)


def _among_others(distance, i, k):
    distance[i] = torch.inf
    return distance.argsort(stable=True)[:k]


def _first_dropped(codes, i, k):
    """Whoever sorts first is left out, be it the face or its twin."""
    distance = (codes - codes[i]).square().sum(1)
    twins = ((distance == 0) & (torch.arange(len(codes)) != i)).any()
    return torch.cat([torch.tensor([i]), nearest(codes, i, k)[1:]]) if twins else (
        nearest(codes, i, k))


def _cosine(codes, i, k):
    unit = codes / codes.norm(dim=1, keepdim=True)
    return _among_others(-unit @ unit[i], i, k)


NEAREST_MISTAKES = [
    (lambda codes, i, k: (codes - codes[i]).square().sum(1).argsort(stable=True)[:k], hint(
        "結果裡有它自己；自己離自己永遠最近，要排除掉。",
        "It finds the face itself, which is always nearest; leave it out.")),
    (_first_dropped, hint(
        "你丟掉了排第一的，以為那就是它自己；但別的編碼可能和它完全相同，排在前面的可能是別人。"
        "請按編號排除自己。",
        "You drop the first in the order, taking it for the face itself; but another code may "
        "equal it and come first. Leave the face out by its number.")),
    (lambda codes, i, k: nearest(codes, i, k + 1)[1:], hint(
        "你丟掉了最近的鄰居：排除自己之後，不用再丟第一個。",
        "You drop the nearest neighbour: with the face itself left out, the first stays.")),
    (lambda codes, i, k: nearest(codes, i, k).flip(0), hint(
        "次序反了：最近的要排第一。", "The order is the wrong way round: nearest first.")),
    (lambda codes, i, k: nearest(codes, i, k).sort().values, hint(
        "找對了，但要由近到遠排列。",
        "The right ones, but sort them by distance, nearest first.")),
    (lambda codes, i, k: _among_others(-(codes - codes[i]).square().sum(1), i, k), hint(
        "這是最遠的；要找距離最小的。", "These are the farthest; take the smallest distance.")),
    (_cosine, hint(
        "你用的是夾角（餘弦）；題目要的是歐氏距離。",
        "You take the angle (cosine); the task asks for the Euclidean distance.")),
    (lambda codes, i, k: _among_others(-codes @ codes[i], i, k), hint(
        "你用的是內積；題目要的是歐氏距離。",
        "You take the dot product; the task asks for the Euclidean distance.")),
    (lambda codes, i, k: _among_others((codes - codes[i]).abs().sum(1), i, k), hint(
        "你把差的絕對值相加；歐氏距離用的是差的平方。",
        "You add absolute differences; the Euclidean distance squares them.")),
    (lambda codes, i, k: (codes[nearest(codes, i, k)] - codes[i]).norm(dim=1), hint(
        "這是距離；題目要的是編號。",
        "Those are the distances; the task asks for the numbers of the codes.")),
]


def _twins(codes, *pairs):
    """`codes` in which, for each (a, b), code b is a copy of code a."""
    for a, b in pairs:
        codes[b] = codes[a]
    return codes


def check_nearest(answer):
    """my_nearest(codes, i, k): (N, Z), int, int -> numbers of the k nearest, nearest first."""
    cases = [(spread(20, 10)[:, :3], 4, 3), (_twins(spread(20, 12)[:, :3], (4, 2)), 4, 3),
             (_twins(spread(30, 13)[:, :4], (7, 21)), 7, 5), (spread(9, 14), 0, 1)]
    return first_mistake(answer, nearest, NEAREST_MISTAKES, *cases)


def _order(codes, own=torch.inf):
    """For each code the numbers of all codes by distance (N, N); `own`: its distance to itself."""
    distance = (codes[:, None] - codes).square().sum(-1)
    if own is not None:
        distance.fill_diagonal_(own)
    return distance.argsort(dim=1, stable=True)


def _share(batch, chosen):
    return (batch[chosen] == batch[:, None]).double().mean()


def same_batch(codes, batch, k):
    """The mean share of the k nearest codes that come from the own batch, 0 to 1."""
    return _share(batch, _order(codes)[:, :k])


def _difference(codes, batch, k):
    return 1 - (batch[_order(codes)[:, :k]] - batch[:, None]).abs().double().mean()


BATCH_MISTAKES = [
    (lambda codes, batch, k: _share(batch, _order(codes, -1)[:, :k]), hint(
        "每個細胞把自己也算成鄰居；自己永遠和自己同一批，所以比例偏高。",
        "Every cell counts itself as a neighbour, and it is always of its own batch: the share "
        "comes out too high.")),
    (lambda codes, batch, k: _share(batch, _order(codes, None)[:, 1:k + 1]), hint(
        "你丟掉了排第一的，以為那就是細胞自己；但別的細胞可能有完全相同的編碼。請按編號排除自己。",
        "You drop the first in the order, taking it for the cell itself; but another cell may have "
        "an equal code. Leave the cell out by its number.")),
    (lambda codes, batch, k: _share(batch, _order(codes)[:, 1:k + 1]), hint(
        "你丟掉了最近的鄰居：排除自己之後，不用再丟第一個。",
        "You drop the nearest neighbour: with the cell itself left out, the first stays.")),
    (_difference, hint(
        "編號相減只在編號是0和1時才對；批次不一定只有兩個，請比較是不是相等。",
        "Subtracting the numbers is right for 0 and 1 only; there may be more batches than two: "
        "compare whether they are equal.")),
    (lambda codes, batch, k: same_batch(codes, batch > 0, k), hint(
        "你只分「是0」和「不是0」；批次不一定只有兩個。",
        "You tell only 0 from not 0; there may be more batches than two.")),
    (lambda codes, batch, k: 1 - same_batch(codes, batch, k), hint(
        "這是不同批的比例；要的是同一批的。",
        "That is the share of other batches; the own batch is asked for.")),
    (lambda codes, batch, k: _share(batch, _order(codes, -1)[:, -k:]), hint(
        "你用的是最遠的細胞；要用最近的。", "You take the farthest cells; take the nearest.")),
    (lambda codes, batch, k: k * same_batch(codes, batch, k), hint(
        "這是鄰居的個數；還要除以k。", "That is the number of neighbours; divide by k.")),
    (lambda codes, batch, k: k * len(codes) * same_batch(codes, batch, k), hint(
        "這是總和；要取平均。", "That is the sum; take the mean.")),
    (lambda codes, batch, k: same_batch(codes, batch, 1), hint(
        "你只看了一個鄰居；要看k個。", "You look at one neighbour only; look at k.")),
    (lambda codes, batch, k: same_batch(codes, batch, len(codes) - 1), hint(
        "你用了全部的細胞；只要最近的k個。", "You take all cells; take the nearest k.")),
]


def check_same_batch(answer):
    """my_same_batch(codes, batch, k): (N, Z), (N,), int -> mean share of neighbours, 0 to 1."""
    codes = _twins(spread(24, 5161)[:, :3], (0, 23), (1, 22), (2, 21))
    batch = (codes[:, 0] > 3).long() + 2 * (spread(24, 5164)[:, 1] > 4)  # 0 to 3, partly mixed
    batch[-3:] = (batch[:3].flip(0) + 1) % 4  # of twins, the second is of another batch
    two = spread(40, 37)[:, :4]
    cases = (codes, batch, 4), (two, (two[:, 0] + spread(40, 38)[:, 0] > 6).long(), 7)
    return first_mistake(answer, same_batch, BATCH_MISTAKES, *cases)
