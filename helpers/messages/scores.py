"""What `python -m helpers.score` says, in the terminal and on its page."""

TEXTS = {
    "score_about": (
        "異常檢測：找出一個資料夾裡，哪些圖像不像模型訓練時的圖像",
        "anomaly detection: which pictures of a folder are unlike those that a model was trained "
        "on",
    ),
    "score_help_data": (
        "要評分的圖像資料夾，子資料夾也算，不分訓練和測試",
        "folder of the pictures to score, with its subfolders, whatever they are called",
    ),
    "score_help_out": (
        "放scores.csv和index.html的資料夾，新的或空的",
        "folder of scores.csv and index.html, new or empty",
    ),
    "score_help_alarms": (
        "p值不超過這個數，就是警報",
        "a p-value up to this number is an alarm",
    ),
    "score_help_seed": (
        "亂數種子：哪一半測試圖像說明什麼是正常，哪一半算p值",
        "random seed: which half of the test pictures says what is normal, which gives p-values",
    ),
    "score_seen": (
        "{data}裡有這個模型看過的圖像：它們的p值不能當真。請改用沒有參加訓練和測試的圖像。",
        "{data} holds pictures that this model has seen, whose p-values mean nothing. Score "
        "pictures that took part in neither training nor testing.",
    ),
    "score_held_out": (
        "{test}張測試圖像沒有參加訓練：{known}張說明什麼是正常，另外{held_out}張用來算p值，所以p值"
        "最小是1/{most} = {least}。",
        "Of {test} test pictures, which were not trained on, {known} say what is normal, and "
        "{held_out} others give p-values, so the smallest is 1/{most} = {least}.",
    ),
    "score_alarms": (
        "警報（p值不超過{rate}）：{n}張裡有{alarms}張。如果全都正常，平均會有{expected:.1f}張，"
        "95%的時候在{low}到{high}張之間。",
        "Alarms (p-value up to {rate}): {alarms} of {n} pictures. If all were normal, there would "
        "be {expected:.1f} on average, and {low} to {high} in 95% of cases.",
    ),
    "score_false_alarms": (
        "圖像一多，正常的圖像也總會有幾張警報：請先看圖像，再下結論。",
        "Among many pictures some normal ones always raise an alarm: look at the pictures before "
        "you conclude anything.",
    ),
    "score_no_alarm": (
        "--alarms {rate}比最小的p值{least}還小，所以不可能有警報，只有排序。要有警報，測試圖像至少"
        "要{needed}張，或者用較大的--alarms。",
        "--alarms {rate} is below the smallest p-value, {least}, so there can be no alarm, only an "
        "order. For alarms, there must be {needed} test pictures at least, or a larger --alarms.",
    ),
    "score_summary": (
        "{folder}：評了{n}張圖像。",
        "{folder}: pictures scored: {n}.",
    ),
    "score_written": (
        "{out}裡的index.html是最不正常和最正常的圖像，scores.csv是全部圖像的分數。",
        "In {out}, index.html shows the least and the most normal pictures; scores.csv has the "
        "scores of all.",
    ),
    "score_page_title": ("異常檢測：{name}", "Anomaly detection: {name}"),
    "score_page_model": (
        "模型：{run}。評了{n}張圖像，{left_out}個檔案略過。",
        "Model: {run}. Pictures scored: {n}; files left out: {left_out}.",
    ),
    "score_page_score": (
        "分數：重建誤差、相鄰像素的差、編碼，這三個數字合起來，離正常的圖像有幾個標準差。太容易重建的"
        "圖像，例如一片空白，分數也高。",
        "The score: how many standard deviations three numbers together (the reconstruction error, "
        "the difference of neighbouring pixels, the code) are from those of normal pictures. A "
        "picture that is too easy, such as a blank one, scores high as well.",
    ),
    "score_page_p_value": (
        "p值：正常的圖像裡，分數這麼高或更高的，大約占多少。它不是「這張圖像正常」的概率。",
        "The p-value: about what share of normal pictures score as high or higher. It is not the "
        "probability that the picture is normal.",
    ),
    "score_page_least": ("最不正常的{n}張", "The {n} least normal"),
    "score_page_most": ("最正常的{n}張", "The {n} most normal"),
    "score_page_picture": ("圖像", "picture"),
    "score_page_reconstruction": ("重建", "reconstruction"),
    "score_page_error": ("誤差", "error"),
    "score_page_picture_of": ("圖像：", "picture:"),
    "score_page_reconstruction_of": ("重建：", "reconstruction:"),
    "score_page_error_of": ("誤差：", "error:"),
    "score_page_value": ("分數", "score"),
    "score_page_alarm": ("警報", "alarm"),
    "score_page_scale": (
        "誤差的圖：重建和圖像差多少（三個顏色的平均；黑是0，白是1）。整頁用同一個尺度。",
        "Pictures of the error: how far the reconstruction is from the picture (mean over three "
        "colours; black is 0, white 1). One scale for the whole page.",
    ),
    "score_page_and_more": ("或以上", "or more"),
}
