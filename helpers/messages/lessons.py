"""What lessons and their exercises say, and what a wrong argument is told."""

TEXTS = {
    "bad_argument": (
        "參數{name}收到{got}；它只接受：{takes}。",
        "Argument {name} got {got}; it takes: {takes}.",
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
    "lesson_drawn_only": (
        "這一課需要每張臉的真實因素，所以只用畫出來的人臉，不用LFW。",
        "This lesson needs the true factors of every face, so it uses drawn faces only, not LFW.",
    ),
}
