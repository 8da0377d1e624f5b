"""What exercises of lesson 04 are checked for, the likeliest mistakes first.

A check takes the student's function and returns None if it is right, else a hint in both
languages. It may raise whatever the student's code raises: `helpers.exercises.check` catches it.
"""

import math

import torch

from helpers.exercises.lesson_01 import hint, no_number, number


def _tensor(answer, shape, name):
    """None if `answer` is a tensor of that shape, else a hint."""
    if not torch.is_tensor(answer):
        return hint(f"{name}應該是一個張量，而不是{type(answer).__name__}。是不是忘了return？",
                    f"{name} should be a tensor, not {type(answer).__name__}. Is a return missing?")
    if tuple(answer.shape) != tuple(shape):
        return hint(f"{name}的形狀應該是{tuple(shape)}，你的是{tuple(answer.shape)}。",
                    f"{name} should have the shape {tuple(shape)}; yours has "
                    f"{tuple(answer.shape)}.")
    return None


def _largest(z, count):
    """`z` with all but its `count` largest numbers set to 0."""
    values, places = z.flatten().topk(count)
    return torch.zeros(z.numel()).scatter(0, places, values).view_as(z)


def _codes(*shape, seed):
    """Codes (B, K), all different, about half of them negative, with rows of unequal strength."""
    z = torch.randn(*shape, generator=torch.Generator().manual_seed(seed))
    return z * torch.linspace(0.3, 2, shape[0])[:, None]


def check_batch_topk(answer):
    """batch_topk(z, k): (B, K) -> the B * k largest of the whole batch, the others 0."""
    z, k = _codes(5, 12, seed=4), 2
    found = answer(z.clone(), k)
    if wrong := _tensor(found, z.shape, "batch_topk(z, k)"):
        return wrong
    relu = z.relu()
    rows = torch.stack([_largest(row[None], k)[0] for row in relu])
    columns = torch.stack([_largest(column[None], k)[0] for column in relu.T], dim=1)
    mistakes = [
        (rows, hint("這是普通的TopK：每張臉各留k個。BatchTopK是整個批次一起比。",
                    "That is plain TopK, k for each face. BatchTopK compares the whole batch.")),
        (columns, hint("你在每個單元（欄）裡各留k個；這裡要整個批次一起比。",
                       "You keep k in each unit (column); here the whole batch is compared.")),
        (_largest(relu, k), hint("整個批次只留了k個；應該留B·k個，B是臉的張數。",
                                 "You keep only k of the whole batch; it should be B·k, where B "
                                 "is the number of faces.")),
        (_largest(relu, z.shape[1] * k), hint(
            "你留了K·k個（K是單元的數目）；應該是B·k個，B是臉的張數。",
            "You keep K·k, with K the number of units; it should be B·k, B being the number of "
            "faces.")),
        ((_largest(relu, len(z) * k) > 0).float(), hint(
            "位置對了，但你把留下的值換成了1；值要保持不變。",
            "The places are right, but what is kept became 1; it should keep its value.")),
        (torch.where(_largest(z.abs(), len(z) * k) > 0, z, 0), hint(
            "你比的是絕對值；負數不算活躍，要先用ReLU。",
            "You compare absolute values; nothing negative is active: ReLU comes first.")),
        (relu, hint("你只用了ReLU，還沒有挑最大的B·k個。",
                    "That is the ReLU alone; the B·k largest are still to be chosen.")),
    ]
    for wrong, why in mistakes:
        if torch.allclose(found.float(), wrong):
            return why
    if not torch.allclose(found.float(), _largest(relu, len(z) * k)):
        return hint("留下的不是整個批次裡最大的B·k個。", "What is kept is not the B·k largest of "
                    "the whole batch.")
    low = _codes(3, 6, seed=5) - 10  # nobody is active
    if (answer(low.clone(), k) != 0).any():
        return hint("全部都是負數時，結果應該全是0：先用ReLU，再挑最大的。",
                    "Where all are negative, the result should be all 0: first the ReLU, then the "
                    "largest.")
    return None


def check_dead_units(answer):
    """count_dead(batches): list of (B, K) -> how many units are active in none of them."""
    batches = [_codes(size, 40, seed=seed).relu() for seed, size in enumerate((6, 6, 2))]
    for batch, silent in zip(batches, (slice(0, 14), slice(4, 19), slice(7, 23)), strict=True):
        batch[:, silent] = 0
        batch[0, 25:] += 0.1  # these are alive in every batch
    dead = torch.stack([(batch > 0).any(0).logical_not() for batch in batches])  # (3, K)
    right = int(dead.all(0).sum())
    found = answer([batch.clone() for batch in batches])
    value = number(found)
    if value is None:
        return no_number(found)
    mistakes = [
        (40 - right, hint("這是活著的單元；題目要死的。",
                          "Those are the living units; the dead ones are asked for.")),
        (dead.sum(), hint("你把每一批的死單元加了起來：同一個單元數了好幾次，"
                          "而且在別的批次裡可能是活的。",
                          "You add up the dead of each batch: one unit is counted several times, "
                          "and may be alive in another batch.")),
        (dead.any(0).sum(), hint("你數的是在某一批裡不活躍的單元；要在所有批次裡都不活躍才算死。",
                                 "You count units that are inactive in some batch; dead are those "
                                 "that are inactive in all of them.")),
        (dead[-1].sum(), hint("你只看了最後一批。", "You look at the last batch only.")),
        (dead[0].sum(), hint("你只看了第一批。", "You look at the first batch only.")),
        (dead.float().sum(1).mean(), hint("這是每一批死單元的平均；要把所有批次合起來看。",
                                          "That is the mean of the batches' dead; look at all "
                                          "batches together.")),
        ((torch.cat(batches) == 0).sum(), hint("你數的是0的個數，不是單元的個數。",
                                               "You count zeros, not units.")),
        (right / 40, hint("這是比例；題目要的是數目。",
                          "That is a share; the number is asked for.")),
    ]
    for wrong, why in mistakes:
        if math.isclose(value, float(wrong), abs_tol=1e-4):
            return why
    if value != right:
        return hint(f"你數到{value:g}個，正確的是{right}個。",
                    f"You count {value:g}; the right number is {right}.")
    return None


