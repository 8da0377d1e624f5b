"""What is said about folders of pictures: their split, and what was left out of them."""

TEXTS = {
    "store_decoding": (
        "把{folder}的{n}個圖像檔解碼一次，存進{path}；下次直接使用。",
        "Decoding {n} picture files of {folder} once, into {path}; next time those are used.",
    ),
    "store_summary": (
        "{folder}：{train}張用來訓練，{test}張用來測試；{how}。",
        "{folder}: pictures for training {train}, for testing {test}; {how}.",
    ),
    "split_found": (
        "採用資料夾裡已有的劃分：{train}用來訓練，{test}用來測試",
        "the folder's own split: {train} for training, {test} for testing",
    ),
    "split_made": (
        "裡面沒有train和test資料夾，所以按檔名留出大約十分之一來測試",
        "it has no folders train and test, so about a tenth, chosen by the files' names, is for "
        "testing",
    ),
    "split_given": (
        "採用數據集本身的劃分",
        "split as the data set itself says",
    ),
    "store_no_folder": (
        "找不到資料夾{folder}。請檢查路徑和拼寫。",
        "There is no folder {folder}. Check the path and its spelling.",
    ),
    "store_no_pictures": (
        "{folder}裡沒有可以使用的圖像。請指定一個裝著JPEG、PNG等圖像檔的資料夾（子資料夾也算）。",
        "{folder} holds no pictures that can be used. Name a folder with JPEG, PNG or other "
        "picture files in it or in its subfolders.",
    ),
    "store_empty_split": (
        "{folder}的{split}部分沒有可以使用的圖像。請把圖像放進去；或者指定一個沒有train和test的"
        "資料夾，課程會自己劃分。",
        "{folder} holds no pictures that can be used for the split {split}. Put some into it, or "
        "name a folder without train and test, which is then split for you.",
    ),
    "store_too_few": (
        "{folder}裡可以使用的圖像只有一張（完全相同的只算一張）。至少需要兩張：一張訓練，一張測試。",
        "{folder} holds only one picture that can be used (copies of it do not count). At least "
        "two are needed: one to train on, one to test on.",
    ),
    "store_no_room": (
        "{n}張圖像要{needed} GB，{folder}的磁碟只剩{free} GB，所以沒有開始畫。請少畫一些，"
        "縮小--size，或清出空間。",
        "{n} pictures take {needed} GB, and the disk of {folder} has {free} GB left, so none was "
        "drawn. Ask for fewer, take a smaller --size, or make room.",
    ),
    "store_not_written": (
        "解碼的圖像寫不進{folder}：{error}。請清出空間，或檢查寫入的權限，再執行一次。",
        "The decoded pictures could not be written to {folder}: {error}. Make room or check who "
        "may write there, then run this again.",
    ),
    "left_out": (
        "略過的：{reasons}。",
        "Left out: {reasons}.",
    ),
    "left_empty": (
        "空的檔案{n}個（{names}）",
        "{n} empty ({names})",
    ),
    "left_no_picture": (
        "內容不是可以讀取的圖像，{n}個（{names}）",
        "{n} whose content is no picture that can be read ({names})",
    ),
    "left_damaged": (
        "已經損壞的{n}個（{names}）",
        "{n} damaged ({names})",
    ),
    "left_too_large": (
        "太大的{n}個（{names}）：最多{whole}百萬像素，非漸進式的JPEG最多{jpeg}百萬；請先縮小",
        "{n} too large ({names}): at most {whole} million pixels, {jpeg} million in a JPEG that "
        "is not progressive; make them smaller first",
    ),
    "left_unclear": (
        "看不出哪個數值是白色的{n}個（{names}），例如把12位元的數值存成16位元；請先轉換成8位元",
        "{n} that do not say which value is white ({names}), such as 12 bits stored as 16; "
        "convert them to 8 bits first",
    ),
    "left_unopened": (
        "打不開的{n}個（{names}）；請檢查讀取的權限",
        "{n} that cannot be opened ({names}); check who may read them",
    ),
    "left_no_file": (
        "不是檔案的{n}個（{names}），例如所指的檔案已經不在的連結",
        "{n} that are no files ({names}), such as links whose target is gone",
    ),
    "left_ending": (
        "不讀取的副檔名，{n}個檔案（{names}）",
        "{n} with endings that are not read ({names})",
    ),
    "left_hidden": (
        "隱藏的，或系統自己放的，{n}個（{names}）",
        "{n} hidden or of the system itself ({names})",
    ),
    "left_outside": (
        "在訓練和測試的資料夾之外的{n}個（{names}）",
        "{n} outside the folders for training and testing ({names})",
    ),
    "left_again": (
        "由連結重複通往的資料夾{n}個（{names}）",
        "{n} folders that links lead to once more ({names})",
    ),
    "left_closed": (
        "打不開的資料夾{n}個（{names}）；請檢查讀取的權限",
        "{n} folders that cannot be opened ({names}); check who may read them",
    ),
    "left_copies": (
        "和測試圖像完全相同的訓練圖像{n}張（{names}）",
        "{n} for training that are the same as one for testing ({names})",
    ),
}
