"""What exercises of lesson 10 are checked for, the likeliest mistakes first.

A check takes the student's function and returns None if it is right, else a hint in both
languages. It may raise whatever the student's code raises: `helpers.exercises.check` catches it.
"""

import tempfile
from pathlib import Path

import torch

from helpers.exercises.lesson_01 import compare, hint


def check_intensity(answer):
    """intensity(m, k, n, size): operations of (m, k) @ (k, n) for each byte moved."""
    m, k, n, size = 64, 512, 16, 2
    work, a, b, c = 2 * m * k * n, m * k, k * n, m * n
    right = work / (size * (a + b + c))
    return compare(answer(m, k, n, size), right, [
        (right / 2, hint("一次乘法和一次加法是兩次運算：要乘以2。",
                         "A multiplication and an addition are two operations: times 2.")),
        (work / (size * (a + b)), hint("結果也要寫回記憶體：還有m·n個數字。",
                                       "The result is written to the memory as well: m·n more "
                                       "numbers.")),
        (right * size, hint("你除以的是數字的個數；請乘以size，變成位元組。",
                            "You divide by how many numbers there are; times size makes them "
                            "bytes.")),
        (right * size * size, hint("size在分母：數字愈大，要搬的位元組愈多。",
                                   "size belongs below the line: larger numbers are more bytes "
                                   "to move.")),
        (1 / right, hint("上下顛倒了：運算的次數除以位元組。",
                         "Upside down: operations divided by bytes.")),
        (work, hint("這是運算的次數；還要除以搬的位元組。",
                    "Those are the operations; divide them by the bytes moved.")),
        (work / (size * a * b * c), hint("三個矩陣的大小要相加，不是相乘。",
                                         "Add the sizes of the three matrices; do not multiply "
                                         "them.")),
    ])


def _rows(answer, n, rank, count):
    """What shard() gives as a list of ints, or None if it is no such thing."""
    try:
        return [int(row) for row in answer(n, rank, count)]
    except TypeError:
        return None


def check_shard(answer):
    """shard(n, rank, count): the rows of process `rank`; all rows once, numbers within 1."""
    for n, count in ((12, 3), (10, 4), (11, 3), (2, 3)):
        parts = [_rows(answer, n, rank, count) for rank in range(count)]
        if any(part is None for part in parts):
            return hint("請傳回一串整數，例如`list(range(...))`。是不是忘了return？",
                        "Return a list of whole numbers, such as `list(range(...))`. Is a return "
                        "missing?")
        taken = [row for part in parts for row in part]
        where = f"n={n}, count={count}"
        if taken and not all(0 <= row < n for row in taken):
            return hint(f"{where}：有的行號不在0到{n - 1}之間。行和程序都從0數起。",
                        f"{where}: some rows are not between 0 and {n - 1}. Rows and processes "
                        "are counted from 0.")
        if parts[0] and all(sorted(part) == list(range(n)) for part in parts):
            return hint("每個程序都拿了全部：這樣大家做同樣的工作，一點都不會快。",
                        "Every process takes all of them: all do the same work, and nothing gets "
                        "faster.")
        if parts != [_rows(answer, n, rank, count) for rank in range(count)]:
            return hint("同樣的問題，兩次的答案不同：程序之間不會商量，所以結果不能靠運氣。",
                        "The same question gets two different answers: processes do not confer, so "
                        "chance must not decide.")
        if missing := sorted(set(range(n)) - set(taken)):
            return hint(f"{where}：第{missing}行沒有人拿。n不是count的倍數時，尾巴也要分。",
                        f"{where}: nobody takes rows {missing}. Where n is no multiple of count, "
                        "the rest has to be shared, too.")
        if len(taken) > n:
            twice = sorted({row for row in taken if taken.count(row) > 1})
            return hint(f"{where}：第{twice}行有不止一個程序拿，它們的份量就變大了。",
                        f"{where}: rows {twice} are taken more than once, and so count for more.")
        lengths = [len(part) for part in parts]
        if max(lengths) - min(lengths) > 1:
            return hint(f"{where}：各程序拿了{lengths}行，最多只可以相差1：其他人要等最慢的那個。",
                        f"{where}: the processes take {lengths} rows, and may differ by 1 at most: "
                        "all wait for the slowest.")
    return None


