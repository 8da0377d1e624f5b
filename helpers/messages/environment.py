"""What the check of a computer says."""

TEXTS = {
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
}
