"""What exercises of lesson 02 are checked for; see lesson_01."""

import torch

from helpers.exercises import neighbours
from helpers.exercises.compare import first_mistake, hint
from helpers.exercises.neighbours import spread


def _rebuild(fitted, tested, k, centre=0.0, back=0.0, rows=None):
    """`tested`, less `centre`, projected on the first axes of `fitted`, plus `back`."""
    axes = torch.linalg.svd(fitted, full_matrices=False).Vh[rows or slice(k)]
    return (tested - centre) @ axes.T @ axes + back


def pca(x, x_test, k):
    """The reconstruction of x_test (M, D) by the k first components of x (N, D)."""
    return _rebuild(x - x.mean(0), x_test, k, x.mean(0), x.mean(0))


def _by_columns(x, x_test, k):
    axes = torch.linalg.svd(x - x.mean(0), full_matrices=False).Vh[:, :k]
    return (x_test - x.mean(0)) @ axes @ axes.T + x.mean(0)


def _standardized(x, x_test, k):
    mean, spread = x.mean(0), x.std(0)
    return _rebuild((x - mean) / spread, (x_test - mean) / spread, k) * spread + mean


PCA_MISTAKES = [
    (lambda x, t, k: _rebuild(x, t, k), hint(
        "你沒有減去平均：SVD的第一個方向只會指向平均，而不是變化最大的方向。",
        "The mean is not subtracted: the first direction of the SVD then points at the mean, not "
        "along the largest variation.")),
    (lambda x, t, k: _rebuild(x - x.mean(0), t, k), hint(
        "求主成分的時候減了平均，重建測試集的時候卻忘了減、也忘了加回來。",
        "The mean is subtracted for the fit, but neither subtracted from the test set nor added "
        "back.")),
    (lambda x, t, k: _rebuild(x - x.mean(0), t, k, x.mean(0)), hint(
        "最後要把平均加回來。", "The mean must be added back at the end.")),
    (lambda x, t, k: _rebuild(x - x.mean(0), t, k, t.mean(0), t.mean(0)), hint(
        "測試集減的是它自己的平均；應該用訓練集的。",
        "The test set has its own mean subtracted; it should be the training set's.")),
    (lambda x, t, k: pca(t, t, k), hint(
        "你在測試集上求PCA；主成分應該來自訓練集。",
        "The PCA is fitted on the test set; the components must come from the training set.")),
    (lambda x, t, k: _rebuild(x - x.mean(0), t, k, x.mean(0), x.mean(0), slice(-k, None)), hint(
        "你取了最小的幾個主成分；要取最大的，也就是最前面的。",
        "You take the smallest components; take the largest, which come first.")),
    (_by_columns, hint(
        "前k個主成分是`Vh[:k]`，不是`Vh[:, :k]`。",
        "The first k components are `Vh[:k]`, not `Vh[:, :k]`.")),
    (_standardized, hint(
        "你把每個值都除以它的標準差；這裡的PCA只減平均。",
        "You divide each value by its standard deviation; this PCA subtracts the mean only.")),
    (lambda x, t, k: pca(x, t, k + 1), hint(
        "你多用了一個主成分：`[:k]`已經是k個。",
        "You use one component too many: `[:k]` are k already.")),
    (lambda x, t, k: t, hint(
        "你原樣傳回了測試集：要先投影到前k個主成分。",
        "You return the test set as it is: project it onto the first k components.")),
    (lambda x, t, k: pca(x, x, k), hint(
        "你重建的是訓練集；題目要的是測試集。",
        "You rebuild the training set; the task asks for the test set.")),
]


def check_pca(answer):
    """my_pca(x, x_test, k): (N, D), (M, D), int -> the reconstruction of x_test, (M, D)."""
    cases = (spread(40, 1), spread(7, 2) + 0.5, 2), (spread(15, 3), spread(9, 4) - 1, 4)
    return first_mistake(answer, pca, PCA_MISTAKES, *cases)


def _guess(code, y, tested, constant=1.0, ridge=0.0):
    """What a linear regression on code (N, Z) and y (N,) guesses for `tested` (M, Z): (M,)."""
    code, y, tested = code.double(), y.double(), tested.double()
    centre, middle = constant * code.mean(0), constant * y.mean()
    code, tested = code - centre, tested - centre
    penalty = ridge * torch.eye(code.shape[1], dtype=code.dtype)
    weights = torch.linalg.solve(code.T @ code + penalty, code.T @ (y - middle))
    return tested @ weights + middle


