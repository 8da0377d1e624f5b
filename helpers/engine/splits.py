"""Which of the pictures that could be decoded are for training, and which for testing."""

from helpers.files import place_of

TEST_SHARE = 0.1  # of a folder that has no train and test of its own


def given_split(splits, contents):
    """The rows of each split, {"train": [...], "test": [...]}, of a split that exists.

    splits, contents: of every row "train" or "test", and a digest. Copies of test pictures are in
    neither: training on them would make the test easier.
    """
    tested = {content for split, content in zip(splits, contents, strict=True) if split == "test"}
    rows = {"train": [], "test": []}
    for row, (split, content) in enumerate(zip(splits, contents, strict=True)):
        if split == "test" or content not in tested:
            rows[split].append(row)
    return rows


def made_split(names, contents):
    """The rows of each split of a folder that has none: a tenth, which names decide, is for tests.

    names, contents: of every row, with / between folders, and a digest. At least one picture is
    for testing, and one for training if there are two different ones. Copies go where the name of
    the first one belongs.
    """
    first = {}  # of all copies, the row
    for row, content in enumerate(contents):
        first.setdefault(content, row)
    # The name itself, too: a Mac's and a PC's spelling of one name have one place
    places = {content: (place_of(names[row]), names[row]) for content, row in first.items()}
    lowest, highest = (limit(places.values(), default=None) for limit in (min, max))
    tested = {content for content, place in places.items()
              if place == lowest or place[0] <= TEST_SHARE and place != highest}
    rows = {"train": [], "test": []}
    for row, content in enumerate(contents):
        rows["test" if content in tested else "train"].append(row)
    return rows
