"""What exercises of lesson 08 are checked for: an AUC, thresholds, the price of rare, two scores.

Scores and labels are NumPy arrays, as the lesson's scores return them; pictures are tensors.
"""

import numpy as np
import torch
from scipy.stats import norm, rankdata
from sklearn.decomposition import PCA
from sklearn.metrics import average_precision_score
from threadpoolctl import threadpool_limits
from torch.nn import functional as F

from helpers.anomalies import normal_faces, spoil
from helpers.exercises.compare import difference, first_mistake, hint, numbers
from helpers.intervals import interval
from helpers.messages import show

LEAST = 0.5 / 255  # half a grey level: rounding alone, so no picture varies less
CODE = 128  # numbers of the PCA whose error is the plain alarm
KINDS = ("blank", "blurred", "noise", "upside down")
GOOD = 0.9  # the AUC asked for, of each of these
TOLD = ("blank", "upside down")  # what a design is told
GAIN = 0.5  # by so much a design has to beat the plain error on a kind that it is not told


def _copied(answer):
    """The answer, given copies of arrays: it may change them."""
    return lambda *given: answer(*(np.array(part) if isinstance(part, np.ndarray) else part
                                   for part in given))


def auc(labels, scores, tie=0.5):
    """Share of the pairs of an anomaly and a normal picture that are ranked rightly."""
    labels = np.asarray(labels).astype(bool)
    high, low = scores[labels][:, None], scores[~labels][None]
    return np.mean((high > low) + tie * (high == low))


def _in_parts(labels, scores, size):
    parts = [slice(i, i + size) for i in range(0, len(labels), size)]
    return np.mean([auc(labels[part], scores[part]) for part in parts
                    if len(set(labels[part].tolist())) == 2])


def _accuracy(labels, scores, threshold):
    return np.mean((scores > threshold) == labels)


def _curve(labels, order):
    """Area under the curve that goes one step a picture, in this order."""
    true = labels[order].astype(float)
    rate, false = np.cumsum(true) / true.sum(), np.cumsum(1 - true) / (1 - true).sum()
    return np.trapezoid(np.r_[0, rate], np.r_[0, false])


BATCHES = hint(
    "你把批次的AUC取了平均：不同批次的圖像之間也要比較。先收集所有分數，再算一次。",
    "You average the AUCs of batches: pictures of different batches are compared, too. Collect all "
    "scores first, and compute it once.")
AT_ONE = hint(
    "這是一個門檻的準確率：AUC不選門檻，只比較每一對圖像的高低。",
    "That is the accuracy at one threshold: an AUC chooses none, it compares the pictures of each "
    "pair.")
IN_TURN = hint(
    "平手的圖像誰先誰後是偶然的，你的曲線卻一張一張地走：平手的要一起走，面積用梯形算。",
    "Equal scores come in an order by chance, and your curve takes them one by one: take them "
    "together, and the area by trapezoids.")
