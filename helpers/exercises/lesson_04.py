"""What exercises of lesson 04 are checked for; see lesson_01."""

import torch

from helpers.exercises.compare import first_mistake, hint, same


def _codes(*shape, seed):
    """Codes (B, K), all different, about half of them negative, with rows of unequal strength."""
    z = torch.randn(*shape, generator=torch.Generator().manual_seed(seed))
    return z * torch.linspace(0.3, 2, shape[0])[:, None]


def _largest(z, count):
    """`z` with all but its `count` largest numbers set to 0."""
    values, places = z.flatten().topk(count)
    return torch.zeros(z.numel()).scatter(0, places, values).view_as(z)


def batch_topk(z, k):
    """z (B, K) in which the B * k largest positive numbers keep their value; the others are 0."""
    return _largest(z.relu(), len(z) * k)


def _row_topk(z, k):
    return torch.stack([_largest(row, k) for row in z.relu()])


TOPK_MISTAKES = [
    (_row_topk, hint(
        "這是普通的TopK：每張臉各留k個。BatchTopK是整個批次一起比。",
        "That is plain TopK, k for each face. BatchTopK compares the whole batch.")),
    (lambda z, k: _row_topk(z.T, k).T, hint(
        "你在每個單元（欄）裡各留k個；這裡要整個批次一起比。",
        "You keep k in each unit (column); here the whole batch is compared.")),
    (lambda z, k: _largest(z.relu(), k), hint(
        "整個批次只留了k個；應該留B·k個，B是臉的張數。",
        "You keep only k of the whole batch; it should be B·k, where B is the number of faces.")),
    (lambda z, k: _largest(z.relu(), z.shape[1] * k), hint(
        "你留了K·k個（K是單元的數目）；應該是B·k個，B是臉的張數。",
        "You keep K·k, with K the number of units; it should be B·k, B being the number of "
        "faces.")),
    (lambda z, k: _largest(z.relu(), len(z) * k - 1), hint(
        "你少留了一個：等於門檻的值也要留（`>=`，不是`>`）。",
        "You keep one too few: the one that equals the threshold stays, too (`>=`, not `>`).")),
    (lambda z, k: (batch_topk(z, k) > 0).float(), hint(
        "位置對了，但你把留下的值換成了1；值要保持不變。",
        "The places are right, but what is kept became 1; it should keep its value.")),
    (lambda z, k: torch.where(_largest(z.abs(), len(z) * k) > 0, z, 0), hint(
        "你比的是絕對值；負數不算活躍，要先用ReLU。",
        "You compare absolute values; nothing negative is active: ReLU comes first.")),
    (lambda z, k: z.relu(), hint(
        "你只用了ReLU，還沒有挑最大的B·k個。",
        "That is the ReLU alone; the B·k largest are still to be chosen.")),
    (lambda z, k: _largest(z, len(z) * k), hint(
        "正數不到B·k個的時候，你把負數也留下了：先用ReLU，再挑最大的。",
        "Where fewer than B·k are positive, you keep negative ones, too: first the ReLU, then the "
        "largest.")),
]


def check_batch_topk(answer):
    """batch_topk(z, k): (B, K) -> the B * k largest of the whole batch, the others 0."""
    cases = (_codes(5, 12, seed=4), 2), (_codes(8, 5, seed=6), 3), (_codes(3, 6, seed=5) - 10, 2)
    return first_mistake(answer, batch_topk, TOPK_MISTAKES, *cases)


def _silent(z):
    return (z <= 0).all(0)


def count_dead(batches):
    """How many units are active for no face of any batch: a list of (B, K) -> a number."""
    return _silent(torch.cat(batches)).sum()


