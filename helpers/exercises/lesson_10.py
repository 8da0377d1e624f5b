"""What exercises of lesson 10 are checked for; see lesson_01."""

import operator

import torch

from helpers.exercises import saving
from helpers.exercises.compare import first_mistake, hint


def _numbers(m, k, n):
    return m * k + k * n + m * n


def intensity(m, k, n, size):
    """Operations of (m, k) @ (k, n) for each byte moved; size: bytes of one number."""
    return 2 * m * k * n / (size * _numbers(m, k, n))


INTENSITY_MISTAKES = [
    (lambda m, k, n, size: intensity(m, k, n, size) / 2, hint(
        "一次乘法和一次加法是兩次運算：要乘以2。",
        "A multiplication and an addition are two operations: times 2.")),
    (lambda m, k, n, size: 2 * m * k * n / (size * (m * k + k * n)), hint(
        "結果也要寫回記憶體：還有m·n個數字。",
        "The result is written to the memory as well: m·n more numbers.")),
    (lambda m, k, n, size: 2 * m * k * n / _numbers(m, k, n), hint(
        "你除以的是數字的個數；請乘以size，變成位元組。",
        "You divide by how many numbers there are; times size makes them bytes.")),
    (lambda m, k, n, size: size * 2 * m * k * n / _numbers(m, k, n), hint(
        "size在分母：數字愈大，要搬的位元組愈多。",
        "size belongs below the line: larger numbers are more bytes to move.")),
    (lambda m, k, n, size: 1 / intensity(m, k, n, size), hint(
        "上下顛倒了：運算的次數除以位元組。", "Upside down: operations divided by bytes.")),
    (lambda m, k, n, size: 2 * m * k * n, hint(
        "這是運算的次數；還要除以搬的位元組。",
        "Those are the operations; divide them by the bytes moved.")),
    (lambda m, k, n, size: size * _numbers(m, k, n), hint(
        "這是搬的位元組；題目要的是運算的次數除以它。",
        "Those are the bytes moved; the task asks for the operations divided by them.")),
    (lambda m, k, n, size: 2 * m * k * n / (size * (m * k * k * n * m * n)), hint(
        "三個矩陣的大小要相加，不是相乘。",
        "Add the sizes of the three matrices; do not multiply them.")),
    (lambda m, k, n, size: 2 * m * k * n // (size * _numbers(m, k, n)), hint(
        "`//`把小數部分丟掉了；請用`/`。", "`//` drops the fraction; use `/`.")),
]


def check_intensity(answer):
    """intensity(m, k, n, size): operations of (m, k) @ (k, n) for each byte moved."""
    cases = (64, 512, 16, 4), (1, 1024, 700, 2), (300, 300, 300, 8)
    return first_mistake(answer, intensity, INTENSITY_MISTAKES, *cases)


def _rows(answer, n, rank, count):
    """What shard() gives as a list of ints, or None if it is no such thing."""
    found = answer(n, rank, count)
    try:
        found = found.tolist() if hasattr(found, "tolist") else list(found)
        if any(isinstance(row, bool) for row in found):
            return None
        return [operator.index(row) for row in found]  # no float and no text
    except (TypeError, ValueError):
        return None


def check_shard(answer):
    """shard(n, rank, count): the rows of process `rank`; all rows once, numbers within 1."""
    for n, count in ((12, 3), (10, 4), (11, 3), (2, 3), (5, 1)):
        parts = [_rows(answer, n, rank, count) for rank in range(count)]
        if None in parts:
            return hint("請傳回一串整數（不是小數、文字或真假值），例如`list(range(...))`。"
                        "是不是忘了return？",
                        "Return a list of whole numbers (no fractions, texts or truth values), "
                        "such as `list(range(...))`. Is a return missing?")
        if parts != [_rows(answer, n, rank, count) for rank in range(count)]:
            return hint("同樣的問題，兩次的答案不同：進程之間沒有溝通，所以結果不能靠運氣。",
                        "The same question gets two different answers: processes do not confer, so "
                        "chance must not decide.")
        if wrong := _wrong_parts(parts, n, count):
            return wrong
    return None


