"""What a PDF can do besides showing pages, judged key by key where the specification (ISO 32000) gives it a meaning.

Refused is whatever acts by itself, starts, sends, plays or reaches for another machine. Links are text. What is
harmless and yet worth knowing is taken and named: attachments of e-invoices, scripts that only format or reckon a
field, a print dialogue that opens by itself (policy decision A56).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf

from cehours.lib import limits
from cehours.lib.evidence import Refused
from cehours.lib.field_scripts import only_reckons, opens_the_print_dialogue
from cehours.lib.file_addresses import names_a_host, path_names_a_host
from cehours.lib.filenames import clean_name, split_extension

ATTACHED = frozenset({".xml", ".xbrl", ".ofd"})  # what e-invoices and e-receipts carry
RECKONS = "表单脚本（只设置格式或计算，没有运行）"
PRINTS = "打开时弹出打印对话框的命令（没有运行）"

_REMEDY = "请用浏览器打开这个 PDF，再“打印为 PDF”，上传新的文件。"
_ACTIVE = "PDF 含有{what}，不能上传。" + _REMEDY
_HOST = "PDF 含有指向其他计算机上文件的链接（{address}），点击会向对方发送登录信息，不能上传。" + _REMEDY
_ATTACHMENT = "PDF 含有附件“{name}”，不能上传，只有电子发票、票据自带的 XML、XBRL、OFD 可以保留。" + _REMEDY

_ACTIONS = {
    "/JavaScript": "脚本",
    "/Launch": "启动程序的动作",
    "/SubmitForm": "提交数据的动作",
    "/ImportData": "导入数据的动作",
    "/GoToR": "指向其他文件的链接",
    "/GoToE": "指向附件的链接",
    "/Rendition": "多媒体内容",
    "/Movie": "多媒体内容",
    "/Sound": "多媒体内容",
    "/RichMediaExecute": "多媒体内容",
}
_ANNOTATIONS = {
    "/RichMedia": "多媒体内容",
    "/3D": "三维内容",
    "/Movie": "多媒体内容",
    "/Sound": "多媒体内容",
    "/Screen": "多媒体内容",
}
_BY_CLICK = ("/A", "/PA", "/NA", "/Next")
_OF_A_FIELD = frozenset({"/K", "/F", "/V", "/C"})  # keystroke, format, validate, calculate
_FILES = ("/UF", "/F", "/DOS", "/Mac", "/Unix")
_MENU = frozenset({"/NextPage", "/PrevPage", "/FirstPage", "/LastPage", "/Print"})
_DEEPEST = 50


class Acts:
    """Looks at the dictionaries of one document; `holds` names what was found and taken, each once.

    `attached` are the attachments' bytes as they stand in the file.
    """

    def __init__(self) -> None:
        self.holds: dict[str, None] = {}
        self.attached: list[bytes] = []

    def look_at_catalog(self, root: pikepdf.Object) -> None:
        """What has a meaning in the document's catalog only. Raises Refused."""
        self._opening(root.get("/OpenAction"))
        names = root.get("/Names")
        if isinstance(names, pikepdf.Dictionary):
            for value in _leaves(names.get("/JavaScript")):
                self._script_when_opened(value)
            for value in _leaves(names.get("/EmbeddedFiles")):
                if isinstance(value, pikepdf.Dictionary):
                    self._attachment(dict(value.items()))
        form = root.get("/AcroForm")
        if isinstance(form, pikepdf.Dictionary) and _holds_something(form.get("/XFA")):
            raise _active("动态表单")
        if "/Collection" in root:  # also an empty one: a reader shows a list of files in the paper's place
            raise _active("附件（PDF 包）")
        base = root.get("/URI")
        if isinstance(base, pikepdf.Dictionary):
            _check_address(base.get("/Base"), path=False)

    def look_at(self, item: pikepdf.Object, entries: dict[str, Any]) -> None:
        """What has a meaning in any dictionary or stream. Raises Refused."""
        for key in _BY_CLICK:
            for action in _actions(entries.get(key)):
                if (kind := str(action["/S"])) in _ACTIONS:
                    raise _active(_ACTIONS[kind])
        automatic = entries.get("/AA")
        if isinstance(automatic, pikepdf.Dictionary):
            for trigger, action in automatic.items():
                self._automatic(entries, trigger, action)
        if "/Rect" in entries or entries.get("/Type") == "/Annot":
            self._annotation(entries)
        if _embedded(entries):
            self._attachment(entries)
        _check_address(entries.get("/URI"), path=False)
        for key in _FILES:
            _check_address(entries.get(key), path=True)
        if (isinstance(item, pikepdf.Stream) and _holds_something(entries.get("/F"))) or (
            entries.get("/Subtype") == "/Form" and _holds_something(entries.get("/Ref"))
        ):
            raise _active("取自其他文件的内容")

    def _opening(self, opening: Any) -> None:
        for action in _actions(opening):
            kind = str(action["/S"])
            if kind == "/JavaScript":
                self._script_when_opened(action)
            elif kind == "/Named" and str(action.get("/N")) in _MENU:
                if action.get("/N") == "/Print":
                    self.holds[PRINTS] = None
            elif kind != "/GoTo":
                raise _active("打开时执行的动作")

    def _script_when_opened(self, action: Any) -> None:
        if not opens_the_print_dialogue(_script_of(action)):
            raise _active("打开时执行的脚本")
        self.holds[PRINTS] = None

    def _automatic(self, entries: dict[str, Any], trigger: str, action: Any) -> None:
        """An action nobody asks for. Of a field's own, scripts that only format or reckon are taken."""
        for act in _actions(action):
            if (
                trigger not in _OF_A_FIELD
                or act["/S"] != "/JavaScript"
                or not _is_field(entries)
                or not only_reckons(_script_of(act))
            ):
                raise _active("自动执行的动作")
            self.holds[RECKONS] = None

    def _annotation(self, entries: dict[str, Any]) -> None:
        kind = str(entries.get("/Subtype"))
        if kind in _ANNOTATIONS:
            raise _active(_ANNOTATIONS[kind])
        file = entries.get("/FS")
        if kind == "/FileAttachment" and not (
            isinstance(file, pikepdf.Dictionary) and _embedded(dict(file.items()))
        ):
            raise _active("附件")

    def _attachment(self, entries: dict[str, Any]) -> None:
        """Every name a reader may save it under has to be of a kind that e-invoices carry."""
        names = [
            clean_name(str(entries[key])) for key in _FILES if isinstance(entries.get(key), pikepdf.String)
        ]
        for name in names or ["未命名"]:
            if split_extension(name)[1].lower() not in ATTACHED:
                raise Refused(_ATTACHMENT.format(name=name[:60]))
        if _holds_something(entries.get("/RF")):
            raise _active("附件的附件")
        self.holds[f"附件“{names[0]}”"] = None
        if len(self.holds) > limits.MOST_ATTACHED:
            raise Refused(f"PDF 的附件超过 {limits.MOST_ATTACHED} 个，不能上传。{_REMEDY}")
        self.attached += [stream.read_raw_bytes() for stream in _embedded(entries)]


