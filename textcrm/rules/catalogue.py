"""Every finding that check knows, by code: what it is about, the rows it answers, what it weighs on."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from textcrm.text import Text

Quality = Literal["accuracy", "completeness", "consistency", "timeliness"]


class Known(NamedTuple):
    """A kind of finding. ``rows`` are requirement rows or the sections of DESIGN that ask for it.

    ``quality`` is the one of the four qualities of data (B1) that it weighs on; None where it is
    about the file's form or about sealing.
    """

    about: Text
    rows: str = ""
    quality: Quality | None = None


CATALOGUE: Final[dict[str, Known]] = {
    # the file
    "yaml-syntax": Known(Text("the file is no valid YAML", "文件不是有效的 YAML"), "B2"),
    "yaml-indent": Known(Text("the indentation does not fit", "缩进不正确"), "B2"),
    "yaml-tab": Known(Text("a tab stands in the indentation", "缩进使用了制表符"), "B2"),
    "yaml-colon": Known(Text("a colon is missing or too many", "冒号缺失或多余"), "B2"),
    "yaml-unclosed": Known(Text("a quote or bracket is not closed", "引号或括号没有闭合"), "B2"),
    "yaml-alias": Known(Text("an alias without its anchor", "别名没有对应的锚点"), "B2"),
    "yaml-control": Known(Text("control characters in the file", "文件含有控制字符"), "B2"),
    "yaml-encoding": Known(Text("the file is not UTF-8", "文件不是 UTF-8 编码"), "B2"),
    "yaml-half-character": Known(
        Text("an escape writes half a character", "转义写出了残缺字符"), "B2"
    ),
    "yaml-key": Known(Text("a name that is no text", "字段名不是文字"), "B2"),
    "yaml-duplicate-key": Known(Text("a name stands twice", "字段名重复"), "B2"),
    "yaml-merge-marker": Known(Text("conflict markers in the file", "文件含有冲突标记"), "B2"),
    "yaml-not-mapping": Known(Text("the file holds no fields", "文件内容不是字段"), "B2"),
    "yaml-several-documents": Known(Text("several documents", "文件中有多个文档"), "B2"),
    "yaml-too-deep": Known(Text("nested too deeply", "嵌套过深"), "B2"),
    "yaml-too-large": Known(Text("the file is too large", "文件过大"), "B2"),
    "file-unreadable": Known(Text("the file cannot be read", "文件无法读取"), "B2"),
    # the schema
    "required": Known(Text("a required field is missing", "缺少必填字段"), "B1", "completeness"),
    "enum": Known(Text("no allowed value", "不是可选值"), "B3 D6 D7 D8", "accuracy"),
    "pattern": Known(Text("written otherwise than it should be", "格式不正确"), "B2 B6", "accuracy"),
    "type": Known(Text("another kind of value is wanted", "值的类型不对"), "B2 B4 B5", "accuracy"),
    "date": Known(Text("no day of the calendar", "日期不存在"), "B5 C1", "accuracy"),
    "schema": Known(Text("the schema refuses the record", "记录不符合模式"), "B2", "accuracy"),
    "empty-value": Known(Text("a field without content", "字段没有内容"), "B1", "completeness"),
    "number-cut": Known(Text("a number in braces cut at its comma", "数字被逗号截断"), "B2 A37", "accuracy"),
    "unknown-key": Known(Text("a field that the schema lacks", "未知字段"), "B2", "consistency"),
    # identity
    "id-file": Known(Text("the id is not the file's name", "编号与文件名不一致"), "B6 A61"),
    "id-twice": Known(Text("one id in two files", "编号重复"), "B6 G4", "consistency"),
    "uid-twice": Known(Text("a copy of another customer's file", "文件是另一客户的副本"), "G4", "consistency"),
    "item-id-twice": Known(Text("an item's id stands twice", "条目编号重复"), "G4", "consistency"),
    "wrong-folder": Known(Text("the file lies in the wrong folder", "文件所在文件夹不对"), "A61"),
    "merge-unresolved": Known(Text("a merge left questions", "合并冲突尚未解决"), "", "consistency"),
    # names and people
    "vague-name": Known(Text("a name that names nobody", "姓名含糊"), "B7", "accuracy"),
    "salutation-only": Known(Text("a surname only, or half a name", "只有姓氏或姓名不全"), "B7", "completeness"),
    "name-placeholder": Known(Text("a made-up name", "名称疑似虚构"), "B9", "accuracy"),
    "name-untidy": Known(Text("a name with stray signs", "名称书写不规范"), "B10", "accuracy"),
    "unknown-person": Known(Text("nobody in access.yaml", "人员不在名单中"), "A23 A63", "consistency"),
    "unknown-contact": Known(Text("the main contact is no contact", "主要联系人不存在"), "A9", "consistency"),
    # reaching them
    "phone-masked": Known(Text("a masked number", "号码被遮盖"), "B9 B11", "completeness"),
    "phone-suspicious": Known(Text("a number that looks invented", "号码疑似虚构"), "B9", "accuracy"),
    "phone-invalid": Known(Text("no phone number", "电话号码无效"), "B11", "accuracy"),
    "phone-shared": Known(Text("one number at three customers", "多位客户共用一个号码"), "B9", "consistency"),
    "email-invalid": Known(Text("no e-mail address", "邮箱无效"), "B11", "accuracy"),
    "channel-dead": Known(Text("the preferred channel is dead", "首选联系方式已失效"), "A51 A59", "timeliness"),
    "address-incomplete": Known(Text("an address without its city", "地址缺少城市"), "B12 C2", "completeness"),
    "district-elsewhere": Known(Text("the district is not in the city", "区县不属于该城市"), "B12", "consistency"),
    "city-elsewhere": Known(Text("the city is not in the province", "城市不属于该省份"), "B12", "consistency"),
    "region-code": Known(Text("the region code is another place's", "区划代码与地址不符"), "B13", "consistency"),
    # cross-checks
    "id-number": Known(Text("a mistyped id number", "身份证号有误"), "B13", "accuracy"),
    "id-birthday": Known(Text("the id number has another birthday", "身份证号与生日不符"), "B13", "consistency"),
    "id-gender": Known(Text("the id number has another gender", "身份证号与性别不符"), "B13", "consistency"),
    "registration-number": Known(Text("a mistyped registration number", "统一社会信用代码有误"), "B10 B13", "accuracy"),
    "industry-words": Known(Text("an industry in plain words", "行业未用标准代码"), "C3", "consistency"),
    "type-status": Known(Text("type and status disagree", "客户类型与合作状态不一致"), "B13 D6 D7", "consistency"),
    "status-wants": Known(Text("the status wants another field", "合作状态要求补充字段"), "B15", "completeness"),
    "cooperation-before": Known(Text("a purchase before the first cooperation", "购买早于首次合作"), "B13", "consistency"),
    "amount-mismatch": Known(Text("quantity times price is not the amount", "数量乘单价与金额不符"), "B13 A37", "consistency"),
    "date-order": Known(Text("an end before its beginning", "结束早于开始"), "B13", "consistency"),
    "date-future": Known(Text("what has happened lies in the future", "已发生的事在将来"), "B1", "accuracy"),
    "due-before": Known(Text("a next step before the contact", "下一步早于沟通日期"), "B13 A25", "consistency"),
    "summary-long": Known(Text("a long summary", "摘要过长"), "B8"),
    "tag-twice": Known(Text("a tag given twice", "标签重复"), "D10", "consistency"),
    "tag-joined": Known(Text("several tags in one", "多个标签写在一起"), "D10", "consistency"),
    "spelling-differs": Known(Text("a product, source or tag written in two ways", "产品、来源或标签写法不一"), "C4", "consistency"),
    "registration-two-names": Known(Text("one registration number under two names", "同一信用代码对应两个名称"), "C4", "consistency"),
    # sealing and secrets
    "plain-sealed": Known(Text("a sensitive value in plain text", "敏感信息为明文"), "L1 L3"),
    "sealed-malformed": Known(Text("a sealed value of a wrong form", "加密值格式不对"), "L3"),
    "sealed-class": Known(Text("sealed for another class", "密级不对"), "L3 J1"),
    "sealed-unknown-key": Known(Text("sealed with an unknown key", "加密密钥未知"), "L3"),
    "sealed-unknown-person": Known(Text("sealed for an unknown person", "接收者未知"), "L3 J5"),
    "sealed-recipients": Known(Text("more readers than named", "接收者与标签不符"), "L3 J5"),
    "sealed-stale": Known(Text("sealed with a retired key", "使用了停用的密钥"), "L3"),
    "sealed-misplaced": Known(Text("a sealed value where none belongs", "加密值位置不对"), "L3"),
    "owner-not-in-label": Known(Text("the owner cannot read it", "负责人无法读取"), "J2"),
    "duplicate-ciphertext": Known(Text("a copied sealed value", "复制的加密值"), "L3"),
    "looks-sensitive": Known(Text("looks like a sensitive number", "疑似敏感号码"), "L3 L8"),
    "secret-key": Known(Text("a secret key in a file", "文件含有私钥"), "L3"),
    "no-recovery": Known(Text("no recovery key", "没有恢复密钥"), "I4 L3"),
    "attachment-plain": Known(Text("a sealed attachment in plain form", "应加密的附件为明文"), "L3 O2"),
    "attachment-class": Known(Text("an attachment sealed for another class", "附件的密级不对"), "L3 O2"),
    "erased-comes-back": Known(Text("a file of an erased customer", "已彻底删除的客户又出现"), "L13"),
    "tombstone-removed": Known(Text("a tombstone was taken out", "删除记录被移除"), "L13"),
    "tombstones-unsigned": Known(Text("tombstones that no admin signed", "删除记录没有有效签名"), "L13"),
    "tombstones-unreadable": Known(Text("tombstones that do not read", "删除记录无法读取"), "L13"),
    "no-provenance": Known(
        Text("personal data with neither provenance nor basis", "个人信息既无来源也无依据"), "B17 L7"
    ),
    "notice-stale": Known(Text("the notice does not match the schema", "隐私说明与字段结构不符"), "L5"),
    "schema-unseals": Known(Text("a field is not sealed any more", "字段不再加密"), "L3"),
    "textconv-cache": Known(Text("git keeps decrypted text", "git 会保存解密文本"), "L3"),
    "textconv-notes": Known(Text("git has kept decrypted text", "git 已保存解密文本"), "L3"),
}  # fmt: skip