def _wrong_parts(parts, n, count):
    """A hint if the rows of the processes are not 0 ... n-1, each once and evenly."""
    taken = [row for part in parts for row in part]
    where = f"n={n}, count={count}"
    if not all(0 <= row < n for row in taken):
        return hint(f"{where}：有的編號不在0到{n - 1}之間。圖像和進程都從0數起。",
                    f"{where}: some rows are not between 0 and {n - 1}. Rows and processes are "
                    "counted from 0.")
    if count > 1 and all(sorted(part) == list(range(n)) for part in parts):
        return hint("每個進程都拿了全部：這樣大家做同樣的工作，一點都不會快。",
                    "Every process takes all of them: all do the same work, and nothing gets "
                    "faster.")
    if missing := sorted(set(range(n)) - set(taken)):
        return hint(f"{where}：第{missing}張沒有人拿。n不是count的倍數時，剩下的幾張也要分。",
                    f"{where}: nobody takes rows {missing}. Where n is no multiple of count, the "
                    "rest has to be shared, too.")
    if len(taken) > n:
        twice = sorted({row for row in taken if taken.count(row) > 1})
        return hint(f"{where}：第{twice}張拿了不止一次，它們的份量就變大了。",
                    f"{where}: rows {twice} are taken more than once, and so count for more.")
    lengths = [len(part) for part in parts]
    if max(lengths) - min(lengths) > 1:
        return hint(f"{where}：各進程拿了{lengths}張，最多只可以相差1：其他進程要等最慢的一個。",
                    f"{where}: the processes take {lengths} rows, and may differ by 1 at most: all "
                    "wait for the slowest.")
    return None


def _weighted(gradients, counts):
    return sum(n * g for g, n in zip(gradients, counts, strict=True))


def combine(gradients, counts):
    """The gradient of the whole batch's mean loss: parts of one shape, their pictures -> a part."""
    parts = [n * g for g, n in zip(gradients, counts, strict=True) if n]  # 0 * nan would be nan
    return sum(parts) / sum(counts)


COMBINE_MISTAKES = [
    (lambda gradients, counts: sum(gradients) / len(gradients), hint(
        "這是普通的平均：只有每份一樣大時才對。圖像多的那一份，份量要大一些。",
        "That is the plain mean, right only for equal parts. A part with more pictures counts for "
        "more.")),
    (lambda gradients, counts: sum(gradients), hint(
        "這是總和：等於把學習率乘以進程的數目。",
        "That is the sum: as if the learning rate were multiplied by the number of processes.")),
    (lambda gradients, counts: sum(counts) * combine(gradients, counts), hint(
        "權重對了；還要除以全部圖像的數目。",
        "The weights are right; now divide by the number of all pictures.")),
    (lambda gradients, counts: _weighted(gradients, counts) / len(gradients), hint(
        "要除以全部圖像的數目，不是進程的數目。",
        "Divide by the number of all pictures, not of processes.")),
    (lambda gradients, counts: gradients[0], hint(
        "你只用了第一個進程的梯度。", "You use the first process's gradient only.")),
    (lambda gradients, counts: sum(gradients) / sum(counts), hint(
        "每個梯度還沒有乘以自己的圖像數目。",
        "Each gradient is still to be multiplied by its own number of pictures.")),
    (lambda gradients, counts: sum(
        g / n for g, n in zip(gradients, counts, strict=True) if n) / len(gradients), hint(
        "方向反了：圖像多的那一份，梯度要乘以它的圖像數目，不是除以。",
        "The wrong way round: multiply a part's gradient by its number of pictures; do not "
        "divide.")),
    (lambda gradients, counts: _weighted(gradients, counts) / sum(counts), hint(
        "空的那一份是nan，而0乘以nan還是nan：不能乘，要略過它。",
        "The empty part is nan, and 0 times nan is nan as well: leave it out instead of "
        "multiplying.")),
]


def check_combine(answer):
    """combine(gradients, counts): mean gradient of the whole batch, empty parts left out."""
    generator = torch.Generator().manual_seed(3)
    full = list(torch.randn(3, 4, 2, generator=generator))
    empty = list(torch.randn(4, 5, generator=generator))
    empty[1] = torch.full((5,), torch.nan)
    return first_mistake(answer, combine, COMBINE_MISTAKES, (full, [5, 2, 1]),
                         (empty, [7, 0, 3, 1]))


CHECKS = {
    "10-intensity": check_intensity,
    "10-shard": check_shard,
    "10-combine": check_combine,
    "10-safe-save": saving.check_safe_save,
}
MISTAKES = {
    "10-intensity": INTENSITY_MISTAKES,
    "10-combine": COMBINE_MISTAKES,
}
