"""What exercises of lesson 02 are checked for, the likeliest mistakes first; see lesson_01."""

import torch

from helpers.exercises.lesson_01 import compare, hint


def _spread(n, seed):
    """Correlated numbers (n, 6) far from 0, of falling variance, as pixels are."""
    generator = torch.Generator().manual_seed(seed)
    mixing = torch.linalg.qr(torch.randn(6, 6, generator=torch.Generator().manual_seed(9))).Q
    scale = torch.tensor([4.0, 2.5, 1.5, 0.8, 0.4, 0.2])
    return torch.randn(n, 6, generator=generator) * scale @ mixing + torch.arange(6.0) + 3


def _array(answer, right, name):
    """The answer as a float tensor of the shape of `right`, and None; or None and a hint."""
    if answer is None:
        return None, hint(f"`{name}`沒有傳回任何東西；是不是忘了return？",
                          f"`{name}` returned nothing. Is a return missing?")
    try:
        answer = torch.as_tensor(answer).detach().to(torch.float64)
    except (TypeError, ValueError, RuntimeError):
        got = type(answer).__name__
        return None, hint(f"`{name}`應該傳回一個張量，而不是{got}。",
                          f"`{name}` should return one tensor, not {got}.")
    if answer.shape != right.shape:
        got, due = tuple(answer.shape), tuple(right.shape)
        return None, hint(f"形狀是{got}，應該是{due}。", f"The shape is {got}; it should be {due}.")
    return answer, None


def _first_mistake(answer, right, mistakes):
    """None if `answer` equals `right`, else the hint of the first mistake that fits."""
    def same(other):
        return answer.shape == other.shape and torch.allclose(
            answer, other.double(), rtol=1e-3, atol=1e-3, equal_nan=True)

    if same(right):
        return None
    for wrong, why in mistakes:
        if same(wrong):
            return why
    off = (answer - right.double()).abs().max().item()
    return hint(f"數字不對：和正確的值最多差{off:.3g}。請再讀一次題目。",
                f"The numbers are wrong, by up to {off:.3g}. Read the task again.")


def check_pca(answer):
    """my_pca(x, x_test, k): (N, D), (M, D), int -> the reconstruction of x_test, (M, D)."""
    x, x_test, k = _spread(40, 1), _spread(7, 2) + 0.5, 2

    def rebuild(fitted, tested, centre=0, back=0, rows=slice(k)):
        axes = torch.linalg.svd(fitted, full_matrices=False).Vh[rows]
        return (tested - centre) @ axes.T @ axes + back

    mean, test_mean = x.mean(0), x_test.mean(0)
    right = rebuild(x - mean, x_test, mean, mean)
    given, wrong = _array(answer(x.clone(), x_test.clone(), k), right, "my_pca")
    if wrong:
        return wrong
    return _first_mistake(given, right, [
        (rebuild(x, x_test), hint(
            "你沒有減去平均：SVD的第一個方向只會指向平均，而不是變化最大的方向。",
            "The mean is not subtracted: the first direction of the SVD then points at the mean, "
            "not along the largest variation.")),
        (rebuild(x - mean, x_test), hint(
            "學的時候減了平均，重建測試集的時候卻忘了減、也忘了加回來。",
            "The mean is subtracted for the fit, but neither subtracted from the test set nor "
            "added back.")),
        (rebuild(x - mean, x_test, mean), hint(
            "最後要把平均加回來。", "The mean must be added back at the end.")),
        (rebuild(x - mean, x_test, test_mean, test_mean), hint(
            "測試集減的是它自己的平均；應該用訓練集的。",
            "The test set has its own mean subtracted; it should be the training set's.")),
        (rebuild(x_test - test_mean, x_test, test_mean, test_mean), hint(
            "你在測試集上求PCA；主成分應該來自訓練集。",
            "The PCA is fitted on the test set; the components must come from the training set.")),
        (rebuild(x - mean, x_test, mean, mean, slice(-k, None)), hint(
            "你取了最小的幾個主成分；要取最大的，也就是最前面的。",
            "You take the smallest components; take the largest, which come first.")),
        (x_test, hint("你原樣傳回了測試集：要先投影到前k個主成分。",
                      "You return the test set as it is: project it onto the first k components.")),
        (rebuild(x - mean, x, mean, mean)[:len(x_test)], hint(
            "你重建的是訓練集；題目要的是測試集。",
            "You rebuild the training set; the task asks for the test set.")),
    ])