def _active(what: str) -> Refused:
    return Refused(_ACTIVE.format(what=what))


def _actions(value: Any) -> list[Any]:
    """The actions in the value of a key that may hold one, or several in an array."""
    several = value.as_list() if isinstance(value, pikepdf.Array) else [value]
    return [
        each
        for each in several
        if isinstance(each, pikepdf.Dictionary) and isinstance(each.get("/S"), pikepdf.Name)
    ]


def _script_of(action: Any) -> str:
    script = action.get("/JS") if isinstance(action, pikepdf.Dictionary) else None
    if isinstance(script, pikepdf.Stream):
        return str(pikepdf.String(script.read_bytes()[: 4 * limits.MOST_SCRIPT]))
    return str(script) if isinstance(script, pikepdf.String) else "?"


def _is_field(entries: dict[str, Any]) -> bool:
    parent: Any = entries
    for _ in range(_DEEPEST):
        if "/FT" in parent:
            return True
        parent = parent.get("/Parent")
        if not isinstance(parent, pikepdf.Dictionary):
            return False
    return False


def _embedded(entries: dict[str, Any]) -> list[Any]:
    """The streams of an embedded file, if the dictionary is the specification of one."""
    files = entries.get("/EF")
    if not isinstance(files, pikepdf.Dictionary):
        return []
    return [files[key] for key in _FILES if isinstance(files.get(key), pikepdf.Stream)]


def _check_address(value: Any, *, path: bool) -> None:
    if isinstance(value, pikepdf.String):
        address = str(value)
        if path_names_a_host(address) if path else names_a_host(address):
            raise Refused(_HOST.format(address=address[:60]))


def _holds_something(value: Any) -> bool:
    if isinstance(value, pikepdf.Array | pikepdf.Dictionary):
        return len(value) > 0
    if isinstance(value, pikepdf.Stream):
        return True
    return value is not None and str(value) != ""


def _leaves(tree: Any, depth: int = 0) -> Iterator[Any]:
    """The values of a name tree. An empty tree has none."""
    if not isinstance(tree, pikepdf.Dictionary):
        return
    if depth > _DEEPEST:
        raise Refused("PDF 结构过于复杂，不能上传。" + _REMEDY)
    names, kids = tree.get("/Names"), tree.get("/Kids")
    if isinstance(names, pikepdf.Array):
        yield from names.as_list()[1::2]
    if isinstance(kids, pikepdf.Array):
        for kid in kids.as_list():
            yield from _leaves(kid, depth + 1)
