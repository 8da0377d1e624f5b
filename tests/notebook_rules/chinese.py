"""Chinese text: the glossary's words, Traditional characters, full-width punctuation, bold."""

import re

from .languages import pages
from .markdown import EDGE, HAN, WIDE, bold_faults, near
from .notebook import cells

# Innocent words that contain a forbidden one
INNOCENT = {
    "資料": ("資料夾",),
    "標記": ("標記語言",),
    "取樣": ("取樣本",),  # 抽取樣本, 選取樣本
    "內插": ("內插入",),
    "前處理": ("目前處理", "之前處理", "先前處理", "以前處理", "當前處理", "提前處理"),
    "影像": ("陰影像", "投影像", "光影像", "倒影像", "剪影像", "電影像"),
    "回合": ("返回合", "傳回合", "回合併", "回合適", "回合成", "回合理"),
    "週期": ("週期性", "週期函數", "週期間"),
    "雜訊": ("複雜訊號", "複雜訊息"),
    "重構": ("多重構", "雙重構", "三重構"),
    "步長": ("逐步長", "進一步長"),
    "非監督學習": ("並非監督學習", "而非監督學習"),
    "反卷積": ("不是反卷積", "並非反卷積", "不等於反卷積"),  # lesson 05 says so
    "畫素": ("繪畫素", "畫素材"),
}

# Simplified characters that Traditional text does not use. Those that it does use (后 里 只 云 面
# 干 系 台 ...) or that some write in it (着) are left out.
SIMPLIFIED = frozenset(
    "这个们为来时对开关车见长东风飞马鸟鱼鸡门问间闻头买卖书写学习实现图络编码数训练测试参损误层输应该"
    "计运动处线维从无还进过样经结变换视觉识别预题组织义语词课讲读认说话让请谁给级单双张强师归当录总统条"
    "杂难观点热爱声乐华军农业两严临举乱争亏亚产亲亿仅仓仪价众伟传伤伦体债倾偿储养兽冲决况冻净减击则刚"
    "创删剂剧劝办务动励劲劳势区医卢卫厅历压厌县发叙叶号叹吓吗启员响围国圆场块坚坛坠垒垫墙壮备够夹夺奋"
    "奖妇妈娱孙宝宠审宪宽宾寻导寿将尔尘尝屿岁岛币帅帐带帮广庆应庙库废弃弹彻径忆忧态恋恳恶悬惯懒戏战户"
    "执扩扫扬抚抛抢护报拟拥择挡挣挤挥捞掷摄摆摇敌断旧显晓晕暂术杀权枪标栏树桥检楼横欢欧毁毕汇汉沟没泪"
    "泽浓润涨渐湿满滚滤灭灯灵灾炉炼烂焕爷牵状犹独狭猎猫献环玛电画畅疗疯监盖盘睁矿砖础积称稳穷竞笔签简"
    "类粮紧纠红约纪纯纱纲纳纵纷纸纹细终绍绕绘绝继绩续综绿缓缘缩罗罚职联聪肤胀脉脏脑脚脱腾艺节药获营萝"
    "蓝虑虚虽蚀补装规览订讨议记许论设访证评诉诗询详诸调谈谢谱贝负财责败货质购贯贴费资赋赛赞赢赵趋跃践"
    "转轮软轴轻载较辅辆边达迁远连迟选递逻遗邮邻酱释鉴针钟钢钱铁银铺销错键镜闪闭闲阅队阳阴阶际陆陈险随"
    "隐雾静韩页顶项顺须顾顿领频颜额饭饱馆驱验骗鲁鲜麦黄齐齿龙龟网据优么机构坏怀极种离适洁触惊扰胜荐"
)


def forbidden_words(glossary):
    """The words in the last column of the glossary's table, which stand between " / "."""
    rows = [line.strip().strip("|").split("|") for line in glossary.splitlines()
            if line.startswith("|")]
    last = [cell for row in rows[2:] for cell in row[2:3]]
    return [word.strip() for cell in last for word in cell.split(" / ") if word.strip()]


def glossary_faults(text, forbidden):
    """Words of a Chinese text that the glossary replaces by another."""
    faults = []
    for word in forbidden:
        rest = text.replace(EDGE, "")
        for innocent in INNOCENT.get(word, ()):
            rest = rest.replace(innocent, EDGE)
        if word in rest:
            faults.append(f"{word!r} is not the course's word: take the one in glossary.md")
    return faults


def simplified_faults(text):
    """Simplified characters in a Chinese text."""
    found = "".join(dict.fromkeys(char for char in text if char in SIMPLIFIED))
    return [f"Simplified characters {found!r}: write the Traditional ones"] if found else []


def typography_faults(text):
    """Half-width punctuation, Western quotes and stray spaces in a Chinese text (of a Page)."""
    flat = text.replace(EDGE, "")
    rules = [
        (flat, f"(?<=[{HAN}{WIDE}])[,;:?!()]|[,;:?!()](?=[{HAN}])|(?<=[{HAN}{WIDE}])\\.(?!\\w)",
         "half-width punctuation beside Chinese: write ，；：？！（）。"),
        (flat, '[“”‘’"]', "Western quotation marks: write 「」"),
        (text, f"[{HAN}] +[A-Za-z0-9]|[A-Za-z0-9%] +[{HAN}]",
         "space (or line break) between Chinese and Latin letters or digits: close it up"),
        (flat, "[０-９Ａ-Ｚａ-ｚ\u3000]", "full-width letter, digit or space: write it half-width"),
    ]
    return [f"{what}, at {near(where, match)!r}" for where, pattern, what in rules
            for match in re.finditer(pattern, where)]


def _chinese(notebook, check):
    """Faults of `check` in all Chinese prose and alt text."""
    return [f"{name}: {fault}" for name, _, page in pages(notebook, "zh-Hant")
            for text in page.prose + page.alts for fault in check(text)]


def glossary(notebook, forbidden):
    """Chinese text uses the glossary's words."""
    return _chinese(notebook, lambda text: glossary_faults(text, forbidden))


def simplified(notebook):
    """Chinese text is Traditional Chinese."""
    return _chinese(notebook, simplified_faults)


def typography(notebook):
    """Chinese text has full-width punctuation and no stray spaces; English text has neither."""
    faults = _chinese(notebook, typography_faults)
    for name, _, page in pages(notebook, "en"):
        for text in page.prose + page.alts:
            if found := re.findall(f"[{WIDE.replace('…', '').replace('—', '')}]", text):
                faults.append(f"{name}: full-width {''.join(found)!r} in English: write half-width")
    return faults


def bold(notebook):
    """Bold text is bold in JupyterLab too, also beside full-width punctuation."""
    return [f"{name}: {fault}" for name, cell in cells(notebook, "markdown")
            for fault in bold_faults(cell["source"])]