AUC_MISTAKES = [
    (lambda labels, scores: 1 - auc(labels, scores), hint(
        "你把0當作異常：1是異常，異常的分數應該較高。",
        "You take 0 for the anomaly: it is 1, and its score should be the higher one.")),
    (lambda labels, scores: auc(labels, scores, 0), hint(
        "平手的一對沒有算：要算半對（階梯形的曲線也會這樣錯）。",
        "Pairs with equal scores are left out: they count half (a curve of steps errs like this, "
        "too).")),
    (lambda labels, scores: auc(labels, scores, 1), hint(
        "平手的一對全算對了：只算半對，否則所有圖像平手，AUC就是1。",
        "Pairs with equal scores count as right: they count half, or one score for all pictures "
        "would have an AUC of 1.")),
    (lambda labels, scores: max(auc(labels, scores), 1 - auc(labels, scores)), hint(
        "AUC小於0.5的時候，不要換成1減AUC：分數反了，是要看見的結果。",
        "Do not turn an AUC below 0.5 into 1 minus it: a score that is the wrong way round is a "
        "finding.")),
    *((lambda labels, scores, size=size: _in_parts(labels, scores, size), BATCHES)
      for size in (10, 16, 20, 32, 50, 64, 100)),
    *((lambda labels, scores, at=at: _accuracy(labels, scores, at(scores)), AT_ONE)
      for at in (np.median, np.mean, lambda scores: 0, lambda scores: 0.5)),
    (lambda labels, scores: max(_accuracy(labels, scores, t) for t in np.r_[-np.inf, scores]),
     AT_ONE),
    (lambda labels, scores: _curve(labels, np.arange(len(labels))), hint(
        "曲線沒有排序：先按分數從高到低排好圖像。",
        "The curve is not sorted: first put pictures in order, highest score first.")),
    (lambda labels, scores: _curve(labels, np.argsort(-scores, kind="stable")), IN_TURN),
    (lambda labels, scores: _curve(labels, np.argsort(scores, kind="stable")[::-1]), IN_TURN),
    (lambda labels, scores: average_precision_score(labels, scores), hint(
        "這是精確率和召回率曲線下的面積；ROC曲線下面積不看異常有多少。",
        "That is the area under the curve of precision and recall; the one under the ROC curve "
        "does not depend on how many anomalies there are.")),
]


def check_auc(answer):
    """auc(labels, scores): (N,) of 0 or 1, (N,) -> a number."""
    rng = np.random.default_rng(3)

    def case(n, share, above, dtype, steps=2):
        """Scores in `steps` a unit; they drift along the set, and anomalies are more often late."""
        late = np.linspace(-1, 1, n)
        labels = rng.random(n) < share * (1 + 0.8 * late)
        scores = rng.normal(size=n) + above * labels + 1.2 * late - 0.4
        return labels.astype(dtype), np.round(steps * scores) / steps

    return first_mistake(
        _copied(answer), auc, AUC_MISTAKES, case(300, 0.35, 0.5, np.int64),
        case(200, 0.3, -2.5, np.int64, 3), case(400, 0.05, 1.0, bool, 1),
        (np.array([0, 1, 1, 0]), np.array([1e-9, 2e-9, -3.0, -4.0])))


def alarms(held_out, new, rate, k=None):
    """Whether each of `new` (M,) is an alarm; k, counted from 1, is chosen by `held_out` alone."""
    n = len(held_out)
    k = int(np.ceil(np.round((n + 1) * (1 - rate), 9))) if k is None else k
    return new > (np.sort(held_out)[k - 1] if k <= n else np.inf)


def _above(new, threshold):
    return new > threshold


ONE_MORE = hint(
    "新圖像自己也要算：`held_out`有N張，名次就在N + 1張裡排，不是N張。留出的圖像愈少，差別愈大。",
    "The new picture counts, too: with N held out, it has a rank among N + 1, not N. The fewer "
    "there are, the more it matters.")
OF_NEW = hint(
    "門檻是從`new`來的：那是要判斷的圖像，可能全部正常，也可能全部異常。只能用`held_out`。",
    "The threshold comes from `new`, the pictures to be judged: all of them may be normal, or all "
    "anomalies. Use `held_out` alone.")
OF_BOTH = hint(
    "門檻用了`held_out`和`new`兩堆：新圖像裡的異常會把門檻推高。只能用`held_out`。",
    "The threshold comes from `held_out` and `new` together: anomalies among the new raise it. Use "
    "`held_out` alone.")
OF_RATE = hint(
    "`rate`不是新圖像裡響警報的比率：新圖像全部正常也好，全部異常也好，你的警報都一樣多。"
    "它是一張正常圖像誤報的概率。",
    "`rate` is not the share of new pictures that raise an alarm: be they all normal or all "
    "anomalies, yours are equally many. It is how likely one normal picture is to raise a false "
    "one.")
