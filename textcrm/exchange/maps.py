"""The user's map: which column goes to which field, read from YAML and saved for editing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textcrm import yamlfile
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textcrm.exchange.incoming import Column

_HEAD = Text(
    """# Which column goes to which field. Edit the right side and import again with --map.
#   name                             the customer; contacts/0/name the person to talk to
#   contacts/0/phones/mobile/number  a number and its kind; contacts/0/emails/0/address
#   addresses/office                 a whole address in one cell; addresses/office/city one part
#   custom                           kept under its heading; nothing: the column is left out
""",
    """# 各列对应的字段。修改右侧后，再用 --map 导入。
#   name                             客户名称；contacts/0/name 为联系人姓名
#   contacts/0/phones/mobile/number  电话及其类型；contacts/0/emails/0/address 为邮箱
#   addresses/office                 一格写全的地址；addresses/office/city 只填城市
#   custom                           按原列名保留；留空则不导入该列
""",
)


def read(data: bytes, name: str) -> dict[str, str]:
    """Read a map: headings with targets, below ``columns`` or by themselves.

    Raises YamlInvalid, Misuse (map-invalid).
    """
    tree: Any = yamlfile.read_mapping(yamlfile.decode(data, file=name), file=name)
    inner = tree.get("columns")
    if isinstance(inner, dict):
        tree = inner
    wrong = [
        key for key, value in tree.items() if value is not None and not isinstance(value, str)
    ]
    if wrong or not tree:
        raise Misuse(
            "map-invalid",
            Text("{file} is no map of columns", "{file} 不是列映射文件"),
            hint=Text(
                "it holds lines HEADING: field; --map NEW.yaml --dry-run writes one",
                "每行写“列名: 字段”；可用 --map 新文件.yaml --dry-run 生成",
            ),
            file=name,
        )
    return {str(key): value or "" for key, value in tree.items()}


def pairs(words: Iterable[str]) -> dict[str, str]:
    """Read ``HEADING=field`` words."""
    found = {}
    for word in words:
        heading, _, target = word.replace("＝", "=").rpartition("=")
        found[heading.strip()] = target.strip()
    return found


def check(mapping: Mapping[str, str], columns: Sequence[Column]) -> None:
    """Refuse a map with headings that the file does not have. Raises Misuse (map-heading)."""
    from textcrm.schema.words import folded

    known = {folded(one.heading) for one in columns}
    missing = [word for word in mapping if folded(word) not in known]
    if missing and columns:
        import difflib

        names = [one.heading for one in columns]
        near = difflib.get_close_matches(missing[0], names, n=2, cutoff=0.5)
        raise Misuse(
            "map-heading",
            Text("the file has no column {missing}", "文件中没有列 {missing}"),
            hint=Text("did you mean {near}?", "是不是 {near}？")
            if near
            else Text("columns: {names}", "文件中的列：{names}"),
            missing=missing,
            near=near,
            names=names,
        )


def spelled(columns: Sequence[Column]) -> Text:
    """A map as a file, with a word of explanation at its head in either language."""
    tree = {"columns": {one.heading: one.target or None for one in columns}}
    body = yamlfile.dump(tree)
    return Text(_HEAD.en + body, _HEAD.zh + body)
