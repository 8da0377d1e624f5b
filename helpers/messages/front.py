"""What the front door says: copies, slides, the site, running a lesson."""

TEXTS = {
    "copy_exists": (
        "{path}已經存在，裡面是你的練習，所以不會覆蓋它。請直接打開它；"
        "想要一份全新的，請先把它改名。",
        "{path} exists already and holds your work, so it is not overwritten. Open that one, or "
        "rename it first to get a fresh copy.",
    ),
    "notebook_empty": (
        "筆記本{path}是空的。請用git checkout -- 檔名取回，或重新下載。",
        "The notebook {path} is empty. Get it back with git checkout -- FILE, or download it"
        " again.",
    ),
    "notebook_conflict": (
        "筆記本{path}從第{line}行起有合併衝突的記號（<<<<<<<）：兩個版本還沒有選好。請用"
        "git checkout --ours -- 檔名或--theirs選一個。",
        "The notebook {path} has the marks of a merge conflict (<<<<<<<) from line {line}: nobody"
        " has chosen between two versions. Choose one with git checkout --ours -- FILE, or"
        " --theirs.",
    ),
    "notebook_broken": (
        "讀不了筆記本{path}，多半是沒有存完或沒有下載完（{error}）。請用git checkout -- 檔名取回，"
        "或重新下載。",
        "The notebook {path} cannot be read; most likely it was not saved or downloaded to its end"
        " ({error}). Get it back with git checkout -- FILE, or download it again.",
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
    "fault_disk": (
        "磁碟滿了，檔案寫不進去（{error}）。請空出一些空間，或用--out換一個磁碟，再執行一次。"
        "細節寫在{log}裡。",
        "The disk is full, and a file could not be written ({error}). Make room, or choose another "
        "disk with --out, and run this again. The details are in {log}.",
    ),
    "fault_denied": (
        "沒有權限（{error}）。請檢查這個檔案和它的資料夾能不能寫入，或把課程複製到自己的"
        "資料夾。細節寫在{log}裡。",
        "No permission ({error}). Check whether this file and its folder can be "
        "written, or copy the course into a folder of your own. The details are in {log}.",
    ),
    "fault_memory": (
        "記憶體不夠（{error}）。請關掉別的程式；訓練時可以用較小的--batch-size或--size。"
        "細節寫在{log}裡。",
        "Not enough memory ({error}). Close other programs; in training take a smaller "
        "--batch-size or --size. The details are in {log}.",
    ),
    "fault_unknown": (
        "出了沒有預料到的錯：{error}。請再執行一次；如果還是這樣，把{log}寄給你的老師。",
        "Something went wrong that nobody foresaw: {error}. Run it again; if it stays so, send "
        "{log} to your teacher.",
    ),
    "course_name": ("自編碼器課程", "A course on autoencoders"),
    "slides_appendix": ("附錄：", "Appendix: "),
    "slides_to_code": ("程式碼在附錄", "The code is in the appendix"),
    "slides_from_code": ("回到剛才那一頁", "Back to the slide"),
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
    "front_help_answers": ("在PDF裡打開小測驗的答案", "open the answers of the quiz in the PDF"),
    "front_help_core": ("只要核心，不要選讀的部分", "the core only, without what is optional"),
    "front_help_site": ("把課程寫成網站", "write the course as a web site"),
    "front_help_copy": (
        "在work裡建立你自己的一份副本",
        "make your own copy of a lesson in work/",
    ),
    "front_help_without_solutions": ("不含參考答案", "leave the solutions out"),
    "front_help_source": ("用哪一種人臉", "which faces to use"),
    "front_help_save": (
        "保存報告和筆記本的輸出；用lfw時只保存報告",
        "keep the report and the notebook's outputs; with lfw the report only",
    ),
    "front_help_measured": (
        "把測到的數字寫成docs/measured.md",
        "write what was measured into docs/measured.md",
    ),
    "front_help_study": (
        "做一課的長實驗，寫進docs/studies",
        "run the long experiments of a lesson, into docs/studies",
    ),
    "front_help_dry": (
        "只說在這台電腦上要多久",
        "only say how long it would take on this computer",
    ),
    "study_unknown": (
        "沒有第{got}課的研究。現在有的：{studies}。",
        "There is no study of lesson {got}. There are: {studies}.",
    ),
    "study_no_factors": (
        "這個研究要知道每張臉真正的因素，照片沒有：請用畫出來的臉（--faces synthetic）。",
        "This study needs the true factors of every face, which photographs have not: use the"
        " drawn faces (--faces synthetic).",
    ),
    "study_dry": (
        "還有{n}個實驗（共{total}個），在這台電腦上大約要{minutes}分鐘。",
        "{n} of {total} experiments are left; on this computer they take about {minutes} minutes.",
    ),
    "study_written": ("研究的結果：{path}", "Results of the study: {path}"),
    "front_help_lfw": ("下載LFW人臉照片", "download the LFW photographs"),
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
    "run_unknown_lesson": (
        "沒有第{got}課。現在有的課：{lessons}。",
        "There is no lesson {got}. The lessons are: {lessons}.",
    ),
    "run_report_only": (
        "用LFW執行時，--save只保存報告；真人的照片不可以存進筆記本，所以筆記本一個字也不改。",
        "On LFW, --save keeps the report only: no photograph of a real person may end up in the "
        "notebook, so the notebook stays as it is.",
    ),
    "run_report_saved": ("報告已經存進{path}", "The report is saved in {path}"),
    "run_report_drawn": (
        "這一課只用畫出來的人臉，所以沒有LFW的報告可以保存。",
        "This lesson uses drawn faces only, so there is no report on LFW to save.",
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
}