BELL = hint(
    "你假設分數是高斯分佈（平均加幾個標準差）：分數的分佈常常有長尾。看名次，不要假設形狀。",
    "You assume Gaussian scores (the mean and some standard deviations), and those of scores often "
    "have a long tail. Use ranks, not a shape.")


THRESHOLD_MISTAKES = [
    (lambda held_out, new, rate: _above(new, np.quantile(held_out, 1 - rate)), hint(
        "`np.quantile(held_out, 1 - rate)`在兩張圖像之間插值，也不算新圖像自己：留出的圖像少，"
        "誤報就會超過`rate`。",
        "`np.quantile(held_out, 1 - rate)` interpolates between two pictures and leaves out the "
        "new one: with few held out, false alarms are more than `rate`.")),
    (lambda held_out, new, rate: alarms(
        held_out, new, rate, k=int(np.ceil(np.round(len(held_out) * (1 - rate), 9)))), ONE_MORE),
    (lambda held_out, new, rate: alarms(
        held_out, new, rate, k=int(np.ceil((len(held_out) + 1) * (1 - rate) - 1e-9)) - 1),
     ONE_MORE),
    (lambda held_out, new, rate: (1 + (held_out > new[:, None]).sum(1))
     <= rate * (len(held_out) + 1) + 1e-9, hint(
        "和門檻平手的不是警報：分數要大於門檻（用p值的話，平手的留出圖像也要數）。",
        "A score equal to the threshold is no alarm: it has to be above (in a p-value, held-out "
        "pictures with an equal score count).")),
    (lambda held_out, new, rate: alarms(
        held_out, new, rate, k=int(np.ceil((len(held_out) + 1) * (1 - rate) - 1e-9)) + 1), hint(
        "門檻高了一名，該響的警報漏掉了：陣列從0數起，第k小的是`np.sort(held_out)[k - 1]`"
        "（`np.quantile`用`method=\"higher\"`也會高一名）。",
        "The threshold is one rank too high and misses alarms that are allowed: arrays count from "
        "0, so the k-th smallest is `np.sort(held_out)[k - 1]` (`np.quantile` with "
        "`method=\"higher\"` is one too high, as well).")),
    (lambda held_out, new, rate: _above(new, np.quantile(held_out, min(
        1, np.ceil((len(held_out) + 1) * (1 - rate) - 1e-9) / len(held_out)))), hint(
        "`np.quantile`在兩張圖像之間插值，門檻高了一點：用`method=\"inverted_cdf\"`，或者自己排序。"
        "超過1的時候，一個警報也不能有。",
        "`np.quantile` interpolates between two pictures, so the threshold is a little high: use "
        "`method=\"inverted_cdf\"`, or sort yourself. Beyond 1, no alarm is allowed.")),
    (lambda held_out, new, rate: _above(new, np.quantile(new, 1 - rate)), OF_NEW),
    (lambda held_out, new, rate: alarms(new, new, rate), OF_NEW),
    (lambda held_out, new, rate: _above(new, np.quantile(np.r_[held_out, new], 1 - rate)), OF_BOTH),
    (lambda held_out, new, rate: alarms(np.r_[held_out, new], new, rate), OF_BOTH),
    *((lambda held_out, new, rate, times=times: _above(
        new, held_out.mean() + times(rate) * held_out.std()), BELL)
      for times in (lambda rate: 2, lambda rate: 3, lambda rate: norm.ppf(1 - rate))),
    (lambda held_out, new, rate: alarms(-held_out, -new, rate), hint(
        "方向反了：分數高的是異常，門檻在`held_out`高的那一端。",
        "Wrong end: a high score is an anomaly, so the threshold is at the high end of "
        "`held_out`.")),
    (lambda held_out, new, rate: _above(new, np.quantile(held_out, rate)), hint(
        "`rate`是正常圖像誤報的比率，不是不響的比率：門檻在`1 - rate`那一端。",
        "`rate` is the share of normal pictures that raise a false alarm, not of those that raise "
        "none: the threshold is at `1 - rate`.")),
    (lambda held_out, new, rate: ~alarms(held_out, new, rate), hint(
        "True和False反了：True是警報。", "True and False are swapped: True is an alarm.")),
    (lambda held_out, new, rate: rankdata(-new, "ordinal") <= int(rate * len(new)), OF_RATE),
]