def _r2(true, guessed, middle=None):
    middle = true.mean() if middle is None else middle
    return 1 - (true - guessed).square().sum() / (true - middle).square().sum()


def probe(code, y, code_test, y_test):
    """R2 on the test set of the least-squares regression of y on code, with a constant."""
    return _r2(y_test, _guess(code, y, code_test))


def _error(code, y, code_test, y_test):
    return (_guess(code, y, code_test) - y_test).square().mean()


PROBE_MISTAKES = [
    (lambda code, y, code_test, y_test: probe(code, y, code, y), hint(
        "這是訓練集上的分數；要在測試集上打分。",
        "This is the score on the training set; score on the test set.")),
    (lambda code, y, code_test, y_test: probe(code_test, y_test, code_test, y_test), hint(
        "你在測試集上擬合回歸；要在訓練集上擬合。",
        "The regression is fitted on the test set; fit it on the training set.")),
    (lambda code, y, code_test, y_test: _r2(y_test, _guess(code, y, code_test, constant=0)), hint(
        "回歸缺了常數項：在編碼旁邊加一欄1。",
        "The regression has no constant term: add a column of ones to the code.")),
    (lambda code, y, code_test, y_test: _r2(y_test, _guess(code, y, code_test, ridge=1)), hint(
        "這是嶺回歸（ridge）：它把係數壓小了。題目要的是最小平方法，不加懲罰。",
        "That is ridge regression, which shrinks the weights. The task asks for least squares, "
        "without a penalty.")),
    (lambda code, y, code_test, y_test: torch.corrcoef(
        torch.stack([y_test, _guess(code, y, code_test)]))[0, 1].square(), hint(
        "這是相關係數的平方；猜測整體偏高或偏低，它都不變，R2卻會變差。",
        "That is the squared correlation, which stays the same where all guesses are too high or "
        "too low; R2 gets worse.")),
    (lambda code, y, code_test, y_test: _r2(y_test, _guess(code, y, code_test), y.mean()), hint(
        "分母要用測試集自己的平均。", "The denominator takes the mean of the test set itself.")),
    (lambda code, y, code_test, y_test: 1 - probe(code, y, code_test, y_test), hint(
        "忘了用1去減。", "Subtract it from 1.")),
    (_error, hint(
        "這是均方誤差；還要除以y的方差，再用1去減。",
        "That is the mean squared error; divide by the variance of y and subtract from 1.")),
    (lambda code, y, code_test, y_test: 1 - _error(code, y, code_test, y_test) / y_test.var(), hint(
        "`var()`除以的是N-1，均方誤差除以的卻是N：兩邊要用同一個數。",
        "`var()` divides by N-1, the mean squared error by N: both need the same number.")),
    (lambda code, y, code_test, y_test: _r2(_guess(code, y, code_test), y_test), hint(
        "猜測和真實值的位置調轉了：分母用的是真實值的變化。",
        "Guess and truth are swapped: the denominator is the variation of the true values.")),
]


def _measured(sizes, weights, seed):
    """Codes and a factor (N, Z), (N,), (M, Z), (M,): a penalty would hurt the smallest unit."""
    scale = torch.tensor([0.5, 0.2, 0.1, 0.1])[:len(weights)]
    code, code_test = (spread(n, seed + i)[:, :len(weights)] * scale + 0.2 * i
                       for i, n in enumerate(sizes))
    generator = torch.Generator().manual_seed(seed)
    y, y_test = (c @ torch.tensor(weights) + 7 + 1.5 * torch.randn(len(c), generator=generator)
                 for c in (code, code_test))
    return code, y, code_test, y_test


def check_probe(answer):
    """my_probe(code, y, code_test, y_test): (N, Z), (N,), (M, Z), (M,) -> R2 on the test set."""
    cases = _measured((30, 12), [1.0, -2.0, 9.0], 58), _measured((25, 9), [0.5, 3.0, 2.0, -9.0], 6)
    return first_mistake(answer, probe, PROBE_MISTAKES, *cases)


CHECKS = {
    "02-pca": check_pca,
    "02-probe": check_probe,
    "02-nearest": neighbours.check_nearest,
    "02-same-batch": neighbours.check_same_batch,
}
MISTAKES = {
    "02-pca": PCA_MISTAKES,
    "02-probe": PROBE_MISTAKES,
    "02-nearest": neighbours.NEAREST_MISTAKES,
    "02-same-batch": neighbours.BATCH_MISTAKES,
}
