"""A tiny LFW of made-up people, and what every message of helpers/lfw must have."""

import hashlib
import re

from PIL import Image

PEOPLE = {"Ada_Ash": 3, "Bo_Birch": 1, "Cy_Cedar": 2, "Di_Dogwood": 1, "Ed_Elm": 1, "Flo_Fir": 2,
          "Gil_Gum": 1, "Hal_Hazel": 1, "Ida_Ivy": 1, "Jo_Juniper": 2, "Kay_Kapok": 1, "Lu_Lime": 1}
TEST_PEOPLE = ("Bo_Birch", "Cy_Cedar", "Lu_Lime")  # of the made-up official split


def make_lfw(images):
    """Makes the images folder `images`: 17 plain 8x8 JPEGs of 12 people; returns it."""
    for i, (name, count) in enumerate(PEOPLE.items()):
        (images / name).mkdir(parents=True)
        for number in range(1, count + 1):
            picture = Image.new("RGB", (8, 8), (20 * i, 80 * (number - 1), 100))
            picture.save(images / name / f"{name}_{number:04d}.jpg")
    return images


def split_texts():
    """The text of peopleDevTrain.txt and peopleDevTest.txt for PEOPLE."""
    train = [name for name in PEOPLE if name not in TEST_PEOPLE]
    lists = {"peopleDevTrain.txt": train, "peopleDevTest.txt": TEST_PEOPLE}
    return {
        file: f"{len(names)}\n" + "".join(f"{name}\t{PEOPLE[name]}\n" for name in names)
        for file, names in lists.items()
    }


def md5(text):
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def check_message(text, *needed):
    """Chinese in the first line, English in the second, each with all of `needed`."""
    chinese, english = str(text).strip().split("\n")
    han = r"[\u4e00-\u9fff]"
    assert re.search(han, chinese) and not re.search(han, english)
    assert re.search(r"。$", chinese) and re.search(r"\.$", english)
    for part in map(str, needed):
        assert part in chinese and part in english, part
    return chinese, english
