"""docs/measured.md: made from what was measured, in both languages, and up to date."""

import json
import re
from pathlib import Path

import notebook_rules as rules
import pytest

from helpers import ROOT
from helpers.course.measured import make_page, write_measured

FORBIDDEN = rules.forbidden_words((ROOT / "notebooks/glossary.md").read_text(encoding="utf-8"))
WHERE = {"processor": "AMD EPYC 7R13 Processor", "threads": 2, "date": "2026-11-26",
         "versions": {"python": "3.12.1", "torch": "2.14.1"}, "seconds": 65.4}
REPORT = {
    "command": "python -m helpers run 01", "lesson": "01_autoencoder", "faces": "synthetic",
    "peak_memory_mb": 946, **WHERE, "measured": {
        "test_psnr": {"value": 22.2612, "unit": "dB", "better": "higher", "baseline": 14.05,
                      "baseline_name": "mean picture", "low": 22.01, "high": 22.54},
        "bce_floor": {"value": 0.5703, "unit": "nats", "better": "neither"},
        "pca_64_psnr": {"value": 22.35, "unit": "dB", "better": "higher"},
        "attributes_found": {"value": 14.0, "unit": "of 17", "better": "higher", "baseline": 0.0,
                             "baseline_name": "somebody's guess"},
        "quite_new": {"value": 186371.0, "unit": "", "better": "neither"},
    },
}
LFW = {**REPORT, "command": "python -m helpers run 01 --faces lfw", "faces": "lfw"}
SCORES = {"test_psnr": {"value": 22.3, "low": 22.0, "high": 22.5}}
STUDY = {
    "command": "python -m helpers study 01", "faces": "synthetic", **WHERE, "results": {
        "PCA": {"of": {"kind": "PCA"}, "components": {"16": SCORES}, "seconds": 9.8},
        "bce, seed 0": {"of": {"seed": 0}, **SCORES, "train_psnr": 23.1, "epochs_needed": 7,
                        "seconds": 61.0},
    },
}
SPEED = {
    "command": "ONEDNN_MAX_CPU_ISA=AVX512_CORE python tests/benchmarks/original_vs_course.py",
    "benchmark": "original_vs_course", "faces": "synthetic", **WHERE, "results": {
        "ratio": 3.2, "course_pictures_per_second": 872.4, "original_pictures_per_second": 269.1,
        "dtype": "bfloat16", "one_process": False, "threads": 2, "course_test_bce": 0.602,
        "original_test_bce": 0.603},
}
GROWING = {
    "command": "python tests/benchmarks/growing_data.py", "benchmark": "growing_data",
    "faces": "synthetic", **WHERE, "results": [{"pictures": 10_000, "peak_memory_mb": 777},
                                               {"pictures": 100_000, "peak_memory_mb": 779}],
}
FILES = {"reports/01.json": REPORT, "reports/01_lfw.json": LFW, "studies/01.json": STUDY,
         "benchmarks/original_vs_course_float32.json": SPEED,
         "benchmarks/growing_data.json": GROWING}


@pytest.fixture
def docs(tmp_path):
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return tmp_path


def sections(page):
    """{heading: text below it}"""
    parts = re.split(r"^#+ (.+)$", page, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_committed_page_is_what_the_command_writes():
    committed = (ROOT / "docs" / "measured.md").read_text(encoding="utf-8")
    assert committed == make_page(ROOT / "docs"), "run: python -m helpers measured"


def test_a_report_that_changed_makes_another_page(docs):
    before = write_measured(docs).read_text(encoding="utf-8")
    assert before == make_page(docs)
    for name, content in FILES.items():
        changed = json.dumps(content).replace('"threads": 2', '"threads": 3', 1)
        (docs / name).write_text(changed, encoding="utf-8")
        assert make_page(docs) != before, name
        before = make_page(docs)


def test_a_report_with_its_intervals_baselines_and_machine(docs):
    text = sections(make_page(docs))[
        "[第01課，畫出來的人臉 · Lesson 01, drawn faces](../notebooks/01_autoencoder.ipynb)"]
    assert "```\npython -m helpers run 01\n```" in text
    assert "| AMD EPYC 7R13 Processor | 2 | 2.14.1 | 2026-11-26 | 65.4 | 946 |" in text
    assert ("| `test_psnr` | 重建的PSNR<br>PSNR of the reconstructions "
            "| 22.26 dB (22.01–22.54) | 14.05 dB<br>平均臉 · mean face |") in text
    assert "| `bce_floor` | BCE的下限<br>floor of the BCE | 0.5703 nats | – |" in text
    assert "PCA的PSNR，64個主成分<br>PSNR of PCA, 64 components" in text


def test_an_unknown_name_appears_in_code(docs):
    text = make_page(docs)
    assert "| `quite_new` | – | 186,371 | – |" in text
    assert "| 14/17 | 0/17<br>`somebody's guess` |" in text


def test_photographs_are_named_as_what_they_were(docs):
    heading = "[第01課，LFW，縮成112×112 · Lesson 01, LFW, copies of 112×112]"
    assert heading in make_page(docs)


def test_a_study_has_a_line_for_each_experiment(docs):
    text = sections(make_page(docs))["第01課的研究，畫出來的人臉 · Study of lesson 01, drawn faces"]
    assert "| `PCA, components, 16` | 22.3 dB (22–22.5) | – | – |" in text
    assert "| `bce, seed 0` | 22.3 dB (22–22.5) | 23.1 dB | 7 |" in text


def test_benchmarks_stand_beside_the_original_loop(docs):
    text = make_page(docs)
    assert ("| `pictures_per_second` | 每秒圖像數<br>pictures a second | 872.4 "
            "| 269.1<br>最初的寫法 · original loop |") in text
    assert "| 0.602 nats | 0.603 nats<br>" in text and "| `bfloat16` | – |" in text
    assert "one_process" not in text and "| 10,000 | 777 |\n| 100,000 | 779 |" in text


def test_what_was_not_measured_is_said(docs):
    assert sections(make_page(docs))["用GPU訓練 · On a GPU"].strip() == "沒有測量 · not measured"
    gpu = {**SPEED, "gpu": "NVIDIA H100", "command": "python -m helpers.train"}
    (docs / "gpu.json").write_text(json.dumps(gpu), encoding="utf-8")
    assert "| NVIDIA H100<br>AMD EPYC 7R13 Processor | 2 |" in make_page(docs)
    assert make_page(Path("nowhere")).count("沒有測量 · not measured") == 4


def test_the_page_keeps_the_rules_for_pages(docs):
    for page in (make_page(docs), make_page(Path("nowhere"))):
        assert rules.page_faults(page, FORBIDDEN) == []
        assert rules.half_faults(*rules.halves(page)) == []