def check_undo_cheat(answer):
    """undo_cheat(W, z): W (D, K), z (N, K) -> columns of length 1, the same reconstruction."""
    W = _codes(6, 5, seed=7) * torch.tensor([9.0, 0.2, 4.0, 0.0, 30.0])  # the fourth is dead
    z = _codes(4, 5, seed=8).relu()
    found = answer(W.clone(), z.clone())
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        return hint("請傳回兩個張量：`return W, z`。", "Return two tensors: `return W, z`.")
    for part, shape, name in zip(found, (W.shape, z.shape), "Wz", strict=True):
        if wrong := _tensor(part, shape, name):
            return wrong
    new_W, new_z = found
    if not (torch.isfinite(new_W).all() and torch.isfinite(new_z).all()):
        return hint("死單元那一欄的長度是0，除以0得到nan：先用`clamp(min=...)`。",
                    "The column of the dead unit has length 0, and dividing by it gives nan: "
                    "`clamp(min=...)` first.")
    length = W.norm(dim=0)
    rows = new_W.norm(dim=1)
    if torch.allclose(rows, torch.ones_like(rows), atol=1e-3):
        return hint("你把每一列變成長度1；原子是W的欄，所以要用`dim=0`。",
                    "You give each row length 1; atoms are the columns of W: `dim=0`.")
    if not torch.allclose(new_W.norm(dim=0), (length > 0).float(), atol=1e-3):
        return hint("有些欄的長度不是1。長度是平方和的平方根，每一欄各除以自己的長度。",
                    "Some columns do not have length 1. The length is the square root of the sum "
                    "of squares; divide each column by its own.")
    if torch.allclose(new_z, z):
        return hint("W縮短了，編碼也要跟著改，否則重建就變了：z要乘以原來的長度。",
                    "W became shorter, so the code has to change with it, or the reconstruction "
                    "differs: multiply z by the old length.")
    alive = length > 0
    if torch.allclose(new_z[:, alive], (z / length)[:, alive], rtol=1e-2):
        return hint("方向反了：W除以長度，所以z要乘以長度，不是除以。",
                    "The wrong way round: W is divided by the length, so z is multiplied by it.")
    if not torch.allclose(new_z @ new_W.T, z @ W.T, atol=1e-3):
        return hint("重建和原來的不一樣。請核對`z @ W.T`。",
                    "The reconstruction is not the same as before. Compare `z @ W.T`.")
    return None


def check_auc(answer):
    """my_auc(unit, label): (N,), (N,) bool -> P(larger) + half of P(equal)."""
    generator = torch.Generator().manual_seed(9)
    label = torch.rand(60, generator=generator) < 0.3
    unit = (torch.randn(60, generator=generator) + label.float()).relu().mul(4).round() / 4
    plus, minus = unit[label][:, None], unit[~label][None]
    larger, equal = (plus > minus).float().mean().item(), (plus == minus).float().mean().item()
    right = larger + equal / 2
    found = answer(unit.clone(), label.clone())
    value = number(found)
    if value is None:
        return no_number(found)
    active = unit > 0
    mistakes = [
        (larger, hint("平手的每一對要得0.5分；你給了0分。稀疏編碼有很多0，平手很多。",
                      "A tie gives 0.5 points, you give 0. A sparse code has many zeros, so there "
                      "are many ties.")),
        (larger + equal, hint("平手的每一對只得0.5分；你給了1分。",
                              "A tie gives only 0.5 points; you give 1.")),
        (1 - right, hint("方向反了：有屬性的臉比較大，才得分。",
                         "The wrong way round: points are for the face with the attribute being "
                         "larger.")),
        (right * plus.numel() * minus.numel(), hint(
            "這是總分；請除以一共有多少對。",
            "Those are all points; divide by the number of pairs.")),
        ((active == label).float().mean(), hint(
            "這是「活躍就算有」的正確率；AUC不用門檻，比的是一對一對的臉。",
            "That is the accuracy of \"active means has it\"; the AUC has no threshold and "
            "compares pairs of faces.")),
        ((plus.mean() - minus.mean()), hint(
            "這是兩組平均的差；AUC比的是一對一對的臉。",
            "That is the difference of two means; the AUC compares pairs of faces.")),
        ((unit[:, None] > unit).float().mean() + (unit[:, None] == unit).float().mean() / 2, hint(
            "你得到0.5，等於瞎猜。是不是把所有的臉兩兩相比？只比有屬性的和沒有屬性的。",
            "You get 0.5, which is guessing. Do you compare all faces with all? Compare those that "
            "have the attribute with those that have not.")),
    ]
    for wrong, why in mistakes:
        if math.isclose(value, float(wrong), rel_tol=1e-4):
            return why
    if not math.isclose(value, right, rel_tol=1e-3):
        return hint(f"你得到{value:.4g}，正確的是{right:.4g}。請再讀一次題目。",
                    f"You get {value:.4g}; the right value is {right:.4g}. Read the task again.")
    return None


CHECKS = {
    "04-batch-topk": check_batch_topk,
    "04-dead-units": check_dead_units,
    "04-undo-cheat": check_undo_cheat,
    "04-auc": check_auc,
}
