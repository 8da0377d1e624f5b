"""What the training engine says: processes, checkpoints, options, runs that are opened again."""

TEXTS = {
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
        "這台電腦要跑{here}個進程，但只有{gpus}個GPU：每個進程要有自己的一個。"
        "請減少進程，或加上--device cpu。",
        "This computer is to run {here} processes and has {gpus} GPUs: each needs one of its own. "
        "Start fewer, or add --device cpu.",
    ),
    "processes_missing": (
        "{seconds}秒之內，{count}個進程沒有到齊。請看其他電腦上印出的錯誤；"
        "也請確認每台電腦的torchrun指令都一樣，而且連得到第一台。",
        "The {count} processes did not all come within {seconds} seconds. See what the other "
        "computers printed; check also that torchrun's command is the same on all of them, and "
        "that they reach the first.",
    ),
    "train_other_pictures": (
        "各進程在{data}找到的圖像不一樣；每台電腦都要有同樣的一份。請重新複製，再執行一次。",
        "The processes found different pictures in {data}; every computer needs the same ones. "
        "Copy them again, then run this once more.",
    ),
    "train_in_use": (
        "另一個訓練正在用{out}（{who}）。請等它結束，或用--out指定另一個資料夾。",
        "Another training uses {out} ({who}). Wait until it ends, or choose another folder with "
        "--out.",
    ),
    "train_not_kept": (
        "訓練完成了，但結果存不進{out}（{error}），所以改存在{rescue}。請把那個資料夾移到有空間的"
        "磁碟；下次訓練用--out指定別的磁碟。",
        "The training is done, but its result could not be kept in {out} ({error}), so it is in "
        "{rescue}. Move that folder to a disk with room; next time name another disk with --out.",
    ),
    "train_lost": (
        "訓練完成了，但結果存不進{out}（{error}），也存不進{rescue}。請空出磁碟空間，再執行一次："
        "會從最後一個檢查點繼續。",
        "The training is done, but its result could be kept neither in {out} ({error}) nor in "
        "{rescue}. Make room on the disk and run this again: it goes on from the last checkpoint.",
    ),
    "train_diverged": (
        "訓練發散了：第{epoch}輪第{step}步之後，數字不再有限，所以停在這裡；之前存下的檢查點沒有被"
        "改動。請在同一行指令後面加上--new-lr {rate:g}，用較小的學習率從檢查點繼續；或者用"
        "--lr {rate:g}和另一個--out，從頭再訓練一次。",
        "The training diverged: after step {step} of epoch {epoch} its numbers were no longer "
        "finite, so it stops here; the checkpoint saved before is as it was. Add --new-lr {rate:g} "
        "to the same command, and it goes on from there with a smaller learning rate; or train "
        "again from the start, with --lr {rate:g} and another --out.",
    ),
    "train_diverged_early": (
        "訓練發散了：第{epoch}輪第{step}步之後，數字不再有限，所以停在這裡；檢查點還沒有存過。請用"
        "較小的學習率（例如--lr {rate:g}）再訓練一次。",
        "The training diverged: after step {step} of epoch {epoch} its numbers were no longer "
        "finite, so it stops here; no checkpoint had been saved yet. Train again with a smaller "
        "learning rate (such as --lr {rate:g}).",
    ),
    "train_nothing_to_go_on": (
        "--new-lr要從檢查點繼續，但是沒有{path}。請用--out指定那次訓練的資料夾；新的訓練請用--lr。",
        "--new-lr goes on from a checkpoint, and there is no {path}. Name the folder of that "
        "training with --out; for a new training use --lr.",
    ),
    "train_nothing_left": (
        "檢查點{path}已經訓練完{epochs}輪，新的學習率沒有一步可以用；請加大--epochs（--schedule "
        "constant的時候）。",
        "The checkpoint {path} has all {epochs} epochs, so no step is left for a new learning "
        "rate; ask for more --epochs (with --schedule constant).",
    ),
    "train_new_rate": (
        "從這裡開始，學習率是{new:g}，不再是{old:g}；history.json的new_lr記下了這一點。",
        "From here on the learning rate is {new:g}, no longer {old:g}; new_lr in history.json "
        "keeps that.",
    ),
    "fit_diverged": (
        "訓練發散了：第{epoch}輪第{step}步的損失不是有限的數。模型已經恢復成這一輪之前的樣子。"
        "請用較小的學習率重新建立優化器，再訓練一次。",
        "The training diverged: the loss of step {step} of epoch {epoch} is not finite. The model "
        "is again what it was before this epoch. Make a new optimizer with a smaller learning rate "
        "and train again.",
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
        "從檢查點{path}繼續：已經完成{epoch}輪又{step}步。",
        "Resumed from the checkpoint {path}: {epoch} epochs are done, and {step} steps.",
    ),
    "train_batch_too_small": (
        "批量大小{batch_size}小於進程的數目{count}：每個進程至少要分到一張圖像。"
        "請用更大的--batch-size。",
        "Batch size {batch_size} is smaller than the number of processes, {count}: each needs a "
        "picture. Use a larger --batch-size.",
    ),
    "train_imitated": (
        "這個處理器沒有bfloat16的指令，只能用軟體模擬，會慢很多；請改用--dtype auto或float32。",
        "This processor has no bfloat16 instructions and imitates them, far more slowly; "
        "--dtype auto or float32 is quicker.",
    ),
    "train_no_folder": (
        "不能使用資料夾{folder}：{error}。請用--out指定另一個。",
        "The folder {folder} cannot be used: {error}. Name another one with --out.",
    ),
    "train_about": (
        "在自己的圖像上訓練，一個或多個進程都行（torchrun -m helpers.train）",
        "train on your own pictures, in one process or many (torchrun -m helpers.train)",
    ),
    "train_help_data": (
        "drawn（畫出來的人臉）、drawn:N（N張）、lfw，或一個圖像資料夾；有同名的資料夾時，用資料夾",
        "drawn (drawn faces), drawn:N (so many), lfw, or a folder of pictures, which goes first "
        "where it has one of these names",
    ),
    "option_empty": (
        "{option}是空的；可能用了沒有設定的變數。該寫什麼，請看--help。",
        "{option} is empty; perhaps a variable was meant that is not set. What it takes, --help "
        "says.",
    ),
    "train_help_list": (
        "列出所有模型，以及適合每個模型的選項；沒有另外指定時，就用這些選項",
        "name the models and the options that suit each, which hold where none are given",
    ),
    "train_help_code": (
        "編碼有幾個數字（每張圖像）；不指定時，每個8×8的格子有128個",
        "numbers in the code of a picture; 128 for every 8x8 pixels, unless given",
    ),
    "train_help_batch": (
        "批量大小，所有進程合計；不指定時，用適合模型的值（見--list）",
        "pictures a step, over all processes; what suits the model, unless given (see --list)",
    ),
    "train_help_lr": (
        "學習率（onecycle時是最高的一點）；不指定時，用適合模型的值（見--list）",
        "learning rate (of onecycle the highest); what suits the model, unless given (see --list)",
    ),
    "train_help_new_lr": (
        "從--out裡的檢查點繼續，從此改用這個學習率，例如發散之後",
        "go on from the checkpoint in --out, from now on with this learning rate, such as after a "
        "divergence",
    ),
    "train_help_schedule": (
        "學習率怎樣變：constant不變，onecycle先升後降",
        "how the learning rate goes: constant, or onecycle, up and down again",
    ),
    "train_help_dtype": (
        "運算的數值格式；auto先測量，再用較快的格式；從檢查點繼續訓練時，沿用原來的格式",
        "number format of the arithmetic; auto measures and takes the quicker; a training that "
        "goes on keeps its own",
    ),
    "train_help_compile": (
        "先編譯模型（要有Triton和C編譯器）：開頭多等十幾秒，之後每一步快一些",
        "compile the model first (needs Triton and a C compiler): some fifteen seconds more at "
        "the start, quicker steps afterwards",
    ),
    "train_help_out": (
        "放檢查點和損失曲線的資料夾；裡面有檢查點時，會接著訓練",
        "folder of the checkpoint and the curve of the loss; a checkpoint in it is taken up",
    ),
    "train_help_every": (
        "除了每輪一次，每N步也存一次檢查點",
        "keep a checkpoint every N steps, too, not only every epoch",
    ),
    "run_no_folder": (
        "找不到資料夾{run}。請先用python -m helpers.train訓練，再用--run指定訓練時的--out。",
        "There is no folder {run}. Train first, with python -m helpers.train, then name the --out "
        "of that training with --run.",
    ),
    "run_no_checkpoint": (
        "{run}裡沒有checkpoint.pt。請用--run指定訓練時的--out；訓練至少要完成一輪。",
        "{run} holds no checkpoint.pt. Name the --out of a training with --run; it must have "
        "finished at least one epoch.",
    ),
    "run_incomplete": (
        "檢查點{path}沒有寫明{missing}，多半是較早的版本存的。請把當時的訓練指令原樣再執行一次：已經"
        "訓練完的，只會補上這些。",
        "The checkpoint {path} does not say: {missing}. Most likely an earlier version wrote it. "
        "Run its training command again, unchanged: where the training is done, that only adds "
        "these.",
    ),
    "run_unknown_model": (
        "檢查點{path}的模型是{model}，這個版本沒有；有的是：{models}。",
        "The checkpoint {path} is of the model {model}, which this version has not; it has: "
        "{models}.",
    ),
    "run_moved": (
        "訓練時用的圖像已經不在{data}。請用{option}指定它們現在的位置。",
        "The pictures of the training are no longer in {data}. Say with {option} where they are "
        "now.",
    ),
    "run_other_pictures": (
        "{data}的圖像和訓練時的不一樣。請用{option}指定訓練時的圖像，或重新訓練。",
        "The pictures of {data} are not those of the training. Name those with {option}, or "
        "train again.",
    ),
    "run_too_few": (
        "圖像太少：訓練和測試的圖像，各要至少{least}張；{data}有{train}張訓練，{test}張測試。",
        "Too few pictures: at least {least} for training and {least} for testing are needed; "
        "{data} has {train} and {test}.",
    ),
    "run_opened": (
        "{run}：模型{model}，編碼{code}個數字；到目前為止訓練了{epoch}輪又{step}步。",
        "{run}: model {model}, a code of {code} numbers; training so far: epochs {epoch}, and "
        "{step} steps.",
    ),
    "sample_no_prior": (
        "--codes prior要有先驗，只有vae有。請改用--codes mixture或gaussian。",
        "--codes prior needs a prior, and only vae has one. Use --codes mixture or gaussian.",
    ),
    "out_holds_files": (
        "資料夾{out}裡已經有檔案，所以什麼都沒有寫。請用--out指定一個新的資料夾。",
        "The folder {out} holds files already, so nothing was written. Name a new one with --out.",
    ),
    "sample_capped": (
        "只畫{n}張，不是{asked}張：評審要拿一樣多的訓練和測試圖像來比較。",
        "Only {n} pictures are drawn, not {asked}: judges compare them with as many for training "
        "and for testing.",
    ),
    "sample_density": (
        "擬合了{m}張訓練圖像的編碼：{components}個高斯分佈，在{kept}個數字上；這{kept}個數字含有"
        "編碼方差的{share}，編碼共有{z}個數字。",
        "Fitted to the codes of {m} training pictures: Gaussians: {components}, over {kept} "
        "numbers, which hold {share} of the variance of the codes, of {z} numbers.",
    ),
    "sample_real_test": (
        "new：新圖像。real：換成另一些測試圖像，評審怎樣說；new最好和它一樣。括號裡是95%信賴區間。",
        "new: the new pictures. real: what judges say of other test pictures in their place; at "
        "best, new is the same. In parentheses: 95% intervals.",
    ),
    "sample_real_train": (
        "new：新圖像。real：換成訓練圖像，評審怎樣說（測試圖像不夠多；copy ratio用其中一半）；"
        "new最好和它一樣。括號裡是95%信賴區間。",
        "new: the new pictures. real: what judges say of training pictures in their place (there "
        "are too few for testing; copy ratio takes half of those); at best, new is the same. In "
        "parentheses: 95% intervals.",
    ),
    "sample_says_precision": (
        "precision，精確率：新圖像有多少落在真的圖像當中。越高越好；太低，就是不像真的；比real還高，"
        "多半是太模糊、太平常。",
        "precision: how many new pictures lie among real ones. Higher is better; low: they do not "
        "look real; above real: most likely too blurred and too usual.",
    ),
    "sample_says_recall": (
        "recall，召回率：真的圖像有多少落在新圖像當中。越高越好；太低，就是變化太少。",
        "recall: how many real pictures lie among new ones. Higher is better; low: too little "
        "variety.",
    ),
    "sample_says_accuracy": (
        "accuracy：看形狀的分類器，有多少張分得出真假。越接近0.5（亂猜）越好；噪聲它看不出來。",
        "accuracy: how often a classifier that sees shapes tells new from real. The closer to 0.5, "
        "a guess, the better; noise it does not see.",
    ),
    "sample_says_mmd": (
        "MMD^2：新圖像和真的圖像，概率分佈相差多少。越接近0越好；小於0，只是誤差。",
        "MMD^2: how far the distribution of new pictures is from that of real ones. The closer to "
        "0 the better; below 0 is chance.",
    ),
    "sample_says_copies": (
        "copy ratio：到最近的訓練圖像有多遠，除以到最近的測試圖像有多遠。和real一樣就好；接近0，"
        "就是照抄訓練圖像。",
        "copy ratio: how far the nearest training picture is, over how far the nearest test "
        "picture is. Good is what real has; near 0: copies of training pictures.",
    ),
    "sample_written": (
        "{n}張新圖像在{out}裡；sheet.png是其中一些，下面灰框裡的，是離它最近的訓練圖像。",
        "{n} new pictures are in {out}; sheet.png has some of them and, below each, framed in "
        "grey, the training picture that is nearest to it.",
    ),
    "sample_about": (
        "用訓練好的模型畫出新圖像，再請評審看一看",
        "draw new pictures with a model that was trained, and ask judges what they are like",
    ),
    "sample_help_run": (
        "python -m helpers.train的--out",
        "the --out of python -m helpers.train",
    ),
    "sample_help_out": (
        "放新圖像的資料夾，新的或空的",
        "folder of the new pictures, new or empty",
    ),
    "sample_help_codes": (
        "編碼怎樣抽：prior（先驗，只有vae有）；gaussian，高斯分佈；mixture，高斯混合；"
        "後面兩種都擬合訓練圖像的編碼",
        "how codes are drawn: prior (vae only), or from a Gaussian or a Gaussian mixture that is "
        "fitted to the codes of the training pictures",
    ),
    "sample_help_n": (
        "畫幾張，評審也看這麼多張；最多和測試圖像一樣多",
        "how many pictures are drawn and judged; at most as many as there are for testing",
    ),
    "sample_help_temperature": (
        "溫度，編碼離平均有多遠：小於1較平常，大於1較特別",
        "how far codes are from their mean: below 1 more usual, above 1 more unusual",
    ),
    "sample_help_data": (
        "訓練圖像搬到了哪裡，或檢查點沒有寫明的時候，它們在哪裡",
        "where the pictures of the training are, if they have moved or the checkpoint does not say",
    ),
}
