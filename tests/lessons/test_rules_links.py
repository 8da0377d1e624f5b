"""The rule for links and images can fail."""

import pytest
from spoilt_lesson import assert_caught, samples, zh

# rule: [(what is wrong, a word that the fault must contain, how to spoil the good lesson), ...]
BAD = {
    "links": [
        ("no such image", "does not exist", zh("![圖](../images/none.png)")),
        ("no such image in HTML", "does not exist", zh('<img src="../images/none.png" alt="圖">')),
        ("no such lesson", "does not exist", zh("[課](99_none.ipynb)")),
        ("image from the web", "not a file", zh("![圖](https://x.org/a.png)")),
        ("attachment", "not a file", zh("![圖](attachment:a.png)")),
        ("absolute", "relative path", zh("[課](/notebooks/01_autoencoder.ipynb)")),
        ("backslash", "forward slashes", zh("[課](..\\README.md)")),
        ("address without host", "sound", zh("[課](https:///abs/1)")),
        ("address with half a host", "sound", zh("[課](https://arxiv/abs/1)")),
        ("space in the address", "sound", zh("[課](<https://arxiv.org/abs/1 2>)")),
        ("bare address", "bare", zh("見https://arxiv.org/abs/1。")),
        ("other scheme", "neither", zh("[課](file:///etc/hosts)")),
        ("no target", "without a target", zh("[課]()")),
    ],
}


@pytest.mark.parametrize(("rule", "word", "spoil"), samples(BAD))
def test_a_bad_lesson_is_caught(rule, word, spoil):
    assert_caught(rule, word, spoil)