def check_threshold(answer):
    """alarms(held_out, new, rate): (N,), (M,), a number -> (M,) bool."""
    rng = np.random.default_rng(7)

    def case(n, rate, digits=9):
        held = np.round(rng.gamma(2.0, size=n), digits)
        order = np.sort(np.unique(held))
        between = order[:-1, None] + np.diff(order)[:, None] * np.linspace(0.03, 0.97, 8)
        far = order[-1] + rng.gamma(2.0, size=30)
        return held, rng.permutation(np.r_[held, between.ravel(), order[0] - 0.5, far]), rate

    found = first_mistake(
        _copied(answer), alarms, THRESHOLD_MISTAKES, case(25, 0.1), case(39, 0.05),
        case(60, 0.2, 1), case(50, 0.02), case(9, 0.25), case(12, 0.05))
    if found in (None, OF_NEW, OF_BOTH, OF_RATE):
        return found
    held, new, rate = case(25, 0.1)
    if _moved(lambda new: answer(held.copy(), new, rate), new):
        return hint("同一張圖像，旁邊的新圖像換了，警報就變：門檻只能從`held_out`來。",
                    "The alarm of a picture changes with the other new pictures: the threshold may "
                    "come from `held_out` alone.")
    return found


def _moved(score, *given):
    """Whether what a score says of some pictures changes where the others are left out."""
    whole, order = numbers(score(*(part.copy() for part in given))), np.argsort(-given[0])
    if not torch.is_tensor(whole) or whole.shape != order.shape:
        return False
    for some in np.array_split(order, 4)[::3]:  # the highest and the lowest, in another order
        part = numbers(score(*(part[some] for part in given)))
        if not torch.is_tensor(part) or part.shape != some.shape or not torch.allclose(
                part, whole[some], rtol=1e-4, atol=1e-6 * float(whole.abs().max())):
            return True
    return False


def rates(labels, alarms):
    """TPR, FPR, and how many anomalies, normal pictures, true and false alarms there are."""
    labels, alarms = np.asarray(labels) == 1, np.asarray(alarms) == 1
    true, false = (labels & alarms).sum(), (~labels & alarms).sum()
    return true / labels.sum(), false / (~labels).sum(), labels.sum(), (~labels).sum(), true, false


def worth(labels, alarms, base):
    """The precision where a share `base` of the pictures are anomalies."""
    return _mixed(*rates(labels, alarms)[:2], base)


def _mixed(right, wrong, base):
    return base * right / (base * right + (1 - base) * wrong)


def _priced(formula):
    """A mistake as a function of the answer's arguments; formula: of `rates` and the base rate."""
    return lambda labels, alarms, base: formula(*rates(labels, alarms), base)