DEAD_MISTAKES = [
    (lambda batches: (~_silent(torch.cat(batches))).sum(), hint(
        "這是活著的單元；題目要死的。",
        "Those are the living units; the dead ones are asked for.")),
    (lambda batches: sum(_silent(z).sum() for z in batches), hint(
        "你把每一批的死單元加了起來：同一個單元數了好幾次，而且在別的批次裡可能是活躍的。",
        "You add up the dead of each batch: one unit is counted several times, and may be active "
        "in another batch.")),
    (lambda batches: torch.stack([_silent(z) for z in batches]).any(0).sum(), hint(
        "你數的是在某一批裡不活躍的單元；要在所有批次裡都不活躍才算死。",
        "You count units that are inactive in some batch; dead are those that are inactive in all "
        "of them.")),
    (lambda batches: _silent(batches[-1]).sum(), hint(
        "你只看了最後一批。", "You look at the last batch only.")),
    (lambda batches: _silent(batches[0]).sum(), hint(
        "你只看了第一批。", "You look at the first batch only.")),
    (lambda batches: sum(_silent(z).sum() for z in batches) / len(batches), hint(
        "這是每一批死單元的平均；要把所有批次合起來看。",
        "That is the mean of the batches' dead; look at all batches together.")),
    (lambda batches: (torch.cat(batches) <= 0).sum(), hint(
        "你數的是0的個數，不是單元的個數。", "You count zeros, not units.")),
    (lambda batches: count_dead(batches) / batches[0].shape[1], hint(
        "這是比例；題目要的是數目。", "That is a share; the number is asked for.")),
    (lambda batches: (torch.cat(batches).mean(0) < 0.01).sum(), hint(
        "平均很小不等於死了：只要對一張臉活躍過，哪怕很弱，就是活的。請看有沒有大於0的值。",
        "A small mean is not dead: a unit that was active for one face, however weakly, lives. "
        "Look for values above 0.")),
    (lambda batches: (torch.cat(batches).amax(0) < 0.01).sum(), hint(
        "最大值很小不等於死了：大於0就是活躍。",
        "A small maximum is not dead: whatever is above 0 is active.")),
    (lambda batches: ((torch.cat(batches) > 0).double().mean(0) < 0.01).sum(), hint(
        "很少活躍不等於死了：只要對一張臉活躍過，就是活的。",
        "Seldom is not never: a unit that was active for a single face lives.")),
]


def _layer(sizes, units, seed):
    """A list of codes (B, K) of a layer with dead, weak and seldom active units."""
    batches = [_codes(size, units, seed=seed + i).relu() for i, size in enumerate(sizes)]
    weak, seldom, dead = slice(0, 3), slice(4, 10), slice(10, 15)
    for i, batch in enumerate(batches):
        batch[:, weak] = 1e-5 * (batch[:, weak] > 0)
        batch[:, seldom] = 0
        batch[:, dead] = 0
        batch[:, 15 + 2 * i:21 + 3 * i] = 0  # dead in this batch only
        batch[0, -6:] += 0.1  # alive in every batch
    batches[0][1, 5:10] = 2.0
    batches[-1][0, 4] = 3.0
    return batches


def check_dead_units(answer):
    """count_dead(batches): list of (B, K) -> how many units are active in none of them."""
    cases = (_layer((90, 120, 45), 40, seed=1),), (_layer((30, 20), 32, seed=5),)
    return first_mistake(answer, count_dead, DEAD_MISTAKES, *cases)


def undo_cheat(W, z):
    """W (D, K) with columns of length 1 (or 0), z (N, K) for the same reconstruction."""
    return _divided(W, z, W.norm(dim=0))


def _divided(W, z, length):
    return W / length.clamp(min=1e-9), z * length


def _same_reconstruction(got, due):
    """Equal W and equal reconstructions: the code of a unit whose atom is 0 is free."""
    if not isinstance(got, list) or [part.shape for part in got if torch.is_tensor(part)] != [
            part.shape for part in due]:
        return False
    (W, z), (due_W, due_z) = got, due
    return same(W, due_W) and same(z @ W.T, due_z @ due_W.T)


_NOT_ONE = hint(
    "有些欄的長度不是1。長度是平方和的平方根，每一欄各除以自己的長度。",
    "Some columns do not have length 1. The length is the square root of the sum of squares; "
    "divide each column by its own.")
_OTHER_PICTURE = hint(
    "重建和原來的不一樣。請核對`z @ W.T`。",
    "The reconstruction is not the same as before. Compare `z @ W.T`.")
CHEAT_MISTAKES = [
    (lambda W, z: (undo_cheat(W, z)[0], z), hint(
        "W縮短了，編碼也要跟著改，否則重建就變了：z要乘以原來的長度。",
        "W became shorter, so the code has to change with it, or the reconstruction differs: "
        "multiply z by the old length.")),
    (lambda W, z: (undo_cheat(W, z)[0], z / W.norm(dim=0).clamp(min=1e-9)), hint(
        "方向反了：W除以長度，所以z要乘以長度，不是除以。",
        "The wrong way round: W is divided by the length, so z is multiplied by it.")),
    (lambda W, z: (W / W.norm(dim=0), z * W.norm(dim=0)), hint(
        "死單元那一欄的長度是0，除以0得到nan：先用`clamp(min=...)`。",
        "The column of the dead unit has length 0, and dividing by it gives nan: "
        "`clamp(min=...)` first.")),
    (lambda W, z: (W / W.norm(dim=1, keepdim=True), z), hint(
        "你沿著第1維（單元）算長度；原子是W的欄，每個單元一欄，所以要用`dim=0`。",
        "You give each row of W length 1; atoms are its columns: `dim=0`.")),
    (lambda W, z: (W, z), hint(
        "W沒有變：每一欄要除以自己的長度。",
        "W has not changed: divide each column by its own length.")),
    (lambda W, z: _divided(W, z, W.norm()), _NOT_ONE),
    (lambda W, z: _divided(W, z, W.abs().sum(0)), _NOT_ONE),
    (lambda W, z: _divided(W, z, W.square().sum(0)), _NOT_ONE),
    (lambda W, z: _divided(W, z, W.abs().amax(0)), _NOT_ONE),
    (lambda W, z: (undo_cheat(W, z)[0], z * W.norm(dim=0).square()), _OTHER_PICTURE),
    (lambda W, z: (undo_cheat(W, z)[0], z * W.norm()), _OTHER_PICTURE),
]


