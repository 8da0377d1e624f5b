"""The rules for Chinese text can fail."""

import notebook_rules as rules
import pytest
from spoilt_lesson import FACTS, assert_caught, samples, text, zh

# rule: [(what is wrong, a word that the fault must contain, how to spoil the good lesson), ...]
BAD = {
    "glossary": [
        (word, repr(word), zh(sentence)) for word, sentence in [
            ("資料", "把資料放進資料夾。"), ("影像", "這張影像很暗。"), ("取樣", "從中取樣。"),
            ("標記", "每張都有標記。"), ("回合", "訓練十個回合。"), ("週期", "十個週期。"),
            ("前處理", "先做前處理。"), ("雜訊", "加上雜訊。"), ("神經網路", "**神經**網路。"),
            ("內插", "## 內插"), ("重構", "| 重構 | 乙 |\n| --- | --- |\n| 丙 | 丁 |"),
            ("視覺化", "![視覺化](a.png)"), ("畫素", "<details><summary>畫素</summary>"),
        ]
    ],
    "first_use": [
        ("no English", "write 瓶頸（bottleneck）", zh("瓶頸很窄。")),
        ("English at the second use", "瓶頸", zh("瓶頸很窄，這種瓶頸（bottleneck）常見。")),
        ("another word in parentheses", "瓶頸", zh("瓶頸（很窄）。")),
    ],
    "manner": [
        (words, f"write {instead}", zh(sentence)) for words, instead, sentence in [
            ("令", "讓", "用L1令它稀疏。"), ("叫作", "叫做", "這叫作收縮。"),
            ("程序", "進程", "兩個程序各拿一半。"), ("亂數的", "隨機的", "一本亂數的字典。"),
            ("偵測", "檢測", "四種偵測器。"), ("抄寫", "複製", "記憶體之間抄寫。"),
            ("量一量", "測量", "先量一量："), ("來量", "測量", "用沒見過的人來量。"),
            ("一次過", "一次", "一次過給它。"), ("兆", "$10^", "每秒989兆次。"),
            ("舊版", "what it is", "舊版印的是這個。"), ("老對手", "the plain", "六個老對手"),
        ]
    ],
    "simplified": [("Simplified", "'损为'", zh("损失為何不为零？")),
                   ("in an alt text", "'图'", zh("![图](a.png)"))],
    "typography": [
        ("comma", "half-width", zh("先看,再說")),
        ("colon after bold", "half-width", zh("**注意**:這裡")),
        ("question mark", "half-width", zh("好嗎?")),
        ("parenthesis", "half-width", zh("均方誤差(MSE)")),
        ("parenthesis around Chinese", "half-width", zh("MSE (均方誤差)")),
        ("comma before Chinese", "half-width", zh("PSNR,然後")),
        ("full stop", "half-width", zh("完了.")),
        ("after a closing quote", "half-width", zh("「好」,走")),
        ("quotes", "「」", zh("這叫“編碼”。")),
        ("straight quotes", "「」", zh('這叫"編碼"。')),
        ("space before Latin", "space", zh("使用 PCA比較")),
        ("space after a digit", "space", zh("共64 個")),
        ("line break before Latin", "space", zh("使用\nPCA比較")),
        ("full-width digit", "full-width", zh("共６４個")),
        ("full-width space", "full-width", zh("\u3000共64個")),
        ("full-width comma in English", "in English", text("中", "first，then")),
    ],
    "bold": [
        ("quotation marks", "<strong>", zh("後面**「引號」**文字")),
        ("colon", "<strong>", zh("**注意:**接著")),
        ("full-width colon", "<strong>", zh("**注意：**接著")),
        ("italics", "<strong>", zh("後面*「引號」*文字")),
        ("before mathematics", "<strong>", zh("後面**$x$**文字")),
        ("before code", "<strong>", zh("後面**`x`**文字")),
        ("in a list", "<strong>", zh("- 一\n- **注意：**接著")),
        ("in a table", "<strong>", zh("| 甲**（乙）**丙 | 丁 |\n| --- | --- |\n| 戊 | 己 |")),
        ("forgotten", "<strong>", zh("**注意")),
        ("spaces inside", "<strong>", zh("** 注意 **")),
        ("in HTML", "<strong>", zh("<details><summary>**注意**</summary>")),
        ("in an alt text", "<strong>", zh("![**注意**：：**圖](a.png)")),
    ],
}


@pytest.mark.parametrize(("rule", "word", "spoil"), samples(BAD))
def test_a_bad_lesson_is_caught(rule, word, spoil):
    assert_caught(rule, word, spoil)


@pytest.mark.parametrize(("words", "broken"), [  # from the examples of CommonMark 0.31.2
    ("foo*bar*", False), ('a*"foo"*', True), ("**foo bar **", True), ("*foo**bar**baz*", False),
    ("**foo*bar**", True), ("foo***bar***baz", False), ("*foo**bar*", True), ("a * b", False),
    ("***foo** bar*", False), ("**foo\\**", True),
    ("**a `**` b**", False), ("**文**（字）**文**", False),
])
def test_bold_is_commonmark(words, broken):
    assert bool(rules.bold_faults(words)) == broken


def test_the_glossary_is_read():
    forbidden = FACTS["glossary"]["forbidden"]
    assert {"資料", "資料集", "隱空間", "隱變量", "跳接"} <= set(forbidden)
    assert set(rules.INNOCENT) <= set(forbidden)
    assert all(" " not in word for word in forbidden)


COMMON_SIMPLIFIED = (
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


def test_simplified_characters_are_found():
    assert [char for char in COMMON_SIMPLIFIED if not rules.simplified_faults(char)] == []


def test_traditional_characters_are_no_simplified_ones():
    """Those that Simplified text shares, variants, and what is no Chinese character."""
    assert not rules.simplified_faults(
        "后里只云面干系台几余征丑斗范松谷朱游沈制千秋症灶佣征胡須裡裏着著峯峰群羣酶")
    assert not rules.simplified_faults("ρ × − ≈ ∇ ² α → ☆ 〇 ，。「」—… é カナ 😀")


@pytest.mark.parametrize("sentence", [
    "執行這一行指令，用命令列。", "量化之後，編碼要量化。", "亂數種子決定一切。", "程式和進程。"])
def test_ordinary_words_are_not_called_translated(sentence):
    assert rules.manner_faults(sentence) == []
