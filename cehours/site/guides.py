"""The operating guides of annex 3, one per role, as data: each step with the picture of what one sees."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One step; `picture` names a file in static/img/help/, drawn with the thing to press marked in blue."""

    title: str
    text: str
    picture: str

    @property
    def picture_path(self) -> str:
        return f"img/help/{self.picture}.svg"


@dataclass(frozen=True)
class Guide:
    """What one role does here, from signing in to the end. `notes` are (question, answer) pairs."""

    name: str
    lead: str
    icon: str
    steps: tuple[Step, ...]
    notes: tuple[tuple[str, str], ...] = ()


SIGN_IN = Step("登录", "点击右上角“登录”。忘记密码时，在登录页点击“忘记密码”重新设置。", "sign-in")
OPINION = (
    "退回和审核不通过有什么不同？",
    (
        "退回：申报人修改保存后可以重新提交，审核从用人单位重新开始。"
        "审核不通过：这件申报到此结束，申报人只能重新新增一件。两种都必须写明原因，申报人看得到。"
    ),
)

APPLICANT = Guide(
    name="个人申报",
    lead="填写一次，逐级审核；每一步在谁那里、还要做什么，页面都会告诉您。",
    icon="person",
    steps=(
        Step(
            "注册并登录",
            "第一次使用先注册：填写证件号码，用收到的验证码完成注册。以后点击“登录”即可。",
            "sign-in",
        ),
        Step(
            "新增学时认定申报",
            "在“我的申报”点击“新增学时认定申报”。如实填写申报信息，并与职称申报信息保持一致；"
            "带 * 的内容都要填写，然后点击“下一步”。",
            "new",
        ),
        Step(
            "逐年填写学时",
            "每个年度填写公需科目和专业科目的名称、折算学时和继续教育形式，点击“保存”。"
            "没有达到当年要求时，页面会写明还差多少学时。",
            "year",
        ),
        Step(
            "上传附件",
            "点击“上传附件”，按继续教育形式上传佐证材料，手机可以直接拍照。"
            "以前年度办过《学时认定单》的，上传认定单即可作为相应年度的材料。",
            "upload",
        ),
        Step("核对并提交", "逐项核对，需要改的点“修改”，确认属实后点击“提交”，等待审核。", "submit"),
        Step(
            "查看审核进度",
            "点击“审核进度”，看到现在由哪个单位审核、已经几个工作日、每一步的意见。",
            "progress",
        ),
        Step(
            "学时证书打印",
            "审核通过后点击“学时证书打印”，选择起始年度和结束年度，点击“查询”，再点击“下载”，保存学时认定单。",
            "certificate",
        ),
    ),
    notes=(
        ("提交以后发现填错了怎么办？", "人社部门作出最后决定之前，都可以点击“撤销”，修改后重新提交。"),
        ("状态是“退回”怎么办？", "按退回原因修改保存，然后重新提交；原来填写的内容都还在。"),
        ("状态是“审核不通过”怎么办？", "请重新新增学时认定申报，可以从原来的申报复制内容。"),
        (
            "我在事业单位工作，参加过事业单位培训怎么填？",
            "选择年度时，系统列出已取得的学时，勾选后点击“确认选择”。",
        ),
    ),
)

EMPLOYER = Guide(
    name="用人单位审核",
    lead="您是第一道审核：对照材料核实本单位职工申报的学时。",
    icon="unit",
    steps=(
        Step("登录单位账号", "用单位管理员发出的邀请开通账号，登录后在右上角确认当前单位。", "sign-in"),
        Step("查询申报", "打开“待办”，可以按姓名查询本单位职工的申报，时间最早的排在最前。", "inbox"),
        Step(
            "审核材料", "点击“审核”，左边是各年度申报和按细则折算的学时，右边是佐证材料，逐项对照。", "case"
        ),
        Step(
            "作出决定",
            "符合要求点击“审核通过”；材料要补的点击“退回修改”；不符合要求的点击“审核不通过”。后两种要说明原因。",
            "decide",
        ),
        Step(
            "选择上级审核单位",
            "审核通过时选择审核上级单位类型和单位名称。一级单位直接选择经办机构（人社部门）。",
            "next",
        ),
    ),
    notes=(
        OPINION,
        (
            "没有上级单位怎么选？",
            "系统只列出按隶属关系和所在地可以选择的单位；没有主管部门的直接选择经办机构。",
        ),
        ("自己的申报能自己审吗？", "不能。请本单位的另一位经办人办理。"),
    ),
)

DEPARTMENT = Guide(
    name="主管部门审核",
    lead="复审下级单位报来的申报，确认后送上一级主管部门或人社部门。",
    icon="tree",
    steps=(
        SIGN_IN,
        Step("查询下级单位的申报", "打开“待办”，点击“查询”，列出下级单位已经初审的申报。", "inbox"),
        Step(
            "审核材料",
            "对照材料审核所申报的学时；用人单位的意见和认可的学时列在旁边，学时只能核减，不能增加。",
            "case",
        ),
        Step("作出决定", "符合要求点击“审核通过”；不符合要求的退回修改或审核不通过，并说明原因。", "decide"),
        Step(
            "选择下一级",
            "还有上级主管部门的，选择“上级审核单位”；没有的，选择“经办机构”（人社部门）。",
            "next",
        ),
    ),
    notes=(OPINION,),
)

BUREAU = Guide(
    name="人社部门核认",
    lead="最后一道审核：单件办理或批量办理，通过后系统自动出具学时认定单。",
    icon="shield",
    steps=(
        SIGN_IN,
        Step("打开待办列表", "登录后就是“待办”，显示本机构收到的申报和已等待的工作日。", "inbox"),
        Step("单件办理", "点击“办理”，查看各级意见、各年度学时和材料，往下翻到审核意见。", "case"),
        Step(
            "批量办理",
            "勾选多件，点击“批量审核”。系统先列出可以办理的和不能办理的及原因，确认后逐件办理。",
            "batch",
        ),
        Step(
            "作出决定",
            "选择“审核通过”或“审核不通过”，也可以退回修改。最后一级通过后自动编号并出具学时认定单。",
            "decide",
        ),
    ),
    notes=(
        OPINION,
        ("两个人同时办理同一件怎么办？", "先提交的有效，后提交的会看到提示，不会覆盖前一个人的决定。"),
        ("申报期在哪里设？", "省级人社部门在“申报期”里设定开始、截止、审核截止和退回后的宽限天数。"),
    ),
)

VERIFY = Guide(
    name="认定单核验",
    lead="评委会、自评单位和任何人都可以核对学时认定单，不用登录。",
    icon="seal",
    steps=(
        Step("打开核验页", "点击“认定单核验”，或用手机扫描认定单上的二维码。", "verify"),
        Step("填写编号和姓名", "填写认定单上的继续教育登记证书编号和姓名，点击“核验”。", "verify-form"),
        Step(
            "对照结果",
            "页面列出认定单的年度和学时。与手中的认定单逐项对照，不一致的以核验结果为准。",
            "verify-result",
        ),
    ),
    notes=(("核验不到怎么办？", "先核对编号是否抄错；仍然查不到，或显示已作废的，请与出具机构联系。"),),
)

GUIDES = {
    "applicant": APPLICANT,
    "employer": EMPLOYER,
    "department": DEPARTMENT,
    "bureau": BUREAU,
    "verify": VERIFY,
}
