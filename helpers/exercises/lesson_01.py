"""What exercises of lesson 01 are checked for, the likeliest mistakes first.

A check takes the student's function and returns None if it is right, else a hint in both
languages. It may raise whatever the student's code raises: `helpers.exercises.check` catches it.
"""

import math

import torch
from torch import nn

from helpers import metrics

CODE_LIMIT = 512  # numbers in the code that exercise 01-small-code allows


def hint(zh, en):
    """One hint in both languages, as `helpers.messages.show` takes it."""
    return {"zh": zh, "en": en}


def _close(a, b):
    return math.isclose(a, b, rel_tol=1e-3, abs_tol=1e-6)


def number(answer):
    """The answer as a float, or None if it is not one number."""
    try:
        return float(answer)
    except (TypeError, ValueError, RuntimeError):
        return None


def no_number(answer):
    """The hint for an answer that is not one number."""
    got = type(answer).__name__
    return hint(f"函數應該傳回一個數字，而不是{got}。是不是忘了return，或者忘了取平均？",
                f"The function should return one number, not {got}. Is a return or a mean missing?")


def compare(answer, right, mistakes):
    """None if `answer` is the number `right`, else the hint of the first mistake that fits."""
    value = number(answer)
    if value is None:
        return no_number(answer)
    if _close(value, right):
        return None
    for wrong, why in mistakes:
        if _close(value, wrong) or (math.isnan(wrong) and math.isnan(value)):
            return why
    return hint(
        f"你得到{value:.4g}，正確的值是{right:.4g}。請再讀一次題目。",
        f"You get {value:.4g}; the right value is {right:.4g}. Read the task again.",
    )


def check_psnr(answer):
    """psnr(x, y): two (N, C, H, W) tensors in [0, 1] -> dB of the whole set."""
    generator = torch.Generator().manual_seed(1)
    x = 0.6 * torch.rand(4, 3, 8, 8, generator=generator)  # the peak is 1 all the same
    strength = torch.tensor([0.01, 0.05, 0.2, 0.6])[:, None, None, None]  # very unequal errors
    strength = strength * torch.tensor([0.2, 1.0, 2.0])[:, None, None]
    y = (x + strength * torch.randn(x.shape, generator=generator)).clamp(0, 1)
    error = metrics.mse(x, y)
    each = (-10 * metrics.picture_mse(x, y).log10()).mean().item()
    return compare(answer(x.clone(), y.clone()), metrics.psnr(x, y), [
        (10 * math.log10(error), hint(
            "符號反了：誤差愈小，PSNR應該愈大。",
            "The sign is the wrong way round: a smaller error must give a larger PSNR.")),
        (-10 * math.log(error), hint(
            "這是自然對數；分貝用的是以10為底的對數。",
            "That is the natural logarithm; decibels take the logarithm to base 10.")),
        (-20 * math.log10(error), hint(
            "MSE已經是平方了，所以前面是10，不是20。",
            "The MSE is already a square, so the factor is 10, not 20.")),
        (each, hint(
            "你先算每張圖像的PSNR再平均；這裡要先平均誤差，最後才取對數。",
            "You average each picture's PSNR; here the errors are averaged first, "
            "and the logarithm comes last.")),
        (-10 * math.log10(error * x.numel()), hint(
            "你用了平方誤差的總和；均方誤差要取平均。",
            "You take the sum of the squared errors; the mean squared error is their mean.")),
        (-10 * math.log10((x - y).abs().mean().item()), hint(
            "你用的是絕對誤差；PSNR用的是平方誤差。",
            "You take the absolute error; PSNR takes the squared one.")),
    ])


def check_bce_floor(answer):
    """bce_floor(x): a tensor in [0, 1] -> mean entropy in nats."""
    grey = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(2)) * 0.5 + 0.1
    right = metrics.bce_floor(grey)
    first = -(grey * grey.log()).mean().item()
    result = compare(answer(grey.clone()), right, [
        (-right, hint("熵不會是負的：公式前面有一個負號。",
                      "An entropy is never negative: the formula begins with a minus.")),
        (right / math.log(2), hint("這是以2為底（單位是bit）；PyTorch的BCE用自然對數（nat）。",
                                   "That is base 2 (bits); PyTorch's BCE takes the natural "
                                   "logarithm (nats).")),
        (right * grey.numel(), hint("你取了總和；下限是每個值的平均。",
                                    "You take the sum; the floor is the mean per value.")),
        (first, hint("還缺一半：`(1-x)`那一項。", "One half is missing: the term with `(1-x)`.")),
        (0.0, hint("下限不是0：灰色像素的熵大於0。",
                   "The floor is not 0: a grey pixel has an entropy above 0.")),
    ])
    if result is not None:
        return result
    extreme = torch.tensor([0.0, 1.0, 0.5, 0.25]).view(1, 1, 2, 2)
    at_ends = number(answer(extreme.clone()))
    if at_ends is None or math.isnan(at_ends):
        return hint(
            "像素是0或1時，0·log 0算成了nan；它的極限是0，`torch.xlogy`會處理。"
            "（`1 - 1e-8`在float32裡就是1，所以這樣的clamp沒有用。）",
            "For a pixel of 0 or 1, 0·log 0 became nan; its limit is 0, and `torch.xlogy` takes "
            "care of it. (In float32 `1 - 1e-8` is just 1, so such a clamp does not help.)")
    right = metrics.bce_floor(extreme)
    return compare(at_ends, right, [
        (2 * right, hint(
            "像素是0或1時，熵是0，但它們仍然要算進平均裡。",
            "The entropy of a pixel of 0 or 1 is 0, but it still counts in the mean.")),
    ])


