"""Exercises 01-small-code, 05-smallest: does everything pass through a code of 512 numbers?

The model is watched from outside: what changes the code, what the code changes, and whether a
picture that was encoded later has a say in what the decoder draws.
"""

import torch
from torch import nn
from torchvision.transforms import ToTensor

from helpers.data import stack
from helpers.exercises.compare import hint
from helpers.faces import SyntheticFaces
from helpers.messages import say
from helpers.metrics import psnr
from helpers.training import reconstruct, train_step

CODE_LIMIT = 512  # numbers in the code that the exercise allows
BLOCK = 8  # pixels: the picture is changed in squares of this side
STEPS = 40  # of the short training that scores a model: a second
MODELS = 5  # to build at most: all units of a very small ReLU code may happen to be 0 at first


def check_small_code(answer):
    """make_model(): an autoencoder for 64x64 pictures with at most CODE_LIMIT numbers as code."""
    model, wrong = examine(answer)
    if not wrong:
        own, mean_face = score(model)
        say("small_code_score", steps=STEPS, own=f"{own:.1f}", mean=f"{mean_face:.1f}")
    return wrong


def examine(answer):
    """The model that `answer` makes, and a hint where something goes round its code, or None."""
    best, seen = None, torch.zeros(1)
    for _ in range(MODELS):
        model = answer()
        if wrong := _no_model(model):
            return None, wrong
        model = model.to("cpu", torch.float32).eval()  # eval: batch norm sees each picture alone
        if wrong := _wrong_shapes(model):
            return None, wrong
        found = _seen(model)
        if best is None or found.sum() > seen.sum():
            best, seen = model, found
        if seen.all():
            break
    return best, _blind(seen) or _leak(best) or _bad_decoder(best) or _untrainable(best)


def _pictures(count, seed):
    """`count` pictures (count, 3, 64, 64) of random pixels in [0, 1]."""
    return torch.rand(count, 3, 64, 64, generator=torch.Generator().manual_seed(seed))


def _no_model(model):
    """A hint if `model` is no model with the two names of the lesson, else None."""
    if isinstance(model, type):
        return hint("你傳回的是類別；請加上括號，傳回模型本身，例如`Autoencoder()`。",
                    "You return the class; add parentheses to return a model, such as "
                    "`Autoencoder()`.")
    if not isinstance(model, nn.Module):
        return hint("`make_model()`應該傳回一個`nn.Module`。",
                    "`make_model()` should return an `nn.Module`.")
    if not (hasattr(model, "get_encoded_output") and hasattr(model, "decoder")):
        return hint("模型需要`get_encoded_output`和`decoder`，和課文中的一樣。",
                    "The model needs `get_encoded_output` and `decoder`, as in the lesson.")
    return None


def _wrong_shapes(model):
    """A hint if the layers do not fit, or the code or the output has a wrong shape."""
    x = _pictures(3, seed=3)
    try:
        code, y = model.get_encoded_output(x), model(x)
    except RuntimeError as error:
        return hint("各層接不起來：每一層接收的通道數，必須和前一層輸出的相同；"
                    f"解碼器的第一層要配合編碼。PyTorch說：{error}",
                    "The layers do not fit together: each must take as many channels as the one "
                    "before gives, and the decoder's first layer as many as the code has. "
                    f"PyTorch says: {error}")
    if not (torch.is_tensor(code) and torch.is_tensor(y)):
        return hint("`get_encoded_output`和`forward`都應該傳回一個張量；"
                    "是不是忘了return，或者傳回了不只一樣東西？",
                    "`get_encoded_output` and `forward` should each return one tensor. Is a return "
                    "missing, or is there more than one thing?")
    if len(code) != len(x):
        return hint(f"編碼的第0維應該是批次：輸入有{len(x)}張，編碼卻有{len(code)}份。",
                    f"Dimension 0 of the code should be the batch: {len(x)} pictures went in, "
                    f"{len(code)} codes came out.")
    size = code[0].numel()
    if size > CODE_LIMIT:
        return hint(f"每張圖像的編碼有{size:,}個數字，最多只能有{CODE_LIMIT}個。",
                    f"The code has {size:,} numbers a picture; {CODE_LIMIT} are allowed.")
    if y.shape != x.shape:
        return hint(f"輸入{tuple(x.shape)}，輸出卻是{tuple(y.shape)}；兩者應該相同。",
                    f"The input is {tuple(x.shape)}, the output {tuple(y.shape)}; "
                    "they should be the same.")
    return None