def check_probe(answer):
    """my_probe(code, y, code_test, y_test): (N, Z), (N,), (M, Z), (M,) -> R2 on the test set."""
    generator = torch.Generator().manual_seed(3)
    code, code_test = _spread(30, 4)[:, :3], _spread(12, 5)[:, :3] + 0.3
    weights = torch.tensor([1.0, -0.5, 0.25])
    y, y_test = (c @ weights + 7 + 1.5 * torch.randn(len(c), generator=generator)
                 for c in (code, code_test))

    def guess(fitted, value, tested, constant=True):
        a, b = ((torch.hstack([torch.ones(len(c), 1), c]) if constant else c)
                for c in (fitted, tested))
        return b @ torch.linalg.lstsq(a, value[:, None]).solution[:, 0]

    def r2(true, guessed, middle=None):
        middle = true.mean() if middle is None else middle
        return (1 - (true - guessed).square().sum() / (true - middle).square().sum()).item()

    on_test = guess(code, y, code_test)
    given = answer(*(values.clone() for values in (code, y, code_test, y_test)))
    return compare(given, r2(y_test, on_test), [
        (r2(y, guess(code, y, code)), hint(
            "這是訓練集上的分數；要在測試集上打分。",
            "This is the score on the training set; score on the test set.")),
        (r2(y_test, guess(code_test, y_test, code_test)), hint(
            "你在測試集上學回歸；要在訓練集上學。",
            "The regression is fitted on the test set; fit it on the training set.")),
        (r2(y_test, guess(code, y, code_test, constant=False)), hint(
            "回歸缺了常數項：在編碼旁邊加一欄1。",
            "The regression has no constant term: add a column of ones to the code.")),
        (torch.corrcoef(torch.stack([y_test, on_test]))[0, 1].square().item(), hint(
            "這是相關係數的平方；它不會怪罪猜測整體偏高或偏低，R2會。",
            "That is the squared correlation, which forgives guesses that are all too high or too "
            "low; R2 does not.")),
        (r2(y_test, on_test, y.mean()), hint(
            "分母要用測試集自己的平均。",
            "The denominator takes the mean of the test set itself.")),
        (1 - r2(y_test, on_test), hint("忘了用1去減。", "Subtract it from 1.")),
        ((y_test - on_test).square().mean().item(), hint(
            "這是均方誤差；還要除以y的方差，再用1去減。",
            "That is the mean squared error; divide by the variance of y and subtract from 1.")),
        (r2(on_test, y_test), hint(
            "猜測和真實值的位置調轉了：分母用的是真實值的變化。",
            "Guess and truth are swapped: the denominator is the variation of the true values.")),
    ])


