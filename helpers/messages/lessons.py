"""What lessons and their exercises say, and what a wrong argument is told."""

TEXTS = {
    "loading": (
        "正在載入PyTorch，要等幾秒；磁碟慢的話，第一次要等半分鐘。",
        "Loading PyTorch takes some seconds, on a slow disk half a minute the first time.",
    ),
    "bad_argument": (
        "參數{name}收到{got}；它只接受：{takes}。",
        "Argument {name} got {got}; it takes: {takes}.",
    ),
    "small_code_score": (
        "分數：訓練{steps}步之後，沒見過的人臉PSNR是{own} dB（平均臉{mean} dB）。換一個設計，"
        "分數能再高嗎？",
        "Score: after {steps} steps of training, {own} dB on faces never seen (the mean face has "
        "{mean} dB). Can another design score more?",
    ),
    "smallest_score": (
        "分數：{size}個參數，訓練{steps}步之後{psnr} dB。還能再小嗎？",
        "Score: {size} parameters, {psnr} dB after {steps} steps. Can it be smaller still?",
    ),
    "design_score": (
        "分數：{alive}個單元活躍，ELBO {elbo}奈特（`VAE()`，beta = 1：{other}）。",
        "Score: {alive} units alive, an ELBO of {elbo} nats (`VAE()` with beta = 1: {other}).",
    ),
    "sampler_score": (
        "分數：看形狀的分類器分得出{told}（高斯分佈：{other}）；其他評審也沒有意見。",
        "Score: the classifier for shapes tells {told} (a Gaussian: {other}); the other judges"
        " find nothing.",
    ),
    "check_right": ("正確！", "Right!"),
    "check_unfinished": (
        "還沒有完成：請把`raise NotImplementedError`換成你的程式碼，再執行一次。",
        "Not done yet: replace `raise NotImplementedError` with your code and run it again.",
    ),
    "check_crashed": (
        "你的程式碼執行時出錯：{error}",
        "Your code raised an error: {error}",
    ),
    "slider_random": ("隨機編碼", "random code"),
    "slider_none": (
        "這裡沒有滑桿：用JupyterLab打開這份筆記本並執行這一格，就能用滑桿移動編碼。",
        "No sliders here: open this notebook in JupyterLab and run this cell to move the code with "
        "sliders.",
    ),
    "lesson_original": (
        "這是課程的原稿：在這裡輸入的東西會改動它。要一份自己的副本，請在終端執行"
        "「python -m helpers copy {number}」。",
        "This is the course's original: whatever you type changes it. For a copy of your own, run "
        '"python -m helpers copy {number}" in a terminal.',
    ),
    "lesson_keeps_nothing": (
        "{folder}不能寫入（{error}）。這一課照樣可以做完，但是什麼都不會留下。要留下紀錄，請把課程複製"
        "到自己的資料夾。",
        "{folder} cannot be written ({error}). The lesson runs all the same and keeps nothing. To "
        "keep its records, copy the course into a folder of your own.",
    ),
    "lesson_report_not_kept": (
        "上面的報告沒有存進{path}（{error}）。請檢查磁碟滿了沒有、能不能寫入，再執行這一格。",
        "The report above was not kept in {path} ({error}). See whether the disk is full or cannot "
        "be written, then run this cell again.",
    ),
    "lesson_drawn_only": (
        "這一課需要知道每張臉的因素，所以只用畫出來的人臉，不用LFW。",
        "This lesson needs the true factors of every face, so it uses drawn faces only, not LFW.",
    ),
}