def check_undo_cheat(answer):
    """undo_cheat(W, z): W (D, K), z (N, K) -> columns of length 1, the same reconstruction."""
    long = _codes(6, 5, seed=7) * torch.tensor([9.0, 0.2, 4.0, 0.0, 30.0])  # the fourth is dead
    cases = (long, _codes(4, 5, seed=8).relu()), (_codes(3, 7, seed=9), _codes(5, 7, seed=10))
    return first_mistake(answer, undo_cheat, CHEAT_MISTAKES, *cases, equal=_same_reconstruction)


def auc(unit, label, tie=0.5):
    """The share of pairs of faces, one with the attribute, in which its value is larger.

    unit (N,); label (N,) of bools; tie: the points for a pair of equal values.
    """
    return _points(unit[label], unit[~label], tie).mean()


def _points(plus, minus, tie=0.5):
    plus, minus = plus[:, None], minus[None]
    return (plus > minus).double() + tie * (plus == minus).double()


AUC_MISTAKES = [
    (lambda unit, label: auc(unit, label, tie=0), hint(
        "平手的每一對要得0.5分；你給了0分。稀疏編碼有很多0，平手很多。",
        "A tie gives 0.5 points, you give 0. A sparse code has many zeros, so there are many "
        "ties.")),
    (lambda unit, label: auc(unit, label, tie=1), hint(
        "平手的每一對只得0.5分；你給了1分。", "A tie gives only 0.5 points; you give 1.")),
    (lambda unit, label: 1 - auc(unit, label), hint(
        "方向反了：有屬性的臉比較大，才得分。",
        "The wrong way round: points are for the face with the attribute being larger.")),
    (lambda unit, label: _points(unit[label], unit[~label]).sum(), hint(
        "這是總分；請除以一共有多少對。",
        "Those are all points; divide by the number of pairs.")),
    (lambda unit, label: ((unit > 0) == label).double().mean(), hint(
        "這是「活躍就算有」的正確率；AUC不用門檻，比的是一對一對的臉。",
        "That is the accuracy of \"active means has it\"; the AUC has no threshold and compares "
        "pairs of faces.")),
    (lambda unit, label: unit[label].mean() - unit[~label].mean(), hint(
        "這是兩組平均的差；AUC比的是一對一對的臉。",
        "That is the difference of two means; the AUC compares pairs of faces.")),
    (lambda unit, label: _points(unit, unit).mean(), hint(
        "你得到0.5，等於瞎猜。是不是把所有的臉兩兩相比？只比有屬性的和沒有屬性的。",
        "You get 0.5, which is guessing. Do you compare all faces with all? Compare those that "
        "have the attribute with those that have not.")),
    (lambda unit, label: max(auc(unit, label), 1 - auc(unit, label)), hint(
        "AUC可以小於0.5：有屬性的臉反而比較小。不要翻轉它。",
        "An AUC may be below 0.5, where faces with the attribute have smaller values. Do not turn "
        "it round.")),
]


def _attribute(n, effect, seed):
    """A unit's values (N,) with many ties and a label (N,) that shifts them by `effect`."""
    generator = torch.Generator().manual_seed(seed)
    label = torch.rand(n, generator=generator) < 0.3
    unit = torch.randn(n, generator=generator) + effect * label.float()
    return unit.relu().mul(4).round() / 4, label


def check_auc(answer):
    """my_auc(unit, label): (N,), (N,) bool -> P(larger) + half of P(equal)."""
    return first_mistake(answer, auc, AUC_MISTAKES, _attribute(60, 1, 9), _attribute(45, -1, 10))


CHECKS = {
    "04-batch-topk": check_batch_topk,
    "04-dead-units": check_dead_units,
    "04-undo-cheat": check_undo_cheat,
    "04-auc": check_auc,
}
MISTAKES = {
    "04-batch-topk": TOPK_MISTAKES,
    "04-dead-units": DEAD_MISTAKES,
    "04-undo-cheat": CHEAT_MISTAKES,
    "04-auc": AUC_MISTAKES,
}