PRICE_MISTAKES = [
    (_priced(lambda right, wrong, n, m, true, false, base: true / (true + false)), hint(
        "這是測試集的精確率：那裡異常和正常差不多一樣多。`base_rate`沒有用到。",
        "That is the precision in the test set, where anomalies are about as many as normal "
        "pictures. `base_rate` is not used.")),
    (_priced(lambda right, wrong, n, m, true, false, base: (true + m - false) / (n + m)), hint(
        "這是準確率，把沒有響的也算在內。問的是：響了的，有多少是真的？",
        "That is the accuracy, which counts pictures without an alarm, too. Asked is: of the "
        "alarms, how many are true?")),
    (_priced(lambda right, wrong, n, m, true, false, base:
             base * right + (1 - base) * (1 - wrong)), hint(
        "這是`base_rate`之下的準確率：異常很少的時候，從不響也有很高的準確率。要的是精確率。",
        "That is the accuracy at `base_rate`: where anomalies are rare, never raising an alarm "
        "scores high. The precision is asked for.")),
    (_priced(lambda right, *_: right), hint(
        "這是召回率（TPR）：異常裡有多少報了警。要的是警報裡有多少是異常。",
        "That is the recall (TPR): how many of the anomalies raise an alarm. Asked is how many of "
        "the alarms are anomalies.")),
    (_priced(lambda right, wrong, n, m, true, false, base: _mixed(wrong, right, base)), hint(
        "TPR和FPR對調了：異常響警報的比率是TPR，正常圖像響警報的是FPR。",
        "TPR and FPR are swapped: TPR is of anomalies that raise an alarm, FPR of normal "
        "pictures.")),
    (_priced(lambda right, wrong, n, m, true, false, base: _mixed(right, wrong, 1 - base)), hint(
        "`base_rate`是異常的比率，不是正常圖像的比率。",
        "`base_rate` is the share of anomalies, not of normal pictures.")),
    (_priced(lambda right, wrong, n, m, true, false, base: _mixed(right, false / (n + m), base)),
     hint("FPR除錯了：除以正常圖像的張數，不是全部圖像。",
          "FPR is divided by all pictures: divide by the number of normal ones.")),
    (_priced(lambda right, wrong, n, m, true, false, base: _mixed(true, false, base)), hint(
        "兩類各除以自己的張數：要的是TPR和FPR，不是張數。",
        "Divide each class by its own number of pictures: rates are needed, not counts.")),
    (_priced(lambda right, wrong, n, m, true, false, base: base * right / (base * right + wrong)),
     hint("FPR要乘以正常圖像的比率，`1 - base_rate`。",
          "FPR has to be weighted with the share of normal pictures, `1 - base_rate`.")),
    (_priced(lambda right, wrong, n, m, true, false, base: right / (right + wrong)), hint(
        "少了`base_rate`：兩類的比率要各自加權。",
        "`base_rate` is missing: weight the rate of each class with its share.")),
    (_priced(lambda right, wrong, n, m, true, false, base: _mixed(right, 1 - wrong, base)), hint(
        "分母裡是誤報的比率FPR，不是正常圖像不響的比率。",
        "The rate of false alarms, FPR, belongs below the line, not that of normal pictures "
        "without one.")),
    (_priced(lambda right, wrong, n, m, true, false, base: base * right), hint(
        "這是真警報在全部圖像裡的比率：還要除以全部警報的比率。",
        "That is the share of true alarms among all pictures: divide it by the share of all "
        "alarms.")),
    (_priced(lambda right, wrong, n, m, true, false, base: base * right + (1 - base) * wrong), hint(
        "這是響的比率，真警報和誤報都算：它是分母。",
        "That is the share of pictures with an alarm, true or false: it belongs below the line.")),
]


def check_price(answer):
    """worth(labels, alarms, base_rate): (N,), (N,), a number -> a number."""
    rng = np.random.default_rng(1)

    def case(n, share, right, wrong, base, *dtypes):
        labels = rng.permutation(n) < share * n
        raised = rng.random(n) < np.where(labels, right, wrong)
        return labels.astype(dtypes[0]), raised.astype(dtypes[1]), base

    mistake = first_mistake(
        _copied(answer), worth, PRICE_MISTAKES, case(200, 0.4, 0.85, 0.3, 0.2, np.int64, bool),
        case(300, 0.55, 0.9, 0.1, 0.01, np.int64, np.int64),
        case(80, 0.5, 0.5, 0.4, 0.7, bool, bool))
    return mistake or _without_alarms(answer)