def check_nearest(answer):
    """my_nearest(codes, i, k): (N, Z), int, int -> numbers of the k nearest, nearest first."""
    codes = _spread(20, 6)[:, :3].clone()
    i, k = 4, 3
    twin = 2
    codes[twin] = codes[i]  # an equal code is a neighbour; the face itself is not
    distance = (codes - codes[i]).square().sum(1)
    others = distance.clone()
    others[i] = torch.inf
    right = others.argsort(stable=True)[:k]
    given, wrong = _array(answer(codes.clone(), i, k), right, "my_nearest")
    if wrong:
        return wrong
    unit = codes / codes.norm(dim=1, keepdim=True)

    def among_others(value, largest=False):
        value = value.clone()
        value[i] = -torch.inf if largest else torch.inf
        return value.argsort(descending=largest)[:k]

    first_dropped = distance.argsort(stable=True)[1 : k + 1]
    if given.tolist() == first_dropped.tolist():
        return hint(
            f"你丟掉了排第一的，以為那就是它自己；但第{twin}個的編碼和它相同，排在前面的可能是別人。"
            "請按編號排除自己。",
            f"You drop the first in the order, taking it for the face itself; but code {twin} is "
            "equal to it and may come first. Leave the face out by its number.")
    if i in given.long().tolist():
        return hint("結果裡有它自己；自己離自己永遠最近，要排除掉。",
                    "It finds the face itself, which is always nearest; leave it out.")
    return _first_mistake(given, right, [
        (right.flip(0), hint("次序反了：最近的要排第一。",
                             "The order is the wrong way round: nearest first.")),
        (right.sort().values, hint("找對了，但要由近到遠排列。",
                                   "The right ones, but sort them by distance, nearest first.")),
        (among_others(distance, largest=True), hint(
            "這是最遠的；要找距離最小的。", "These are the farthest; take the smallest distance.")),
        (among_others(unit @ unit[i], largest=True), hint(
            "你用的是夾角（餘弦）；題目要的是歐氏距離。",
            "You take the angle (cosine); the task asks for the Euclidean distance.")),
        (among_others(codes @ codes[i], largest=True), hint(
            "你用的是內積；題目要的是歐氏距離。",
            "You take the dot product; the task asks for the Euclidean distance.")),
        (among_others((codes - codes[i]).abs().sum(1)), hint(
            "你把差的絕對值相加；歐氏距離用的是差的平方。",
            "You add absolute differences; the Euclidean distance squares them.")),
    ])


def check_same_batch(answer):
    """my_same_batch(codes, batch, k): (N, Z), (N,), int -> mean share of neighbours, 0 to 1."""
    codes = _spread(40, 7)[:, :3]
    batch = (codes[:, 0] + 2 * _spread(40, 8)[:, 0] > 9).long()  # partly mixed, of unequal size
    k = 4
    distance = torch.cdist(codes, codes)
    others = distance.clone().fill_diagonal_(torch.inf)

    def share(order):
        return (batch[order] == batch[:, None]).float().mean().item()

    right = share(others.argsort(dim=1)[:, :k])
    with_itself = share(distance.argsort(dim=1)[:, :k])
    farthest = share(others.nan_to_num(posinf=-1).argsort(dim=1, descending=True)[:, :k])
    nearest_only = share(others.argsort(dim=1)[:, :1])
    everybody = share(others.argsort(dim=1)[:, :-1])
    return compare(answer(codes.clone(), batch.clone(), k), right, [
        (with_itself, hint(
            "每個細胞把自己也算成鄰居；自己永遠和自己同一批，所以比例偏高。",
            "Every cell counts itself as a neighbour, and it is always of its own batch: the share "
            "comes out too high.")),
        (1 - right, hint("這是不同批的比例；要的是同一批的。",
                         "That is the share of the other batch; the own batch is asked for.")),
        (farthest, hint("你用的是最遠的細胞；要用最近的。",
                        "You take the farthest cells; take the nearest.")),
        (right * k, hint("這是鄰居的個數；還要除以k。",
                         "That is the number of neighbours; divide by k.")),
        (right * k * len(codes), hint("這是總和；要取平均。", "That is the sum; take the mean.")),
        (nearest_only, hint("你只看了一個鄰居；要看k個。",
                            "You look at one neighbour only; look at k.")),
        (everybody, hint("你用了全部的細胞；只要最近的k個。",
                         "You take all cells; take the nearest k.")),
    ])


CHECKS = {
    "02-pca": check_pca,
    "02-probe": check_probe,
    "02-nearest": check_nearest,
    "02-same-batch": check_same_batch,
}
