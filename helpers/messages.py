"""The two languages of everything helpers says.

`TEXTS` maps a key to its Chinese and its English sentence, both with the same `{fields}`.
`say` shows one to a reader, `both` puts one into an exception.
"""

import html
import os
import re

LANGUAGES = {"zh": "zh-Hant", "en": "en"}  # COURSE_LANG value -> HTML lang attribute

TEXTS = {
    "bad_argument": (
        "參數{name}收到{got}；它只接受：{takes}。",
        "Argument {name} got {got}; it takes: {takes}.",
    ),
    "copy_exists": (
        "{path}已經存在，裡面是你的練習，所以不會覆蓋它。請直接打開它；"
        "想要一份全新的，請先把它改名。",
        "{path} exists already and holds your work, so it is not overwritten. Open that one, or "
        "rename it first to get a fresh copy.",
    ),
    "copy_written": (
        "你的副本：{path}。更新課程不會動到它。",
        "Your copy: {path}. An update of the course does not touch it.",
    ),
    "copy_offer": (
        "要打開你自己的副本（work/{name}）嗎？Enter＝是，o＝打開原本的課：",
        "Open your own copy (work/{name})? Enter = yes, o = the original lesson: ",
    ),
    "slides_written": ("投影片：{path}", "Slides: {path}"),
    "slides_no_packages": (
        "找不到{name} {version}，離線版需要它。請安裝Node.js，在課程的資料夾裡執行一次"
        "「{command}」（需要網絡），然後再試。",
        "{name} {version} is missing, and the offline version needs it. Install Node.js, run "
        "\"{command}\" once in the course's folder (it needs a network), then try again.",
    ),
    "slides_no_title": (
        "這份筆記本不能做成投影片：第一格必須是投影片類型為slide的Markdown，"
        "{lang}的那一段要有一個「# 」標題。",
        "No slides can be made of this notebook: its first cell must be Markdown of slide type "
        "slide, with a \"# \" heading in its part {lang}.",
    ),
    "slides_no_browser": (
        "PDF要用Chromium、Chrome或Edge來印，但這台電腦上一個也找不到。請安裝其中一個，再執行一次；"
        "HTML的投影片已經寫好了。",
        "A PDF is printed by Chromium, Chrome or Edge, and none was found on this computer. "
        "Install one of them and run this again; the slides in HTML are ready.",
    ),
    "slides_no_playwright": (
        "印PDF需要Playwright。請執行「python -m pip install playwright」，再執行一次；"
        "HTML的投影片已經寫好了。",
        "Printing a PDF needs Playwright. Run \"python -m pip install playwright\", then this "
        "again; the slides in HTML are ready.",
    ),
    "slides_pdf_failed": (
        "PDF沒有印成：{error}。沒有網絡時，請加上--offline再試；也請確認{browser}能打開。",
        "The PDF could not be printed: {error}. Without a network, try again with --offline; also "
        "check that {browser} opens.",
    ),
    "site_written": ("網站：{path}", "Site: {path}"),
    "check_right": ("正確！", "Right!"),
    "check_unfinished": (
        "還沒有完成：請把`raise NotImplementedError`換成你的程式碼，再執行一次。",
        "Not done yet: replace `raise NotImplementedError` with your code and run it again.",
    ),
    "check_crashed": (
        "你的程式碼執行時出錯：{error}",
        "Your code raised an error: {error}",
    ),
    "data_no_lfw": (
        "這台電腦上找不到LFW。"
        "請執行「python -m helpers lfw」下載，或把LFW_ROOT設成它所在的資料夾。",
        "There is no LFW on this computer. Run \"python -m helpers lfw\" to download it, or set "
        "LFW_ROOT to its folder.",
    ),
    "lesson_drawn_only": (
        "這一課需要每張臉的真實因素，所以只用畫出來的人臉，不用LFW。",
        "This lesson needs the true factors of every face, so it uses drawn faces only, not LFW.",
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
    "checkpoint_damaged": (
        "檢查點{path}已經損壞，或者根本不是檢查點；它沒有被改動。"
        "請刪除它或換一個檔名，訓練就會從頭開始。",
        "The checkpoint {path} is damaged, or no checkpoint at all; it was left as it is. Delete "
        "it or choose another name, and training starts from the beginning.",
    ),
    "checkpoint_unreadable": (
        "檢查點{path}現在讀不出來：{error}。它可能是好的，請不要刪除；先排除這個問題，再執行一次。",
        "The checkpoint {path} cannot be read now: {error}. It may well be good, so do not delete "
        "it; mend this first, then run the same again.",
    ),
    "checkpoint_not_kept": (
        "檢查點沒有存進{path}：{error}。訓練繼續，但如果中斷，會從上一個檢查點重來。",
        "The checkpoint was not kept in {path}: {error}. Training goes on, but after an "
        "interruption it starts from the one before.",
    ),
    "batches_cut_off": (
        "{path}變短了：讀到一半就沒有了。請刪除它，再執行一次，就會重新解碼。",
        "{path} has become shorter: it ended in the middle of a picture. Delete it and run this "
        "again; the pictures are then decoded anew.",
    ),
    "processes_too_many": (
        "這台電腦要跑{here}個程序，但只有{gpus}個GPU：每個程序要有自己的一個。"
        "請減少程序，或加上--device cpu。",
        "This computer is to run {here} processes and has {gpus} GPUs: each needs one of its own. "
        "Start fewer, or add --device cpu.",
    ),
    "train_other_pictures": (
        "各程序在{data}找到的圖像不一樣；每台電腦都要有同樣的一份。請重新複製，再執行一次。",
        "The processes found different pictures in {data}; every computer needs the same ones. "
        "Copy them again, then run this once more.",
    ),
    "train_stopped": (
        "已經停止。再執行同樣的指令，會從最後一個檢查點繼續。",
        "Stopped. The same command goes on from the last checkpoint.",
    ),
    "checkpoint_foreign": (
        "{path}不是這門課存的檢查點；它沒有被改動。請換一個檔名。",
        "{path} is no checkpoint of this course; it was left as it is. Choose another name.",
    ),
    "checkpoint_other_model": (
        "檢查點{path}屬於另一個模型：參數{name}在檔案裡的形狀是{there}，在這個模型裡是{here}；"
        "它沒有被改動。請用原來的模型，或換一個檔名。",
        "The checkpoint {path} is of another model: the shape of parameter {name} is {there} in "
        "the file and {here} in this model; it was left as it is. Use the model it is of, or "
        "choose another name.",
    ),
    "checkpoint_other_run": (
        "檢查點{path}屬於另一次訓練：{name}在檔案裡是{there}，現在是{here}；它沒有被改動。"
        "請用同樣的設定，或換一個檔名。",
        "The checkpoint {path} is of another training: {name} is {there} in the file and {here} "
        "now; it was left as it is. Use the same settings, or choose another name.",
    ),
    "checkpoint_resumed": (
        "從檢查點{path}繼續：已經完成{epoch}輪，再加{step}步。",
        "Resumed from the checkpoint {path}: {epoch} epochs are done, and {step} steps.",
    ),
    "store_decoding": (
        "把{folder}的{n}張圖像解碼一次，存成{path}；下次直接用它。",
        "Decoding {n} pictures of {folder} once, into {path}; next time that file is used.",
    ),
    "store_no_pictures": (
        "{folder}裡沒有可以用在{split}的圖像。請指定一個裝著JPEG、PNG等圖像檔的資料夾"
        "（子資料夾也算）。",
        "{folder} holds no pictures for the split {split}. Name a folder with JPEG, PNG or other "
        "picture files in it or in its subfolders.",
    ),
    "store_damaged": (
        "有{n}個圖像檔讀不出來，已經略過，例如：{paths}。其餘的都在。",
        "{n} picture files cannot be read and were left out, such as: {paths}. All others are in.",
    ),
    "train_batch_too_small": (
        "批量大小{batch_size}小於程序的數目{count}：每個程序至少要分到一張圖像。"
        "請用更大的--batch-size。",
        "Batch size {batch_size} is smaller than the number of processes, {count}: each needs a "
        "picture. Use a larger --batch-size.",
    ),
    "train_no_folder": (
        "不能使用資料夾{folder}：{error}。請用--out指定另一個。",
        "The folder {folder} cannot be used: {error}. Name another one with --out.",
    ),
    "train_about": (
        "在自己的圖像上訓練，一個或多個程序都行（torchrun -m helpers.train）",
        "train on your own pictures, in one process or many (torchrun -m helpers.train)",
    ),
    "train_help_data": (
        "drawn（畫出來的人臉）、drawn:N（N張）、lfw，或一個圖像資料夾",
        "drawn (drawn faces), drawn:N (so many), lfw, or a folder of pictures",
    ),
    "train_help_batch": (
        "批量大小，所有程序合計",
        "pictures a step, over all processes",
    ),
    "train_help_schedule": (
        "學習率：constant不變，onecycle先升後降",
        "learning rate: constant, or onecycle, up and down again",
    ),
    "train_help_dtype": (
        "運算的數值格式；auto先測量，再用快的那個",
        "number format of the arithmetic; auto measures and takes the quicker",
    ),
    "train_help_compile": (
        "編譯模型；auto只在有Triton的GPU上編譯",
        "compile the model; auto compiles on a GPU with Triton only",
    ),
    "train_help_out": (
        "放檢查點和損失曲線的資料夾；裡面有檢查點時，會接著訓練",
        "folder of the checkpoint and the curve of the loss; a checkpoint in it is taken up",
    ),
    "train_help_every": (
        "除了每輪一次，每N步也存一次檢查點",
        "keep a checkpoint every N steps, too, not only every epoch",
    ),
    "env_python_ok": ("Python {version}，{bits}位元。", "Python {version}, {bits}-bit."),
    "env_python_bad": (
        "這是{bits}位元的Python {version}，課程需要64位元的Python 3.11或更新版本。"
        "請安裝它，再用它建立虛擬環境。",
        "This is Python {version}, {bits}-bit; the course needs a 64-bit Python 3.11 or newer. "
        "Install one and make the virtual environment with it.",
    ),
    "env_course_ok": (
        "課程的helpers來自這個資料夾：{root}",
        "The course's helpers come from this folder: {root}",
    ),
    "env_course_folder": (
        "{root}裡沒有notebooks資料夾和pyproject.toml，所以它不是課程的資料夾。"
        "請在課程的資料夾裡執行「python -m pip install -e .」。",
        "{root} has no notebooks folder and no pyproject.toml, so it is not the course's folder. "
        "In the course's folder, run \"python -m pip install -e .\".",
    ),
    "env_course_missing": (
        "課程還沒有安裝。請在課程的資料夾裡執行「python -m pip install -e .」。",
        "The course is not installed yet. In its folder, run \"python -m pip install -e .\".",
    ),
    "env_course_elsewhere": (
        "這些課會用到別處的helpers：{found}。"
        "請在課程的資料夾裡執行「python -m pip install -e .」。",
        "The lessons would use helpers from somewhere else: {found}. "
        "In the course's folder, run \"python -m pip install -e .\".",
    ),
    "env_course_conflict": (
        "另一個也叫helpers的套件擋住了課程的helpers：{found}。"
        "請執行「python -m pip uninstall -y helpers」。",
        "Another package, also called helpers, hides the course's: {found}. "
        "Run \"python -m pip uninstall -y helpers\".",
    ),
    "env_packages_ok": (
        "{count}個套件都已安裝，版本合適。",
        "All {count} packages are installed, in versions that fit.",
    ),
    "env_package_missing": (
        "缺少套件{name}（需要{spec}）。請在課程的資料夾裡執行「python -m pip install -e .」。",
        "Package {name} is missing (needed: {spec}). "
        "In the course's folder, run \"python -m pip install -e .\".",
    ),
    "env_package_version": (
        "套件{name}的版本是{found}，課程需要{spec}。"
        "請在課程的資料夾裡執行「python -m pip install -e .」。",
        "Package {name} has version {found}; the course needs {spec}. "
        "In the course's folder, run \"python -m pip install -e .\".",
    ),
    "env_torch_ok": (
        "PyTorch {torch}和torchvision {torchvision}運作正常。"
        "運算裝置：{device}；CPU核心：{cores}個。",
        "PyTorch {torch} and torchvision {torchvision} work. Device: {device}; CPU cores: {cores}.",
    ),
    "env_torch_pair": (
        "PyTorch和torchvision的版本不相配。"
        "請把兩個一起重裝：「python -m pip install --force-reinstall torch torchvision」。",
        "PyTorch and torchvision do not match. Reinstall both together: "
        "\"python -m pip install --force-reinstall torch torchvision\".",
    ),
    "env_torch_dll": (
        "PyTorch載入不了它的DLL，多半是Windows少了Microsoft Visual C++ Redistributable（x64）。"
        "請從Microsoft的網站安裝它，然後重新開機。",
        "PyTorch cannot load its DLLs. Most often Windows lacks the Microsoft Visual C++ "
        "Redistributable (x64): install it from Microsoft's site and restart the computer.",
    ),
    "env_torch_gpu": (
        "GPU不能運算：{error}。請把環境變數CUDA_VISIBLE_DEVICES設成-1，改用CPU。",
        "The GPU cannot compute: {error}. "
        "Set the environment variable CUDA_VISIBLE_DEVICES to -1 to use the CPU instead.",
    ),
    "env_torch_broken": (
        "PyTorch不能運算：{error}。"
        "請重新安裝：「python -m pip install --force-reinstall torch torchvision」。",
        "PyTorch cannot compute: {error}. Reinstall it: "
        "\"python -m pip install --force-reinstall torch torchvision\".",
    ),
    "env_folder_ok": (
        "課程的資料夾可以寫入，磁碟還有{free:.0f} GB。",
        "The course's folder can be written to, and the disk has {free:.0f} GB left.",
    ),
    "env_folder_bad": (
        "課程的資料夾不能寫入：{error}。請把整個資料夾搬到你自己的「文件」裡。",
        "The course's folder cannot be written to: {error}. "
        "Move the whole folder into your own Documents.",
    ),
    "env_disk_bad": (
        "磁碟只剩{free:.1f} GB，課程需要{needed} GB。請先刪除一些不用的檔案。",
        "The disk has only {free:.1f} GB left; the course needs {needed} GB. "
        "Delete some files you no longer need.",
    ),
    "front_about": (
        "自編碼器課程。直接執行「python -m helpers」就會打開第01課；"
        "後面可加JupyterLab的選項，例如--no-browser。",
        "The autoencoder course. Plain \"python -m helpers\" opens lesson 01; "
        "it takes JupyterLab's options, such as --no-browser.",
    ),
    "front_help_check": ("只檢查環境", "only check the environment"),
    "front_help_run": (
        "不開瀏覽器，執行一課並列出結果",
        "run a lesson without a browser and list what it measured",
    ),
    "front_help_lesson": ("課的編號，例如01", "number of the lesson, such as 01"),
    "front_help_slides": (
        "把一課寫成投影片（不給編號就是每一課）",
        "write a lesson as slides (without a number: every lesson)",
    ),
    "front_help_lang": ("只要一種語言", "one language only"),
    "front_help_offline": (
        "不需要網絡就能打開",
        "to be opened without a network",
    ),
    "front_help_pdf": ("另外印成PDF", "print as PDF, too"),
    "front_help_site": ("把課程寫成網站", "write the course as a web site"),
    "front_help_copy": (
        "在work裡建立你自己的一份副本",
        "make your own copy of a lesson in work/",
    ),
    "front_help_without_solutions": ("不含參考答案", "leave the solutions out"),
    "front_help_source": ("用哪一種人臉", "which faces to use"),
    "front_help_save": (
        "把輸出存回筆記本（只限synthetic）",
        "save the outputs into the notebook (synthetic only)",
    ),
    "front_help_lfw": ("下載LFW人臉照片", "download the LFW photographs"),
    "front_help_faces": (
        "重畫人臉總覽圖",
        "redraw the contact sheet of drawn faces",
    ),
    "front_help_out": ("圖片的檔名", "file name of the picture"),
    "front_all_ok": (
        "環境沒有問題。執行「python -m helpers」就可以開始上課。",
        "The environment is fine. \"python -m helpers\" starts the course.",
    ),
    "front_fix_first": (
        "請先照[FAIL]後面的說明修好，再執行一次「python -m helpers check」。",
        "First repair what is marked [FAIL], then run \"python -m helpers check\" again.",
    ),
    "front_untrusted": (
        "{name}讀不了，先跳過：{error}",
        "{name} cannot be read and is skipped: {error}",
    ),
    "front_starting": (
        "正在啟動JupyterLab，瀏覽器會打開第01課。想結束，請在這個視窗按兩次Ctrl-C。",
        "Starting JupyterLab; your browser opens lesson 01. To stop, press Ctrl-C twice here.",
    ),
    "front_stopped": ("已經停止。", "Stopped."),
    "front_lfw_ready": (
        "LFW已經準備好，之後在JupyterLab裡打開的每一課都會用它。",
        "LFW is ready; from now on every lesson opened in JupyterLab uses it.",
    ),
    "front_faces_failed": (
        "總覽圖不能存成{path}：{error}。請換一個檔名，例如faces.png。",
        "The contact sheet cannot be saved as {path}: {error}. Choose another name, such as "
        "faces.png.",
    ),
    "front_faces_drawn": ("總覽圖已經存成{path}", "The contact sheet is in {path}"),
    "run_unknown_lesson": (
        "沒有第{got}課。現在有的課：{lessons}。",
        "There is no lesson {got}. The lessons are: {lessons}.",
    ),
    "run_save_synthetic": (
        "--save只能和--faces synthetic一起用：真人的照片不可以存進筆記本。",
        "--save goes with --faces synthetic only: no photograph of a real person may end up in "
        "the notebook.",
    ),
    "run_failed": (
        "程式碼格{cell}出錯了；錯誤訊息的最後幾行在上面。",
        "Cell {cell} failed; the last lines of its error message are above.",
    ),
    "run_kernel_died": (
        "執行到程式碼格{cell}時，Jupyter的核心（kernel）停止了，多半是記憶體不夠。請關掉其他程式，再試一次。",
        "The kernel died in cell {cell}, most likely for lack of memory. "
        "Close other programs and try again.",
    ),
    "run_no_report": (
        "這一課沒有寫出報告{path}。",
        "The lesson has written no report to {path}.",
    ),
    "run_changed": (
        "執行期間有人改了{path}，所以輸出沒有存進去。請再執行一次。",
        "{path} has changed during the run, so the outputs are not saved. Run it again.",
    ),
    "run_saved": ("輸出已經存進{path}", "The outputs are saved in {path}"),
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
        "沒有完好的官方劃分檔peopleDevTrain.txt和peopleDevTest.txt，所以按人名自行劃分："
        "訓練集和測試集仍然沒有共同的人，但結果不能直接與官方劃分的結果比較。"
        "想用官方劃分，請把這兩個檔案放在{folder}旁邊。",
        "The official split files peopleDevTrain.txt and peopleDevTest.txt are missing or damaged, "
        "so people are split by their names: training and test set still share nobody, but "
        "results do not compare directly with those of the official split. "
        "To use that one, put both files beside {folder}.",
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


# Radio buttons and CSS only: no script, no extension. :has() works page-wide in JupyterLab,
# and in exported HTML. Every rule is scoped, since JupyterLab's page itself is lang="en".
PICKER = """\
<style>
.course-picker label {{ margin-right: 1.2em; cursor: pointer; }}
:root:has(#pick-zh:checked) :is(.jp-RenderedMarkdown, .jp-RenderedHTMLCommon) [lang=en],
:root:has(#pick-en:checked) :is(.jp-RenderedMarkdown, .jp-RenderedHTMLCommon) [lang=zh-Hant]
{{ display: none; }}
</style>
<fieldset class="course-picker" style="border: 1px solid #888; padding: .4em 1em">
<legend>語言 Language</legend>
<label><input type="radio" name="course-language" id="pick-zh" {zh}> 中文</label>
<label><input type="radio" name="course-language" id="pick-en" {en}> English</label>
<label><input type="radio" name="course-language" id="pick-both" {both}> 兩者 both</label>
</fieldset>"""


def picker_html():
    """The language picker as HTML; COURSE_LANG (zh, en, both) is its first choice."""
    choice = os.environ.get("COURSE_LANG", "both").lower()
    choice = choice if choice in LANGUAGES else "both"
    return PICKER.format(**{c: "checked" if c == choice else "" for c in (*LANGUAGES, "both")})


class CourseError(RuntimeError):
    """Something that a reader can mend; its text says how, in both languages."""


def chosen_languages():
    """The languages to show in plain text: `("zh", "en")`, or the one that COURSE_LANG names."""
    choice = os.environ.get("COURSE_LANG", "both").lower()
    return (choice,) if choice in LANGUAGES else tuple(LANGUAGES)


def pair(key, **values):
    """The two sentences of `key`, filled in: `{"zh": ..., "en": ...}`.

    Raises KeyError for an unknown key or a missing field.
    """
    return {lang: text.format(**values) for lang, text in zip(LANGUAGES, TEXTS[key], strict=True)}


def both(key, **values):
    """The sentences of `key`, one under the other: the text of an exception."""
    return "\n".join(pair(key, **values).values())


def in_notebook():
    """True where the reader sees HTML: inside a Jupyter kernel."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return hasattr(get_ipython(), "kernel")


def say(key, **values):
    """Shows the message `key`: HTML with a `lang` div each in a notebook, plain text elsewhere."""
    show(pair(key, **values))


def _to_html(text):
    text = html.escape(text, quote=False).replace("\n", "<br>")
    return re.sub("`([^`]+)`", r"<code>\1</code>", text)


def show(texts):
    """Shows `{"zh": ..., "en": ...}` as `say` does; line breaks are kept."""
    if in_notebook():
        from IPython.display import display

        divs = "".join(
            f'<div lang="{LANGUAGES[lang]}">{_to_html(text)}</div>' for lang, text in texts.items()
        )
        display({"text/html": divs, "text/plain": "\n".join(texts.values())}, raw=True)
        return
    plain = "\n".join(texts[lang] for lang in chosen_languages())
    try:
        print(plain)
    except UnicodeEncodeError:  # a Windows console with a Western code page
        print(plain.encode("ascii", "replace").decode())