def check_combine(answer):
    """combine(gradients, counts): mean gradient of the whole batch, empty parts left out."""
    generator = torch.Generator().manual_seed(3)
    gradients = list(torch.randn(3, 4, 2, generator=generator))
    counts = [5, 2, 1]
    found = answer([g.clone() for g in gradients], list(counts))
    if not torch.is_tensor(found) or found.shape != gradients[0].shape:
        got = tuple(found.shape) if torch.is_tensor(found) else type(found).__name__
        return hint(f"請傳回一個張量，形狀和每個梯度一樣；你的是{got}。",
                    f"Return one tensor of the same shape as each gradient; yours is {got}.")
    weighted = sum(n * g for g, n in zip(gradients, counts, strict=True))
    total = sum(gradients)
    mistakes = [
        (total / 3, hint("這是普通的平均：只有每份一樣大時才對。圖像多的那一份，份量要大一些。",
                         "That is the plain mean, right only for equal parts. A part with more "
                         "pictures counts for more.")),
        (total, hint("這是總和：等於把學習率乘以程序的數目。",
                     "That is the sum: as if the learning rate were multiplied by the number of "
                     "processes.")),
        (weighted, hint("權重對了；還要除以全部圖像的數目。",
                        "The weights are right; now divide by the number of all pictures.")),
        (weighted / 3, hint("要除以全部圖像的數目，不是程序的數目。",
                            "Divide by the number of all pictures, not of processes.")),
        (gradients[0], hint("你只用了第一個程序的梯度。",
                            "You use the first process's gradient only.")),
        (total / 8, hint("每個梯度還沒有乘以自己的圖像數目。",
                         "Each gradient is still to be multiplied by its own number of "
                         "pictures.")),
    ]
    for wrong, why in mistakes:
        if torch.allclose(found, wrong, atol=1e-5):
            return why
    if not torch.allclose(found, weighted / 8, atol=1e-5):
        return hint("結果不是整個批次的梯度。請核對公式裡的權重。",
                    "That is not the gradient of the whole batch. Check the weights of the "
                    "formula.")
    empty = answer([gradients[0], torch.full((4, 2), torch.nan), gradients[2]], [5, 0, 1])
    if not torch.isfinite(empty).all():
        return hint("空的那一份是nan，而0乘以nan還是nan：不能乘，要略過它。",
                    "The empty part is nan, and 0 times nan is nan as well: leave it out instead "
                    "of multiplying.")
    if not torch.allclose(empty, (5 * gradients[0] + gradients[2]) / 6, atol=1e-5):
        return hint("有一份是空的時候，結果不對：略過它，其餘照樣加權。",
                    "With an empty part the result is wrong: leave it out and weight the others "
                    "as before.")
    return None


class PowerCut(Exception):
    """What the check raises in the middle of writing."""


def _try_save(answer, path, content, fails):
    """Calls safe_save; returns (had write a file beside `path`?, what lay at `path`, raised?)."""
    seen = {"called": False}

    def write(file):
        seen["called"] = True
        seen["file"] = file
        name = Path(getattr(file, "name", path)) if isinstance(
            getattr(file, "name", None), str | Path) else None
        seen["place"] = name
        file.write(content[:4])
        file.flush()
        seen["during"] = path.read_bytes() if path.exists() else None
        if fails:
            raise PowerCut
        file.write(content[4:])

    try:
        answer(write, path)
        seen["raised"] = False
    except PowerCut:
        seen["raised"] = True
    return seen


def check_safe_save(answer):
    """safe_save(write, path): all of it or nothing, and the old file until then."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint.pt"
        path.write_bytes(b"the old one")
        seen = _try_save(answer, path, b"the new one", fails=False)
        if not seen["called"]:
            return hint("你沒有呼叫`write(file)`。", "You never call `write(file)`.")
        if not seen["file"].closed:
            seen["file"].close()
            return hint("檔案沒有關閉：請用`with open(...)`。",
                        "The file was not closed: use `with open(...)`.")
        if not path.exists() or path.read_bytes() != b"the new one":
            return hint("成功之後，`path`裡應該是新的內容。是不是忘了`os.replace`？",
                        "After success `path` should hold the new content. Is `os.replace` "
                        "missing?")
        if seen["during"] is None:
            return hint("寫的時候，舊的檔案已經不見了：這時停電，就什麼都沒有了。"
                        "不要先刪除，`os.replace`會蓋過它。",
                        "While writing, the old file was gone already: a power cut now, and "
                        "nothing is left. Do not delete it first; `os.replace` overwrites it.")
        if seen["during"] != b"the old one":
            return hint("你直接寫進`path`：寫到一半，舊的已經壞了。先寫到旁邊的檔案。",
                        "You write into `path` itself: half-way, the old content is lost. Write to "
                        "a file beside it first.")
        if seen["place"] is not None and seen["place"].resolve().parent != path.resolve().parent:
            return hint("暫存的檔案在別的資料夾，可能是別的磁碟：`os.replace`就會失敗。"
                        "請放在`path`旁邊。",
                        "The temporary file lies in another folder, perhaps on another disk, and "
                        "`os.replace` would fail. Put it beside `path`.")
        seen = _try_save(answer, path, b"a newer one", fails=True)
        seen["file"].close()
        if path.read_bytes() != b"the new one":
            return hint("`write`出錯之後，`path`變了：出錯時不可以換過去。",
                        "After `write` failed, `path` has changed: where there was an error, "
                        "nothing may be put in its place.")
        if not seen["raised"]:
            return hint("錯誤被吞掉了：呼叫的人以為已經存好。用`finally`，不要用`except`。",
                        "The error was swallowed, and the caller believes that all is saved. Use "
                        "`finally`, not `except`.")
        if len(list(Path(folder).iterdir())) > 1:
            return hint("出錯之後，旁邊留下了半個檔案：在`finally`裡刪除它。",
                        "After the error half a file is left beside it: delete it in `finally`.")
    return None


CHECKS = {
    "10-intensity": check_intensity,
    "10-shard": check_shard,
    "10-combine": check_combine,
    "10-safe-save": check_safe_save,
}