def _without_alarms(answer):
    """A hint if an answer finds a precision of no alarms, or crashes over them."""
    labels = np.repeat([0, 1], 20)
    try:
        with np.errstate(all="ignore"):
            got = numbers(answer(labels, np.zeros(40, bool), 0.1))
    except ZeroDivisionError:
        got = None
    if torch.is_tensor(got) and got.numel() == 1 and (got.isnan() | (got == 0)).all():
        return None
    return hint("沒有一張圖像響警報的時候，沒有精確率可言：請傳回`math.nan`，不要除以0。",
                "Where no picture raises an alarm, there is no precision: return `math.nan` rather "
                "than divide by 0.")


KNOWN = {}  # what took seconds to find out


def variation(x):
    """Mean absolute difference of neighbouring pixels, (N,); at least that of rounding."""
    down, right = x.diff(dim=2).abs().mean((1, 2, 3)), x.diff(dim=3).abs().mean((1, 2, 3))
    return ((down + right) / 2).clamp(min=LEAST).numpy().astype(float)


def plain_error(x):
    """Mean squared error of each picture's reconstruction by PCA, (N,)."""
    flat = x.flatten(1).numpy().astype(float)
    pca = prepare()["pca"]
    return np.square(flat - pca.inverse_transform(pca.transform(flat))).mean(1)


def _moving(x):
    """The kind that no answer is told: a camera that moved up or down during the exposure."""
    return (F.avg_pool2d(F.pad(x, (0, 0, 1, 1), mode="replicate"), (3, 1), 1) * 255).round() / 255


def prepare():
    """Faces of three groups of people, the anomalies of the last, and the PCA of the first."""
    if not KNOWN:
        train, KNOWN["held"] = (normal_faces(n, "train", seed).x
                                for n, seed in ((1600, 810), (400, 811)))
        KNOWN["train"], KNOWN["test"] = train, normal_faces(400, "test", 812)
        KNOWN["spoilt"] = {kind: spoil(KNOWN["test"], kind) for kind in KINDS}
        KNOWN["pca"] = PCA(CODE, svd_solver="randomized", random_state=0).fit(
            train.flatten(1).numpy().astype(float))
        KNOWN["secret"] = _moving(KNOWN["test"].x)
    return KNOWN


def _beside(normal, spoilt):
    """Labels and scores of normal pictures and of the same people with an anomaly."""
    return np.repeat([0, 1], [len(normal), len(spoilt)]), np.r_[normal, spoilt]


BLANK_MISTAKES = [
    (lambda e, v, held_e, held_v: e, hint(
        "這就是誤差本身：全灰和模糊的圖像誤差比正常的還小，AUC遠低於0.5。太小也可疑。",
        "That is the error itself: blank and blurred pictures have smaller errors than normal "
        "ones, an AUC far below 0.5. Too small is suspicious, too.")),
    (lambda e, v, held_e, held_v: -e, hint(
        "負的誤差只抓得到誤差太小的：噪聲和顛倒的圖像誤差太大。兩邊都要。",
        "The negative error finds only what has too little: noise and faces upside down have too "
        "much. Watch both sides.")),
    (lambda e, v, held_e, held_v: v, hint(
        "你只用了全變差：顛倒的圖像全變差不變，全灰的全變差最小。誤差也要用。",
        "You use the variation only: upside down, it stays as it was, and blank pictures have the "
        "least. The error is needed, too.")),
    (lambda e, v, held_e, held_v: -v, hint(
        "你只用了全變差，而且反了過來：噪聲的全變差最大，顛倒的圖像全變差不變。",
        "You use the variation only, turned round: noise has the most of it, and upside down it "
        "stays as it was.")),
    (lambda e, v, held_e, held_v: e / v, hint(
        "誤差除以全變差，還是愈大愈可疑：模糊的圖像，比值比正常的小。留出的正常圖像，"
        "兩者的關係是怎樣的？",
        "Error divided by variation is still one-sided: blurred pictures have a smaller quotient "
        "than normal ones. How do the two go together in held-out faces?")),
    (lambda e, v, held_e, held_v: e * v, hint(
        "乘積也是愈大愈可疑：全灰和模糊的圖像，兩者都小。",
        "The product is one-sided as well: of blank and blurred pictures, both are small.")),
]
WHY = {  # what to think of where a kind is not found
    "blank": ("全灰的圖像不難重建，誤差不一定離開平常的範圍。它的全變差呢？全變差這麼小，"
              "誤差該多大？",
              "A blank picture is easy to rebuild, and its error need not be unusual. What about "
              "its variation, and the error that goes with so little of it?"),
    "blurred": ("模糊的圖像誤差太小，不是太大：兩邊都要看。先取對數，小一半和大一倍才一樣遠。",
                "A blurred picture has too small an error, not too large a one: watch both sides, "
                "of logarithms, where half as much is as far off as twice as much."),
    "noise": ("噪聲使誤差和全變差一起變大，所以兩者的關係照舊；只看關係，就看不見它。",
              "Noise raises error and variation together, so that their relation stays: who "
              "watches the relation only does not see it."),
    "upside down": ("顛倒的圖像全變差不變，誤差卻大得多：誤差也要用。",
                    "Upside down, the variation stays and the error grows: the error is needed."),
}
NAMES = {"blank": "全灰", "blurred": "模糊", "noise": "噪聲", "upside down": "上下顛倒"}


