"""What exercises of lesson 05 are checked for: sizes, what a position sees, overlap, a design."""

import torch
from torch import nn
from torchvision.transforms import ToTensor

from helpers.data import stack
from helpers.exercises import bottleneck
from helpers.exercises.compare import first_mistake, hint
from helpers.faces import SyntheticFaces
from helpers.messages import say
from helpers.metrics import psnr
from helpers.training import reconstruct, train_step

STEPS, BATCH, RATE = 100, 8, 0.004  # of the training that judges a model: some seconds
GOAL = 18.5  # dB: lesson 01's model with a code of 512 reaches 16.5 in that time
LIMIT = 48_011  # parameters: of that model


def size_after(n, kernel, stride, padding, output_padding=None):
    """Pixels across after a convolution, or, with an output_padding, after a transposed one."""
    if output_padding is None:
        return (n + 2 * padding - kernel) // stride + 1
    return (n - 1) * stride - 2 * padding + kernel + output_padding


SIZE_MISTAKES = [
    (lambda n, k, s, p, o=None: size_after(n, k, s, p / 2, o) // 1, hint(
        "填充沒有算對：上下（左右）兩邊各填充`padding`個像素，所以要算兩次。",
        "The padding is not counted right: there are `padding` pixels on both sides, so it counts "
        "twice.")),
    (lambda n, k, s, p, o=None: -(-(n + 2 * p - k) // s) + 1 if o is None else size_after(
        n, k, s, p, o), hint(
        "除不盡的時候要捨去：放不下一整個卷積核的地方就不算。",
        "Round down where it does not divide: a kernel that does not fit does not count.")),
    (lambda n, k, s, p, o=None: size_after(n, k, s, p, o) - (o is None), hint(
        "少了一個：卷積核的第一個位置也要算，所以最後要加1。",
        "One is missing: the kernel's first position counts as well, so add 1 at the end.")),
    (lambda n, k, s, p, o=None: size_after(n, k, s, p) if o is None else n * s, hint(
        "轉置卷積不一定恰好放大`stride`倍：請用公式，從卷積核、填充和`output_padding`算出來。",
        "A transposed convolution need not enlarge exactly `stride` times: work it out from "
        "kernel, padding and `output_padding`.")),
    (lambda n, k, s, p, o=None: size_after(n, k, s, p, None if o is None else 0), hint(
        "轉置卷積忘了`output_padding`：它在一邊多加上這麼多個像素。",
        "For the transposed convolution `output_padding` is forgotten: so many pixels are added on "
        "one side.")),
    (lambda n, k, s, p, o=None: size_after(n, k, s, p) if o is None else
     n * s - 2 * p + k + o, hint(
        "轉置卷積多算了一步：n個位置之間只有n - 1步。",
        "For the transposed convolution there is one step too many: n positions lie n - 1 steps "
        "apart.")),
    (lambda n, k, s, p, o=None: size_after(n, k, s, p), hint(
        "有`output_padding`的時候是轉置卷積：大小要放大，不是縮小。",
        "With an `output_padding` it is a transposed convolution: the size grows, it does not "
        "shrink.")),
]


def check_size(answer):
    """size_after(n, kernel, stride, padding, output_padding=None) -> pixels across."""
    cases = [(10, 3, 1, 0), (64, 3, 1, 1), (64, 4, 2, 1), (9, 4, 2, 1), (10, 5, 3, 2),
             (8, 4, 2, 1, 0), (8, 3, 2, 1, 1), (7, 5, 3, 2, 2), (6, 2, 2, 0, 0), (5, 5, 2, 1, 0),
             (5, 4, 3, 0, 1)]
    return first_mistake(answer, size_after, SIZE_MISTAKES, *cases)


def receptive_field(layers):
    """What a position sees, in pixels across, and the pixels between two: of (kernel, stride)."""
    view, step = 1, 1
    for kernel, stride in layers:
        view += (kernel - 1) * step
        step *= stride
    return view, step


def _walk(grow, layers):
    view, step = 1, 1
    for kernel, stride in layers:
        view, step = grow(view, step, kernel, stride)
    return view, step


VIEW_MISTAKES = [
    (lambda layers: _walk(lambda v, t, k, s: (v + k * t, t * s), layers), hint(
        "每一層只多看kernel - 1步：中間那一個本來就看得到。",
        "Each layer adds kernel - 1 steps only: the one in the middle was seen before.")),
    (lambda layers: _walk(lambda v, t, k, s: (v + (k - 1) * t * s, t * s), layers), hint(
        "次序錯了：一層自己的步幅，要到下一層才有影響。",
        "The order is wrong: a layer's own stride matters from the next layer on.")),
    (lambda layers: _walk(lambda v, t, k, s: (v + k - 1, t * s), layers), hint(
        "忘了步幅：縮小之後，相鄰兩個位置在原圖上隔了不只一個像素。",
        "The strides are forgotten: after shrinking, neighbours lie more than one pixel apart in "
        "the picture.")),
    (lambda layers: _walk(lambda v, t, k, s: (v + (k - 1) * t, t + s), layers), hint(
        "步幅是相乘，不是相加：縮小兩次，每次一半，就是四分之一。",
        "Strides multiply, they do not add: halved twice is a quarter.")),
    (lambda layers: _walk(lambda v, t, k, s: (v * k, t * s), layers), hint(
        "感受野不是卷積核相乘：每一層加上`(kernel - 1) * step`，step是到這一層為止的步幅。",
        "What is seen is no product of kernels: each layer adds (kernel - 1) x the strides before "
        "it.")),
    (lambda layers: (receptive_field(layers)[0], layers[-1][1] if layers else 1), hint(
        "感受野對了；但兩個位置相隔的像素，是所有步幅的乘積，不是最後一層的步幅。",
        "The view is right; the pixels between two positions are the product of all strides, not "
        "the last one.")),
    (lambda layers: receptive_field(layers[::-1]), hint(
        "你從最後一層算起；請從最靠近圖像的一層開始。",
        "You begin at the last layer; begin at the one next to the picture.")),
]