@torch.no_grad()
def _seen(model):
    """Which changes of a picture change its code: bools, of each square, then of each channel."""
    base = 0.4 * _pictures(1, seed=4)[0]
    changed = [base]
    for top in range(0, 64, BLOCK):
        for left in range(0, 64, BLOCK):
            changed.append(base.clone())
            changed[-1][:, top:top + BLOCK, left:left + BLOCK] = 1
    for channel in range(3):
        changed.append(base.clone())
        changed[-1][channel] = 1
    code = model.get_encoded_output(torch.stack(changed)).flatten(1)
    return (code[1:] - code[0]).abs().amax(1) > 1e-5 * code.abs().max()


def _blind(seen):
    """A hint if the encoder overlooks squares or channels of the picture."""
    squares, channels = (~seen[:-3]).sum().item(), (~seen[-3:]).sum().item()
    if not seen.any():
        return hint("不同的圖像得到相同的編碼：編碼器沒有用到輸入。",
                    "Different pictures get the same code: the encoder does not use its input.")
    if squares:
        return hint(f"編碼器只看到圖像的一部分：把圖像分成64格，有{squares}格怎樣改，編碼都不變。",
                    "The encoder sees a part of the picture only: of 64 squares that make up the "
                    f"picture, {squares} can change without any change of the code.")
    if channels:
        return hint(f"編碼器沒有看顏色：有{channels}個通道怎樣改，編碼都不變。",
                    f"The encoder overlooks colours: {channels} channels can change without any "
                    "change of the code.")
    return None


@torch.no_grad()
def _leak(model):
    """A hint if something else than the code decides what is drawn."""
    x, others = _pictures(3, seed=3), _pictures(3, seed=5)
    y = model(x).clone()
    code = model.get_encoded_output(x).clone()
    if not torch.allclose(model.decoder(code), y, atol=1e-5):
        return hint("輸出不只取決於編碼：有東西繞過了瓶頸。",
                    "The output depends on more than the code: something goes round the "
                    "bottleneck.")
    model(others), model.get_encoded_output(others)
    if not torch.allclose(model.decoder(code), y, atol=1e-5):
        return hint("先編碼別的圖像，再把同一個編碼解碼，結果就變了："
                    "解碼器用了編碼器另外存下的東西，那也是繞過瓶頸。",
                    "Encode other pictures first, and the same code gives another result: the "
                    "decoder uses something that the encoder has kept aside, which goes round "
                    "the bottleneck, too.")
    return None


@torch.no_grad()
def _bad_decoder(model):
    """A hint if far-out codes leave [0, 1], which shows a missing sigmoid, or change nothing."""
    shape = model.get_encoded_output(_pictures(3, seed=3)).shape[1:]
    drawn = model.decoder(100 * torch.randn(16, *shape))
    if drawn.min() < 0 or drawn.max() > 1:
        return hint("解碼器會輸出[0, 1]以外的值：請把Sigmoid放在`decoder`的最後，"
                    "這樣單獨解碼也不會出錯。",
                    "The decoder can leave [0, 1]: put a Sigmoid at the end of `decoder`, so that "
                    "a code can be decoded alone.")
    changes = nn.functional.max_pool2d(drawn.std(0).amax(0)[None], BLOCK)
    if not (changes > 1e-6).all():
        return hint("圖像裡有些地方，不管編碼是什麼都畫成一樣：解碼器沒有用編碼來畫它們。",
                    "Some parts of the picture are drawn alike whatever the code is: the decoder "
                    "does not use the code for them.")
    return None


def _untrainable(model):
    """A hint if there is nothing to learn, or a parameter that no gradient reaches."""
    y = model(_pictures(3, seed=3))
    parameters = [p for p in model.parameters() if p.requires_grad]
    if not parameters or not y.requires_grad:
        return hint("模型沒有可以訓練的參數：梯度到不了它們。",
                    "The model has no parameter that can be trained: no gradient reaches any.")
    if any(g is None for g in torch.autograd.grad(y.mean(), parameters, allow_unused=True)):
        return hint("有些參數得不到梯度：它們不在從輸入到輸出的路上。",
                    "Some parameters get no gradient: they are not on the way from input to "
                    "output.")
    return None


def score(model):
    """PSNR in dB on unseen drawn faces after STEPS steps of training, and that of the mean face."""
    train, test = (stack(SyntheticFaces(split, n, transform=ToTensor()))
                   for split, n in (("train", 160), ("test", 80)))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    model.train()
    for step in range(STEPS):
        x = train[torch.arange(16 * step, 16 * step + 16) % len(train)]
        train_step(model, x, nn.functional.mse_loss, optimizer)
    mean_face = train.mean(0, keepdim=True).expand_as(test)
    return psnr(test, reconstruct(model, test)), psnr(test, mean_face)