def _unfit(given, got, shape):
    """A hint where a score is no (N,) of finite numbers, or None."""
    if not torch.is_tensor(got) or got.shape != shape:
        return difference(given, got, torch.zeros(shape))
    if not got.isfinite().all():
        return hint("有些分數是無限大或nan：無法排名。是不是除以0，或者取了0的對數？",
                    "Some scores are infinite or nan: they cannot be ranked. Is there a division "
                    "by 0, or a logarithm of 0?")
    return None


def _too_low(found):
    """A hint for the AUCs of known kinds, {kind: AUC}, or None where all are good."""
    if max(found.values()) <= 1 - GOOD:
        return hint("方向反了：分數愈高，應該愈異常。密度要取負號。",
                    "Wrong way round: a higher score should mean more of an anomaly. Take minus a "
                    "density.")
    for kind, value in found.items():
        if value < GOOD:
            zh, en = WHY[kind]
            return hint(f"{NAMES[kind]}：AUC只有{value:.2f}，至少要{GOOD}。{zh}",
                        f"{kind}: an AUC of {value:.2f} where {GOOD} is asked for. {en}")
    return None


@threadpool_limits.wrap(1, user_api="blas")  # matrices are small; two threads wait for each other
def check_blank(answer):
    """score(error, variation, held_error, held_variation): (N,), (N,), (M,), (M,) -> (N,)."""
    known = prepare()
    if "pairs" not in known:
        pictures = {"held": known["held"], "normal": known["test"].x, **known["spoilt"]}
        known["pairs"] = {name: (plain_error(x), variation(x)) for name, x in pictures.items()}
    held, *others = known["pairs"].values()
    new = tuple(np.concatenate(parts) for parts in zip(*others, strict=True))

    def scored(factor=1):
        return answer(factor * new[0], new[1].copy(), factor * held[0], held[1].copy())

    def found(scores):
        normal, *spoilt = scores.reshape(len(others), -1)
        return {kind: auc(*_beside(normal, some))
                for kind, some in zip(KINDS, spoilt, strict=True)}

    given = scored()
    got = numbers(given)
    if mistake := _unfit(given, got, new[0].shape):
        return mistake
    if _moved(lambda e, v: answer(e, v, held[0].copy(), held[1].copy()), *new):
        return hint("同一張圖像，旁邊的圖像換了，分數就變：怎樣才算平常，只能由留出的圖像決定。",
                    "The score of a picture changes with the other new pictures: what is usual may "
                    "come from held-out pictures alone.")
    order = rankdata(got.numpy())
    for wrong, why in BLANK_MISTAKES:
        if np.corrcoef(order, rankdata(wrong(*new, *held)))[0, 1] > 0.9999:
            return why
    if mistake := _too_low(found(got.numpy())):
        return mistake
    scaled = numbers(scored(20))
    if min(found(scaled.nan_to_num().numpy()).values()) < GOOD:
        return hint("所有誤差都乘以20，分數就失靈：有數字是寫死的。數字都要從留出的圖像算出來。",
                    "With all errors times 20, the score fails: some number is fixed. Compute "
                    "every one from held-out pictures.")
    return None