def check_view(answer):
    """receptive_field(layers): [(kernel, stride), ...] -> (view, step) in pixels."""
    lesson_01 = [(3, 1), (2, 2)] * 3
    return first_mistake(answer, receptive_field, VIEW_MISTAKES, ([(3, 1), (4, 2), (5, 3)],),
                         (lesson_01,), ([(4, 2), (4, 2), (4, 2)],), ([(5, 1)],), ([],))


def coverage(n, kernel, stride):
    """How many of n positions write each value that a transposed convolution gives: (size,)."""
    times = torch.zeros((n - 1) * stride + kernel)
    for i in range(n):
        times[i * stride:i * stride + kernel] += 1
    return times


def _cover(n, kernel, stride, size, start=0, add=True):
    times = torch.zeros(max(size, 0))
    for i in range(n):
        part = slice(max(0, i * stride - start), max(0, i * stride - start + kernel))
        times[part] = times[part] + 1 if add else 1
    return times


COVERAGE_MISTAKES = [
    (lambda n, k, s: _cover(n, k, s, (n - 1) * s + k, add=False), hint(
        "重疊的地方要累加：同一個值，有幾個位置寫到就是幾。",
        "Add up where they overlap: count how many positions write each value.")),
    (lambda n, k, s: _cover(n, k, s, n * s), hint(
        "長度不對：最後一個位置從`(n - 1) * stride`開始，再寫kernel個值。",
        "The length is wrong: the last position begins at (n - 1) x stride and writes kernel "
        "values.")),
    (lambda n, k, s: coverage(n, k, 1), hint(
        "步幅沒有用到：相鄰兩個位置，寫的地方相差stride個值。",
        "The stride is not used: what two neighbours write begins stride values apart.")),
    (lambda n, k, s: coverage(n, s, k), hint(
        "卷積核和步幅對調了。", "Kernel and stride are swapped.")),
    (lambda n, k, s: coverage(n, k, s) / k, hint(
        "要數的是次數，不必除以卷積核的大小。",
        "Count; do not divide by the size of the kernel.")),
    (lambda n, k, s: coverage(n, k, s) - 1, hint(
        "少數了一次：只有一個位置寫到的地方，次數是1。",
        "One too few: where a single position writes, the count is 1.")),
    (lambda n, k, s: _cover(n, k, s, n * s, (k - 1) // 2), hint(
        "你切掉了邊緣：這一題沒有填充，所有寫到的值都要算。",
        "You cut the edges: there is no padding here, every value that is written counts.")),
]


def check_coverage(answer):
    """coverage(n, kernel, stride) -> (size,) counts."""
    return first_mistake(answer, coverage, COVERAGE_MISTAKES, (6, 3, 2), (5, 5, 2), (4, 4, 2),
                         (3, 2, 3), (1, 4, 2))


def check_smallest(answer):
    """make_model(): fewer than LIMIT parameters, a code of 512, GOAL dB after STEPS steps."""
    model, wrong = bottleneck.examine(answer)
    if wrong:
        return wrong
    size = sum(p.numel() for p in model.parameters())
    if size >= LIMIT:
        return hint(f"你的模型有{size:,}個參數；要少於{LIMIT:,}個。哪一層最大？",
                    f"Your model has {size:,} parameters; fewer than {LIMIT:,} are asked for. "
                    "Which layer is the largest?")
    reached = trained_psnr(model)
    if not reached >= GOAL:  # nan, too
        return hint(f"訓練{STEPS}步之後，你的模型是{reached:.1f} dB；至少要{GOAL} dB。"
                    "請想想這一課的配方：哪一項改變的幫助最大？",
                    f"After {STEPS} steps your model reaches {reached:.1f} dB; {GOAL} dB are asked "
                    "for. Think of this lesson's recipe: which change helped most?")
    say("smallest_score", size=f"{size:,}", psnr=f"{reached:.1f}", steps=STEPS)
    return None


def trained_psnr(model):
    """PSNR in dB on unseen drawn faces, after STEPS steps of Adam with OneCycle up to RATE."""
    train, test = (stack(SyntheticFaces(split, n, transform=ToTensor()))
                   for split, n in (("train", 480), ("test", 80)))
    optimizer = torch.optim.Adam(model.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=STEPS)
    model.train()
    for step in range(STEPS):
        x = train[torch.arange(BATCH * step, BATCH * step + BATCH) % len(train)]
        train_step(model, x, nn.functional.mse_loss, optimizer)
        schedule.step()
    y = reconstruct(model, test)
    return psnr(test, y) if y.isfinite().all() else float("nan")


CHECKS = {
    "05-size": check_size,
    "05-view": check_view,
    "05-coverage": check_coverage,
    "05-smallest": check_smallest,
}
MISTAKES = {
    "05-size": SIZE_MISTAKES,
    "05-view": VIEW_MISTAKES,
    "05-coverage": COVERAGE_MISTAKES,
}
