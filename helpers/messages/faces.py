"""What the data sets say: drawn faces and LFW."""

TEXTS = {
    "data_no_lfw": (
        "這台電腦上找不到LFW。"
        "請執行「python -m helpers lfw」下載，或把LFW_ROOT設成它所在的資料夾。",
        "There is no LFW on this computer. Run \"python -m helpers lfw\" to download it, or set "
        "LFW_ROOT to its folder.",
    ),
    "faces_not_kept": (
        "畫好的人臉不能存進{folder}（{error}），所以下次要重畫；這一次不受影響。",
        "The drawn faces cannot be kept in {folder} ({error}), so they will be drawn again next "
        "time; this time nothing is lost.",
    ),
    "lfw_nobody": (
        "{folder}裡只有{people}人（完整的LFW有5,749人），{split}這一份裡一個也沒有。"
        "請重新解壓整個LFW，或刪除這份LFW，再執行「python -m helpers lfw」。",
        "{folder} holds {people} people (a whole LFW has 5,749), and none of them is in the split "
        "{split}. Unpack all of LFW again, or delete this copy and run \"python -m helpers lfw\".",
    ),
    "data_synthetic_train": (
        "訓練集：{n}張畫出來的人臉，共{people}人（faces: synthetic）。"
        "想用真實照片？請先執行「python -m helpers lfw」。",
        "Training set: {n} drawn faces of {people} people (faces: synthetic). "
        "Prefer photographs? Run \"python -m helpers lfw\" first.",
    ),
    "data_synthetic_test": (
        "測試集：{n}張畫出來的人臉，共{people}人，沒有一個在訓練集裡（faces: synthetic）。",
        "Test set: {n} drawn faces of {people} people, none of them in the training set "
        "(faces: synthetic).",
    ),
    "data_lfw_train": (
        "訓練集：{n}張LFW照片，共{people}人（faces: lfw）。"
        "想用畫出來的人臉？請設FACES_SOURCE=synthetic。",
        "Training set: {n} LFW photographs of {people} people (faces: lfw). "
        "Prefer drawn faces? Set FACES_SOURCE=synthetic.",
    ),
    "data_lfw_test": (
        "測試集：{n}張LFW照片，共{people}人，沒有一個在訓練集裡（faces: lfw）。",
        "Test set: {n} LFW photographs of {people} people, none of them in the training set "
        "(faces: lfw).",
    ),
    "lfw_not_found": (
        "{folder}裡沒有LFW：既沒有lfw_funneled、lfw-deepfunneled或lfw資料夾，"
        "也沒有「人名/人名_0001.jpg」這樣的圖像。"
        "請執行「python -m helpers lfw」下載，或把LFW_ROOT設成它所在的資料夾。",
        "There is no LFW in {folder}: no folder lfw_funneled, lfw-deepfunneled or lfw, and no "
        "pictures like NAME/NAME_0001.jpg. Run \"python -m helpers lfw\" to download it, or set "
        "LFW_ROOT to its folder.",
    ),
    "lfw_root_wrong": (
        "環境變數LFW_ROOT指向{folder}，但那裡沒有LFW。"
        "請把它改成LFW所在的資料夾，或取消這個變數。",
        "The environment variable LFW_ROOT names {folder}, but LFW is not there. "
        "Set it to the folder of LFW, or unset it.",
    ),
    "lfw_own_split": (
        "這份LFW有{pictures}張圖像、{people}人（完整的是13,233張、5,749人），可能只解壓了一半，"
        "也沒有完好的官方劃分檔peopleDevTrain.txt和peopleDevTest.txt，所以按人名自行劃分："
        "訓練集和測試集仍然沒有共同的人，但結果不能直接與官方劃分的結果比較。"
        "想用官方劃分，請重新解壓整個LFW，或把這兩個檔案放在{folder}旁邊。",
        "This LFW holds {pictures} pictures of {people} people (a whole one 13,233 of 5,749): "
        "perhaps it was unpacked halfway. The official split files peopleDevTrain.txt and "
        "peopleDevTest.txt are missing or damaged, too, so people are split by their names: "
        "training and test set still share nobody, but results do not compare directly with "
        "those of the official split. To use that one, unpack all of LFW again, or put both "
        "files beside {folder}.",
    ),
    "lfw_missing_picture": (
        "LFW不完整：官方劃分裡有{path}，磁碟上卻沒有這張圖像。"
        "請重新解壓整個LFW，或刪除這份LFW，再執行「python -m helpers lfw」。",
        "LFW is incomplete: the official split names {path}, but that picture is not on the disk. "
        "Unpack all of LFW again, or delete this copy and run \"python -m helpers lfw\".",
    ),
    "lfw_bad_picture": (
        "這張圖像讀不出來，檔案已損壞或不存在：{path}。"
        "請重新解壓整個LFW，或刪除這份LFW，再執行「python -m helpers lfw」。",
        "This picture cannot be read; its file is damaged or gone: {path}. "
        "Unpack all of LFW again, or delete this copy and run \"python -m helpers lfw\".",
    ),
    "lfw_already_there": (
        "LFW已經在{folder}，不必再下載。",
        "LFW is already in {folder}; there is nothing to download.",
    ),
    "lfw_downloaded": (
        "LFW已經下載到{folder}。照片裡都是真實的人，從來沒有人問過他們願不願意："
        "請只用於學習，不要公開任何一張。",
        "LFW has been downloaded to {folder}. It shows real people who were never asked: "
        "use it for study only, and publish none of the pictures.",
    ),
    "lfw_in_the_way": (
        "{folder}已經存在，裡面卻沒有LFW的圖像。"
        "請把它移走或刪除，再執行一次「python -m helpers lfw」。",
        "{folder} exists already, but holds no pictures of LFW. "
        "Move or delete it, then run \"python -m helpers lfw\" again.",
    ),
    "lfw_old_python": (
        "這個版本的Python不能安全地解壓檔案。請安裝Python 3.11.4或更新版本。",
        "This version of Python cannot unpack archives safely. Install Python 3.11.4 or newer.",
    ),
    "lfw_disk_full": (
        "{folder}所在的磁碟空間不夠，下載和解壓LFW共需要約{mb} MB。"
        "請先刪除一些不用的檔案，再執行一次「python -m helpers lfw」。",
        "There is too little room on the disk for {folder}: downloading and unpacking LFW takes "
        "about {mb} MB in all. Delete some files you no longer need, then run "
        "\"python -m helpers lfw\" again.",
    ),
    "lfw_cannot_write": (
        "LFW不能寫入{folder}：{error}。"
        "請確認你可以寫入這個資料夾，再執行一次「python -m helpers lfw」。",
        "LFW cannot be written to {folder}: {error}. "
        "Make sure that you may write there, then run \"python -m helpers lfw\" again.",
    ),
    "lfw_no_connection": (
        "連不上{url}：{error}。請檢查網絡連線，再執行一次「python -m helpers lfw」。",
        "{url} cannot be reached: {error}. "
        "Check the network connection, then run \"python -m helpers lfw\" again.",
    ),
    "lfw_refused": (
        "伺服器沒有提供LFW（{answer}）：{url}。請稍後再試；"
        "或用瀏覽器下載lfw-funneled.tgz，存成{part}，再執行一次「python -m helpers lfw」。",
        "The server did not deliver LFW ({answer}): {url}. Try again later, or download "
        "lfw-funneled.tgz with a browser, save it as {part} and run \"python -m helpers lfw\" "
        "again.",
    ),
    "lfw_interrupted": (
        "下載中斷了，已下載的部分存在{part}。"
        "請再執行一次「python -m helpers lfw」，會從中斷的地方繼續。",
        "The download broke off; what has arrived is in {part}. "
        "Run \"python -m helpers lfw\" again: it resumes from there.",
    ),
    "lfw_wrong_checksum": (
        "下載的檔案不對（SHA-256不符），已經刪除。請再執行一次「python -m helpers lfw」；"
        "如果還是這樣，請用瀏覽器下載{url}，存成{part}，再執行一次。",
        "The downloaded file is not the right one (its SHA-256 differs) and has been deleted. "
        "Run \"python -m helpers lfw\" again; if that does not help, download {url} with a "
        "browser, save it as {part} and run it once more.",
    ),
    "lfw_bad_archive": (
        "LFW的壓縮檔不能安全地解壓，已經刪除：{error}。"
        "請再執行一次「python -m helpers lfw」，重新下載。",
        "The archive of LFW cannot be unpacked safely and has been deleted: {error}. "
        "Run \"python -m helpers lfw\" again to download a new one.",
    ),
}