def of_design(score, x):
    """What a design's score says of pictures, (N,) float64, as `numbers` gives it."""
    return numbers(score(x.clone()))


@threadpool_limits.wrap(1, user_api="blas")
def check_design(answer):
    """design(x_train, x_held) -> score(x), of pictures (N, 3, 32, 32) -> (N,)."""
    known = prepare()
    score = answer(known["train"].clone(), known["held"].clone())
    if not callable(score):
        return hint("請傳回一個函數`score(x)`，不是分數。",
                    "Return a function `score(x)`, not scores.")
    pictures = {"normal": known["test"].x, **{kind: known["spoilt"][kind] for kind in TOLD},
                "secret": known["secret"]}
    scores = {}
    for name, x in pictures.items():
        given = score(x.clone())
        scores[name] = numbers(given)
        if mistake := _unfit(given, scores[name], (len(x),)):
            return mistake
    some = torch.arange(len(x) - 1, -1, -9)  # some pictures, in another order
    mixed = torch.cat([pictures["blank"][some], pictures["normal"][some]])
    again = numbers(score(mixed))
    due = torch.cat([scores["blank"][some], scores["normal"][some]])
    if not torch.is_tensor(again) or again.shape != due.shape or not torch.allclose(
            again, due, rtol=1e-3, atol=1e-3 * float(scores["normal"].std())):
        return hint("同一張圖像，換了旁邊的圖像或者再算一次，分數就變：分數只能看一張圖像"
                    "和訓練時見過的臉。",
                    "The score of a picture changes with the pictures beside it, or from call to "
                    "call: it may depend on that picture and on the faces given to `design` only.")
    return _measured({name: some.numpy() for name, some in scores.items()}, pictures)


def _measured(scores, pictures):
    """A hint where a kind is not found, by the scores of pictures (N,), or None."""
    pairs = {kind: _beside(scores["normal"], scores[kind]) for kind in pictures}
    if mistake := _too_low({kind: auc(*pairs[kind]) for kind in TOLD}):
        return mistake
    people = np.tile(prepare()["test"].people, 2)
    plain = _beside(*(plain_error(pictures[name]) for name in ("normal", "secret")))
    own, gain = (interval(pairs["secret"], people, "auc", other, draws=500)
                 for other in (None, plain))
    if gain.low < GAIN:
        return hint(f"一種你沒見過的異常：AUC {own:.2f}，和單用誤差相差{gain:+.2f}，整個區間要在"
                    f"{GAIN:+}以上。不要只為見過的異常設計：正常的臉，有哪幾個數字是平常的？",
                    f"On a kind that you have not seen: an AUC of {own:.2f}, {gain:+.2f} against "
                    f"the plain error, and all of the interval should be above {GAIN:+}. Do not "
                    "build for known kinds only: which numbers of normal faces are usual?")
    show({"zh": f"分數：沒見過的一種異常，AUC {own:.2f}，和單用誤差相差{gain:+.2f}。",
          "en": f"Score: on a kind not seen before, an AUC of {own:.2f}, {gain:+.2f} against the "
                "plain error."})
    return None


CHECKS = {
    "08-auc": check_auc,
    "08-threshold": check_threshold,
    "08-price": check_price,
    "08-blank": check_blank,
    "08-design": check_design,
}
MISTAKES = {
    "08-auc": AUC_MISTAKES,
    "08-threshold": THRESHOLD_MISTAKES,
    "08-price": PRICE_MISTAKES,
    "08-blank": BLANK_MISTAKES,
}
