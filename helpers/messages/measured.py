"""The words of docs/measured.md: what was measured, against which baseline, where it stands."""

TEXTS = {
    "measured_written": ("測量的總表：{path}", "The table of what was measured: {path}"),
    "page_title": ("測到了什麼", "What was measured"),
    "page_about": (
        "這一頁由`python -m helpers measured`寫成，數字來自`docs/reports`、`docs/studies`和"
        "`docs/benchmarks`；請不要用手改，測試會拿它和那些檔案比較。\n\n"
        "- 重建和去噪的數字，都用訓練時沒見過的人來測量。換一台電腦，最後一位數字可能不同。\n"
        "- 括號裡是95%信賴區間：按人抽樣的自助法。\n"
        "- 「基線」是同一次執行裡拿來比較的做法；「–」表示沒有。\n"
        "- 「秒」是整課或整個實驗的時間，「MB」是記憶體用量的最大值（不算程式庫的檔案）。\n"
        "- 「LFW，縮成112×112」：課程自己測量時，用的是縮成112×112的deep-funneled圖像，"
        "不是250×250的原圖；按官方劃分，訓練9,525張，測試3,708張。",
        "This page is written by `python -m helpers measured` from the files in `docs/reports`, "
        "`docs/studies` and `docs/benchmarks`; please never edit it by hand: a test compares it "
        "with them.\n\n"
        "- Reconstruction and denoising are measured on people never seen in training. On another "
        "computer the last digit may differ.\n"
        "- In parentheses: the 95% confidence interval, a bootstrap over people.\n"
        "- The baseline is what the same run compares with; \"–\" means that there is none.\n"
        "- Seconds are those of the whole lesson or experiment, MB the memory at most (without "
        "the files of the libraries).\n"
        "- \"LFW, copies of 112×112\": the course's own measurements used copies of the "
        "deep-funneled pictures at 112×112, not the originals of 250×250; of the official split, "
        "9,525 to train on and 3,708 to test on.",
    ),
    "page_reports": ("每一課的報告", "Reports of the lessons"),
    "page_studies": ("研究", "Studies"),
    "page_benchmarks": ("速度和記憶體", "Speed and memory"),
    "page_gpu": ("用GPU訓練", "On a GPU"),
    "page_not_measured": ("沒有測量", "not measured"),
    "page_reports_title": ("第{n}課", "Lesson {n}"),
    "page_studies_title": ("第{n}課的研究", "Study of lesson {n}"),
    "page_gpu_title": ("第01課的模型，在一個GPU上", "Lesson 01's model on a GPU"),
    "page_original_vs_course": ("訓練程式和最初的寫法", "The engine and the original loop"),
    "page_busy": (
        "訓練一步的時間：電腦閒著時，以及另一個程式佔用一個核心時",
        "A step of training on a quiet computer, and beside a program that takes one core"),
    "page_growing_data": ("十倍的圖像", "Ten times as many pictures"),
    "page_students": (
        "一台電腦，三十個學生同時看第01課的臉",
        "One computer, thirty students looking at the faces of lesson 01 at once"),
    "page_suite": ("最舊的torch上的測試", "The tests on the oldest torch"),
    "page_soak": (
        "同一個kernel裡，訓練的那一格執行二十次",
        "The training cell twenty times in one kernel"),
    "page_mishaps": ("試過哪些意外", "What was tried to break the course"),
    "page_synthetic": ("畫出來的人臉", "drawn faces"),
    "page_lfw": ("LFW，縮成112×112", "LFW, copies of 112×112"),
    "page_processor": ("處理器", "processor"),
    "page_threads": ("執行緒", "threads"),
    "page_date": ("日期", "date"),
    "page_seconds": ("秒", "seconds"),
    "page_name": ("報告裡的名稱", "name in the report"),
    "page_what": ("測量", "what"),
    "page_value": ("測到", "measured"),
    "page_baseline": ("基線", "baseline"),
    "page_experiment": ("實驗", "experiment"),
    # lesson 01
    "measured_test_psnr": ("重建的PSNR", "PSNR of the reconstructions"),
    "measured_train_psnr": ("訓練集上的PSNR", "PSNR on the training set"),
    "measured_test_ssim": ("重建的SSIM（前200張）", "SSIM of the reconstructions (first 200)"),
    "measured_test_bce": ("測試集的二元交叉熵（BCE）", "binary cross-entropy (BCE), test set"),
    "measured_bce_floor": ("BCE的下限", "floor of the BCE"),
    "measured_test_bce_above_floor": ("BCE高出下限多少", "BCE above its floor"),
    "measured_upside_down_drop": (
        "人臉顛倒時，PSNR下降多少", "drop of the PSNR on faces upside down"),
    "measured_pca_N_psnr": ("PCA的PSNR，{n}個主成分", "PSNR of PCA, {n} components"),
    # lesson 02
    "measured_linear_test_mse": (
        "線性自編碼器的測試MSE，8個數字", "test MSE of a linear autoencoder, 8 numbers"),
    "measured_largest_angle": (
        "它和PCA的子空間的最大主夾角", "largest principal angle to PCA's subspace"),
    "measured_three_psnr_3": (
        "臉由三個因素決定、編碼用三個數字時的PSNR", "PSNR with three numbers for three factors"),
    "measured_pca_components_needed": (
        "PCA要幾個主成分才追得上", "components that PCA needs to catch up"),
    "measured_halfway_psnr": (
        "兩張臉正中間那張臉的PSNR", "PSNR of the face halfway between two"),
    "measured_same_person": (
        "最近鄰是同一個人的比例", "share of nearest neighbours of the same person"),
    "measured_every_psnr_N": (
        "臉由23個因素決定、編碼用{n}個數字時的PSNR", "PSNR with {n} numbers for 23 factors"),
    "measured_every_ahead_N": (
        "編碼用{n}個數字、23個因素：PSNR比PCA多多少（成對比較）",
        "{n} numbers for 23 factors: PSNR ahead of PCA's (paired)"),
    "measured_probe_skin_tone": (
        "線性探測：膚色（決定係數）", "linear probe: skin tone (R²)"),
    "measured_probe_x": ("線性探測：水平位置（決定係數）", "linear probe: position x (R²)"),
    "measured_probe_ahead_skin_tone": (
        "線性探測：膚色，自編碼器減PCA（成對比較）",
        "linear probe: skin tone, autoencoder minus PCA (paired)"),
    "measured_probe_ahead_x": (
        "線性探測：水平位置，自編碼器減PCA（成對比較）",
        "linear probe: position x, autoencoder minus PCA (paired)"),
    "measured_probe_eye_colour": (
        "線性探測：眼睛的顏色（決定係數）", "linear probe: eye colour (R²)"),
    "measured_genes_signal": (
        "基因表現：兩個數字保留了多少訊號（區間：對細胞）",
        "gene expression: signal held by two numbers (interval: over cells)"),
    "measured_genes_stages": (
        "基因表現：用兩個數字猜對階段的比例（區間：對細胞）",
        "gene expression: stages told by two numbers (interval: over cells)"),
    # lesson 03
    "measured_noisy_psnr": ("帶噪圖像的PSNR，噪聲0.2", "PSNR of noisy pictures, noise 0.2"),
    "measured_best_classical_psnr": (
        "最好的傳統方法的PSNR", "PSNR of the best classical method"),
    "measured_wiener_psnr": (
        "線性去噪器（維納濾波）的PSNR",
        "PSNR of a linear denoiser (Wiener filter)"),
    "measured_dae_psnr": (
        "去噪自編碼器的PSNR", "PSNR of the denoising autoencoder"),
    "measured_dae_ssim": ("去噪自編碼器的SSIM", "SSIM of the denoising autoencoder"),
    "measured_no_skips_psnr": ("沒有跳躍連接時的PSNR", "PSNR without skip connections"),
    "measured_plain_ae_psnr": (
        "第01課的自編碼器用來去噪", "lesson 01's autoencoder as a denoiser"),
    "measured_fixed_noise_psnr": (
        "每輪都用相同的噪聲來訓練", "trained on the same noise every epoch"),
    "measured_range_at_02_psnr": (
        "用各種強度的噪聲訓練，在噪聲0.2時的PSNR", "trained on a range of noise, at 0.2"),
    "measured_range_at_05_psnr": (
        "用各種強度的噪聲訓練，在噪聲0.5時的PSNR", "trained on a range of noise, at 0.5"),
    "measured_salt_pepper_psnr": (
        "沒學過的椒鹽噪聲", "salt-and-pepper noise, never trained on"),
    "measured_score_cosine": (
        "殘差和真正的得分函數之間的餘弦", "cosine between residual and true score"),
    "measured_score_error": (
        "殘差和真正的得分函數之間的誤差", "error between residual and true score"),
    "measured_glasses_left_at_05": (
        "噪聲0.5時，眼鏡還留下多少", "how much of glasses is left at noise 0.5"),
    # lesson 04
    "measured_l0": ("每張臉的活躍單元（L0）", "active units a face (L0)"),
    "measured_explained_variance": ("解釋方差", "explained variance"),
    "measured_dead_units": ("死單元", "dead units"),
    "measured_attributes_found": (
        "有一個單元認得的屬性（AUC不小於0.9）", "attributes known to a unit (AUC 0.9 or more)"),
    "measured_attributes_found_pixel": (
        "有一個像素認得的屬性", "attributes known to a pixel"),
    "measured_attributes_found_ica": (
        "ICA有一個方向認得的屬性", "attributes known to a direction of ICA"),
    "measured_one_meaning": ("單義的單元（只對一個屬性起反應）", "units that say one thing only"),
    "measured_other_response": (
        "對第二個屬性的反應，和第一個相比", "response to a second attribute, relative to its own"),
    "measured_steering_effect": (
        "操控一個單元，屬性改變多少", "what steering a unit does to its attribute"),
    "measured_steering_others": ("其他屬性改變多少", "what it does to the other attributes"),
    "measured_auc_glasses": ("最好的單元的AUC：眼鏡", "AUC of the best unit: glasses"),
    "measured_auc_beard": ("最好的單元的AUC：鬍子", "AUC of the best unit: beard"),
    "measured_auc_raised_brows": (
        "最好的單元的AUC：揚起的眉毛", "AUC of the best unit: raised brows"),
    "measured_auc_side_light": ("最好的單元的AUC：側光", "AUC of the best unit: light from a side"),
    "measured_auc_red_background": (
        "最好的單元的AUC：紅色背景", "AUC of the best unit: red background"),
    # lesson 05
    "measured_recipe_psnr": ("配方的PSNR，編碼8,192個數字", "PSNR of the recipe, a code of 8,192"),
    "measured_patch_pca_psnr": (
        "小塊PCA的PSNR，8,192個數字", "PSNR of PCA of patches, 8,192 numbers"),
    "measured_recipe_N_psnr": (
        "配方的PSNR，編碼{n}個數字，10輪", "PSNR of the recipe, a code of {n}, 10 epochs"),
    "measured_conv_psnr": (
        "卷積網絡的PSNR，32×32，64個數字", "PSNR of the convolutional net, 32×32, 64 numbers"),
    "measured_dense_psnr": (
        "全連接網絡的PSNR，參數一樣多", "PSNR of the dense net, as many parameters"),
    "measured_permuted_conv_drop": (
        "像素打亂之後，卷積網絡的PSNR下降多少", "drop of the convolutional net on shuffled pixels"),
    "measured_shift_drop_conv": (
        "臉移6個像素，卷積網絡的PSNR下降多少", "drop of the convolutional net, faces 6 pixels off"),
    "measured_checkerboard_energy": (
        "第01課的棋盤格，是周圍頻率的幾倍", "lesson 01's checkerboard, times its surroundings"),
    "measured_skip_probe": (
        "有跳躍連接的網絡，編碼的線性探測（決定係數）",
        "linear probe of the code, with skips (R²)"),
    # lesson 06
    "measured_elbo_gap_Nd": (
        "一維時，ELBO加缺口和對數似然相差多少", "ELBO plus gap from the log-likelihood, in 1-D"),
    "measured_gradient_variance": (
        "重參數化的梯度方差，抽一次", "variance of the reparameterized gradient, one draw"),
    "measured_ppca_gap_nats": (
        "線性的模型離精確的對數似然多遠", "linear model, short of the exact log-likelihood"),
    "measured_ppca_angle_degrees": (
        "線性的模型和PCA的子空間的夾角", "linear model, angle to PCA's subspace"),
    "measured_active_units": ("10個單元裡活躍的，sigma學習", "active of 10 units, sigma learned"),
    "measured_vae_psnr": (
        "變分自編碼器重建的PSNR，10個數字", "PSNR of the VAE's reconstructions, 10 numbers"),
    "measured_elbo_nats": ("ELBO，每張臉", "ELBO, a face"),
    "measured_bits_per_face": ("每張臉的位元", "bits a face"),
    "measured_collapse_predicted": (
        "線性，sigma = 1：預測活躍的單元", "linear, sigma = 1: active units predicted"),
    "measured_collapse_seen": (
        "線性，sigma = 1：訓練後活躍的單元", "linear, sigma = 1: active units after training"),
    "measured_random_code_distance": (
        "隨機編碼離最近的臉多遠，sigma = 1", "random codes, distance to a face, sigma = 1"),
    # lesson 07
    "measured_two_sample_accuracy_vae": (
        "看形狀的分類器猜對率：VAE，先驗", "told by shapes: VAE, prior"),
    "measured_two_sample_accuracy_vae_gmm": (
        "看形狀的分類器猜對率：VAE，高斯混合", "told by shapes: VAE, mixture"),
    "measured_two_sample_accuracy_ae": (
        "看形狀的分類器猜對率：自編碼器，高斯分佈", "told by shapes: autoencoder, Gaussian"),
    "measured_two_sample_accuracy_ae_gmm": (
        "看形狀的分類器猜對率：自編碼器，高斯混合", "told by shapes: autoencoder, mixture"),
    "measured_factor_distance_vae": (
        "因素距離：VAE，先驗", "factor distance: VAE, prior"),
    "measured_factor_distance_vae_gmm": (
        "因素距離：VAE，高斯混合", "factor distance: VAE, mixture"),
    "measured_factor_distance_ae": (
        "因素距離：自編碼器，高斯分佈", "factor distance: autoencoder, Gaussian"),
    "measured_factor_distance_ae_gmm": (
        "因素距離：自編碼器，高斯混合", "factor distance: autoencoder, mixture"),
    "measured_repaint_psnr": (
        "重畫PSNR：自編碼器，高斯混合", "repaint PSNR: autoencoder, mixture"),
    "measured_precision": ("精確率：自編碼器，高斯混合", "precision: autoencoder, mixture"),
    "measured_recall": ("召回率：自編碼器，高斯混合", "recall: autoencoder, mixture"),
    "measured_copy_ratio": (
        "新不新：自編碼器，高斯混合", "copy ratio: autoencoder, mixture"),
    "measured_glasses_success": (
        "推一倍屬性向量，戴上了眼鏡", "glasses on, pushed by the attribute vector"),
    "measured_glasses_told_psnr": (
        "告訴解碼器，和戴眼鏡的正確答案比較", "decoder told, against the right answer"),
    # lesson 08
    "measured_08_auc_glasses": ("誤差的AUC：眼鏡", "AUC of the error: glasses"),
    "measured_auc_upside_down": ("誤差的AUC：上下顛倒", "AUC of the error: upside down"),
    "measured_auc_blank": ("誤差的AUC：全灰", "AUC of the error: blank"),
    "measured_auc_blurred": ("誤差的AUC：模糊", "AUC of the error: blurred"),
    "measured_auc_blank_repaired": (
        "三個統計量的AUC：全灰", "AUC of three statistics: blank"),
    "measured_auc_blurred_repaired": (
        "三個統計量的AUC：模糊", "AUC of three statistics: blurred"),
    "measured_auc_texture_grass": (
        "只看過草，誤差的AUC", "AUC of the error, trained on grass"),
    "measured_auc_texture_grass_repaired": (
        "只看過草，三個統計量的AUC", "AUC of three statistics, trained on grass"),
    "measured_auc_digits_mean": (
        "數字輪流當異常，PCA誤差的平均AUC", "mean AUC of PCA's error, each digit the anomaly"),
    "measured_auc_digits_nearest": (
        "數字輪流當異常，最近鄰的平均AUC",
        "mean AUC of the nearest neighbour, each digit the anomaly"),
    "measured_false_alarm_rate": ("誤報率", "rate of false alarms"),
    "measured_localisation_auprc": (
        "誤差圖指出眼鏡的AUPRC", "AUPRC of the error map on glasses"),
    "measured_alarm_gap_skin_tone": (
        "誤報的差，淺膚色減深膚色，訓練集裡淺膚色很少",
        "gap in false alarms, light minus dark, light rare in training"),
    "measured_alarm_gap_skin_tone_after": (
        "誤報的差，訓練集平衡，各用一個門檻",
        "gap in false alarms, balanced training, a threshold each"),
    "measured_variation_r": (
        "對數誤差和對數全變差的相關", "correlation of log error and log variation"),
    "measured_lattice": ("棋盤格是周圍頻率的幾倍", "checkerboard, times its surroundings"),
    "measured_parameters": ("參數", "parameters"),
    "measured_train_seconds": ("訓練秒數", "seconds of training"),
    "measured_valid_psnr": ("驗證集的PSNR", "PSNR of validation faces"),
    "measured_probe": ("編碼的線性探測（決定係數）", "linear probe of the code (R²)"),
    "measured_untrained_probe": ("訓練前的線性探測", "linear probe before training"),
    "measured_other_code_psnr": ("換上別人的編碼，PSNR", "PSNR with somebody else's code"),
    "measured_left_psnr": ("頭在左邊時的PSNR", "PSNR, heads at the left"),
    "measured_right_psnr": ("頭在右邊時的PSNR", "PSNR, heads at the right"),
    # lesson 10 and the benchmarks
    "measured_original_pictures_per_second": (
        "每秒圖像數，最初的寫法", "pictures a second, the original loop"),
    "measured_course_pictures_per_second": (
        "每秒圖像數，最快的寫法", "pictures a second, the fastest variant"),
    "measured_students": ("學生", "students"),
    "measured_failed": ("失敗", "failed"),
    "measured_first_seconds": ("最快的一個，秒", "the first, seconds"),
    "measured_last_seconds": ("最慢的一個，秒", "the last, seconds"),
    "measured_own_memory_mb": ("每個kernel自己的記憶體，MB", "memory of each kernel, MB"),
    "measured_shared_too_memory_mb": ("連共用的在內，MB", "with what is shared, MB"),
    "measured_face_files": ("畫了幾個檔案", "files drawn"),
    "measured_runs": ("次數", "runs"),
    "measured_settled_memory_mb": ("前五次最多，MB", "most of the first five, MB"),
    "measured_last_memory_mb": ("最後一次，MB", "after the last, MB"),
    "measured_growth": ("是幾倍", "times as much"),
    "measured_tests": ("測試", "tests"),
    "measured_mishaps": ("意外", "mishaps"),
    "measured_cases": ("試了幾種", "cases tried"),
    "measured_as_they_should": ("結果正確", "as they should be"),
    "measured_not_possible_here": ("這台電腦上不能試", "not possible on this computer"),
    "measured_generated_inputs": ("其中自動產生的輸入", "inputs that were generated"),
    "measured_torch": (
        "每張圖像的毫秒數，PyTorch預設的執行緒設定", "ms a picture, PyTorch's own threads"),
    "measured_course": ("每張圖像的毫秒數，這門課的執行緒設定", "ms a picture, the course's"),
    "measured_time_ratio": ("時間之比", "ratio of the times"),
    "measured_matmul_bfloat16": (
        "bfloat16矩陣乘法的速度", "rate of matrix products in bfloat16"),
    "measured_roof_bfloat16": (
        "bfloat16的屋頂：卷積和矩陣乘法之中較快的",
        "the roof of bfloat16: convolution or matrix product, the faster"),
    "measured_pictures_per_second": ("每秒圖像數", "pictures a second"),
    "measured_speedup": ("速度是幾倍", "how many times as fast"),
    "measured_ratio": ("速度是幾倍（中位數）", "how many times as fast (median)"),
    "measured_share_of_matmul_rate": (
        "佔矩陣乘法速度的比例", "share of the rate of matrix products"),
    "measured_share_of_roof": (
        "佔屋頂（大矩陣乘法和大卷積裡較快的）的比例",
        "share of the roof, the faster of a large product and a large convolution"),
    "measured_valid": ("高出BCE的下限多少，留出的臉", "above the floor of the BCE, held-out faces"),
    "measured_test": ("高出BCE的下限多少，測試", "above the floor of the BCE, test"),
    "measured_bf16_test_bce": (
        "用bfloat16訓練後的測試BCE", "test BCE after training in bfloat16"),
    "measured_bf16_above_floor": (
        "用bfloat16訓練後，BCE高出下限多少", "BCE above its floor after bfloat16"),
    "measured_bf16_parameters_learned": (
        "參數也用bfloat16時，學到多少", "learned with parameters in bfloat16, too"),
    "measured_batch_256_above_floor": (
        "批量256，學習率用平方根規則", "batch 256, learning rate by the square-root rule"),
    "measured_ddp_difference": (
        "兩個進程和一個進程的差", "difference between two processes and one"),
    "measured_resume_difference": (
        "中斷後繼續和沒有中斷的差", "difference between resumed and uninterrupted"),
    "measured_keep_memory_gain": (
        "留住記憶體，速度是不留的幾倍", "gain from keeping freed memory"),
    "measured_dtype": ("數字格式", "number format"),
    "measured_matmul_gflops": (
        "矩陣乘法的速度（GFLOP/s）", "rate of matrix products (GFLOP/s)"),
    "measured_mflop_per_picture": ("每張圖像的MFLOP", "MFLOP a picture"),
    "measured_decoding_seconds": ("解碼一次的秒數", "seconds of decoding once"),
    "measured_pictures": ("圖像", "pictures"),
    "measured_rounds": ("輪流測了幾次", "turns"),
    "measured_peak_memory_mb": ("記憶體用量的最大值（MB）", "memory at most (MB)"),
    "measured_file_mb": ("檔案（MB）", "file (MB)"),
    "measured_drawing_seconds": ("畫圖的秒數", "seconds of drawing"),
    "measured_reading_seconds": ("讀一輪的秒數", "seconds of reading an epoch"),
    # on a GPU
    "measured_way": ("寫法", "variant"),
    "measured_batch_size": ("批量大小", "batch size"),
    "measured_epochs": ("輪數", "epochs"),
    "measured_seconds": ("秒", "seconds"),
    "measured_warm_up_seconds": (
        "暖身一輪的秒數（不計入）", "seconds of a warm-up epoch, not counted"),
    "measured_train_bce_above_floor": (
        "訓練集的BCE高出下限多少", "BCE above its floor, training set"),
    "measured_step_ms": ("訓練的一步，批量大小32", "a step of training, batch size 32"),
    "measured_waits_in_an_epoch": (
        "暖身的一輪裡，處理器等了GPU幾次",
        "how often the processor waited for the GPU in the warm-up"),
    "measured_step_arithmetic_ms": ("一步的運算至少要多久", "least time of its arithmetic"),
    "measured_step_memory_ms": ("一步的記憶體存取至少要多久", "least time of its memory traffic"),
    "measured_step_launching_ms": (
        "啟動同樣多個核函數（kernel），幾乎不做運算，至少要多久",
        "as many kernels with next to nothing to do"),
    "measured_share_of_bound": (
        "幾種時間下限之中最大的，佔一步的比例", "share of the largest bound in a step"),
    "measured_times_as_fast_as_the_original": (
        "速度是最初寫法的幾倍", "times as fast as the original loop"),
    "measured_decoding_ms": (
        "不計入上面的時間：解碼一張250×250的JPEG", "not counted above: decoding a JPEG of 250×250"),
    "measured_memory_rate": ("GPU記憶體裡的複製速度", "rate of a copy in the GPU's memory"),
    "measured_speed_at_N": ("每秒圖像數，批量大小{n}", "pictures a second, batch size {n}"),
    # baselines
    "baseline_unchanged": ("學習率不變", "rate unchanged"),
    "baseline_lesson_01": ("第01課的模型", "lesson 01's model"),
    "baseline_dense": ("全連接", "dense"),
    "baseline_resize_convolution": ("先放大再卷積", "resize-convolution"),
    "baseline_without_skips": ("沒有跳躍連接", "without skips"),
    "baseline_score_function": ("得分函數估計", "score function"),
    "baseline_sigma_N": ("sigma固定為{n}", "sigma = {n}"),
    "baseline_unseen_faces": ("沒見過的真臉", "unseen faces"),
    "baseline_random_direction": ("隨機方向", "random direction"),
    "baseline_attribute_vector": ("屬性向量", "attribute vector"),
    "baseline_error_of_PCA": ("PCA的誤差", "error of PCA"),
    "baseline_error_of_the_network": ("網絡的誤差", "error of the network"),
    "baseline_Isolation_Forest": ("孤立森林", "Isolation Forest"),
    "baseline_nearest_patch": ("最近的小塊", "nearest patch"),
    "baseline_promised": ("答應的", "promised"),
    "baseline_usual_error": ("平常的誤差", "usual error"),
    "baseline_no_gap": ("沒有差別", "no gap"),
    "baseline_light_rare": ("淺膚色很少時", "light rare"),
    "baseline_sigma_learned": ("sigma學習", "sigma learned"),
    "baseline_rounded_PCA_same_PSNR": ("捨入的PCA，PSNR相同", "rounded PCA, same PSNR"),
    "baseline_eigenvalues": ("特徵值的預測", "eigenvalues"),
    "baseline_mean_picture": ("平均臉", "mean face"),
    "baseline_PCA": ("主成分分析（PCA）", "PCA"),
    "baseline_PCA_N": ("{n}個主成分", "PCA with {n} components"),
    "baseline_random_subspace": ("隨機的子空間", "random subspace"),
    "baseline_autoencoder": ("自編碼器", "autoencoder"),
    "baseline_mean_of_pixels": ("像素的平均", "mean of pixels"),
    "baseline_pixels": ("像素", "pixels"),
    "baseline_cut_PCA": ("剪過的PCA", "PCA, cut"),
    "baseline_noisy_picture": ("帶噪圖像", "noisy picture"),
    "baseline_NLM": ("非局部平均（NLM）", "non-local means"),
    "baseline_Wiener": ("維納濾波", "Wiener filter"),
    "baseline_fresh_noise": ("每次都用新的噪聲", "fresh noise"),
    "baseline_trained_at_0_2_only": ("只用噪聲0.2訓練", "trained at 0.2 only"),
    "baseline_median_filter": ("中值濾波", "median filter"),
    "baseline_best_linear_denoiser": ("最好的線性去噪器", "best linear denoiser"),
    "baseline_at_0_05": ("噪聲0.05時", "at noise 0.05"),
    "baseline_all_units": ("全部單元", "all units"),
    "baseline_random_encoder": ("隨機的編碼器", "random encoder"),
    "baseline_not_revived": ("沒有救活", "not revived"),
    "baseline_untrained": ("沒有訓練", "untrained"),
    "baseline_difference_of_means": ("平均的差（用標籤）", "difference of means (labels)"),
    "baseline_best_pixel": ("最好的像素", "best pixel"),
    "baseline_kernel_by_kernel": ("逐一啟動核函數", "kernel by kernel"),
    "baseline_original_loop": ("最初的寫法", "original loop"),
    "baseline_float32": ("用float32", "float32"),
    "baseline_learning_rate_not_scaled": ("學習率不變", "learning rate not scaled"),
    "baseline_given_back": ("還給系統", "given back"),
}