def check_epoch_mean(answer):
    """epoch_mean(losses, batch_sizes): two lists -> the mean loss per picture of the epoch."""
    losses, sizes = [0.50, 0.40, 0.30, 0.90], [32, 32, 32, 4]
    right = sum(a * b for a, b in zip(losses, sizes, strict=True)) / sum(sizes)
    return compare(answer(list(losses), list(sizes)), right, [
        (losses[-1], hint("這是最後一個批次的損失，正是舊版犯的錯。",
                          "That is the last batch's loss: the very mistake of the old version.")),
        (sum(losses) / len(losses), hint(
            "每個批次的份量一樣；但最後一批只有4張圖像，每張的份量就太重了。",
            "Every batch counts the same, but the last one has 4 pictures: each counts too much.")),
        (sum(losses) / sum(sizes), hint(
            "每個批次的損失要先乘上它的張數，再相加。",
            "Multiply each batch's loss by its number of pictures before you add them.")),
        (sum(losses), hint("這是總和；請除以圖像的總數。",
                           "That is the sum; divide by the number of pictures.")),
        (right * sum(sizes), hint("加權對了；還要除以圖像的總數。",
                                  "The weights are right; now divide by the number of pictures.")),
        (right * sum(sizes) / len(losses), hint(
            "分母是圖像的張數，不是批次的個數。",
            "Divide by the number of pictures, not by the number of batches.")),
    ])


def check_small_code(answer, tries=5):
    """make_model(): an autoencoder for 64x64 pictures with at most CODE_LIMIT numbers as code.

    tries: models to build, since all units of a very small ReLU code may happen to be 0 at first.
    """
    model = answer()
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
    model = model.cpu().eval()  # in eval mode, batch norm treats each picture alone
    x = torch.rand(3, 3, 64, 64, generator=torch.Generator().manual_seed(3))
    try:
        code, y = model.get_encoded_output(x), model(x)
    except RuntimeError as error:  # the layers do not fit together
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
    size = code[0].numel()
    if size > CODE_LIMIT:
        return hint(f"每張圖像的編碼有{size:,}個數字，最多只能有{CODE_LIMIT}個。",
                    f"The code has {size:,} numbers a picture; {CODE_LIMIT} are allowed.")
    if len(code) != len(x):
        return hint(f"編碼的第0維應該是批次：輸入有{len(x)}張，編碼卻有{len(code)}份。",
                    f"Dimension 0 of the code should be the batch: {len(x)} pictures went in, "
                    f"{len(code)} codes came out.")
    if y.shape != x.shape:
        return hint(f"輸入{tuple(x.shape)}，輸出卻是{tuple(y.shape)}；兩者應該相同。",
                    f"The input is {tuple(x.shape)}, the output {tuple(y.shape)}; "
                    "they should be the same.")
    if torch.allclose(code[0], code[1]) and tries > 1:
        return check_small_code(answer, tries - 1)
    if torch.allclose(code[0], code[1]):
        return hint("不同的圖像得到相同的編碼：編碼器沒有用到輸入。",
                    "Different pictures get the same code: the encoder does not use its input.")
    with torch.no_grad():  # far-out codes show a missing sigmoid
        wild = model.decoder(code + 100 * torch.randn(code.shape))
    if wild.min() < 0 or wild.max() > 1:
        return hint("解碼器會輸出[0, 1]以外的值：請把Sigmoid放在`decoder`的最後，"
                    "這樣單獨解碼也不會出錯。",
                    "The decoder can leave [0, 1]: put a Sigmoid at the end of `decoder`, so that "
                    "a code can be decoded alone.")
    if not torch.allclose(model.decoder(code), y, atol=1e-5):
        return hint("輸出不只取決於編碼：有東西繞過了瓶頸。",
                    "The output depends on more than the code: something goes round the "
                    "bottleneck.")
    y.mean().backward()
    if any(p.grad is None for p in model.parameters() if p.requires_grad):
        return hint("有些參數得不到梯度：它們不在從輸入到輸出的路上。",
                    "Some parameters get no gradient: they are not on the way from input to "
                    "output.")
    return None


CHECKS = {
    "01-psnr": check_psnr,
    "01-bce-floor": check_bce_floor,
    "01-epoch-mean": check_epoch_mean,
    "01-small-code": check_small_code,
}
