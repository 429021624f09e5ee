"""The privacy notice: from purposes, classes and periods, in Chinese and English (PIPL 17; L4, L5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textcrm.privacy.documents import Document, Section, markdown, page
from textcrm.text import Text
from textcrm.vault import lawful

if TYPE_CHECKING:
    from textcrm.text import Language
    from textcrm.vault import Vault
    from textcrm.vault.lawful import Facts

_RIGHTS: Final = (
    Text(
        "to know what is held on you and to get a copy (PIPL 45)",
        "查阅、复制您的个人信息（第四十五条）",
    ),
    Text("to have it corrected or completed (PIPL 46)", "更正、补充（第四十六条）"),
    Text(
        "to have it deleted; where the law asks us to keep it, it is only stored (PIPL 47)",
        "要求删除；法律要求保存的，仅作存储（第四十七条）",
    ),
    Text(
        "to take back a consent at any time, by the way in which you gave it (PIPL 15); what was done "
        "before stays lawful, and no service is refused for it (PIPL 16)",
        "随时撤回同意，方式与同意时同样便捷（第十五条）；撤回前的处理仍然有效，不因此拒绝提供服务（第十六条）",
    ),
    Text(
        "to refuse marketing and decisions made by a computer alone (PIPL 24)",
        "拒绝营销，拒绝仅由自动化决策作出的决定（第二十四条）",
    ),
    Text(
        "to complain to us, to the authority, and to go to court (PIPL 50, 65)",
        "向我们或主管部门投诉、举报，以及提起诉讼（第五十条、第六十五条）",
    ),
)
_ROLES: Final = {
    "admin": Text("administrators", "管理员"),
    "manager": Text("sales managers", "销售经理"),
    "sales": Text("sales", "销售人员"),
    "service": Text("customer service", "客服人员"),
}


def written(vault: Vault, form: str) -> str:
    """The notice in both languages, Chinese first, as ``md`` or ``html``, with its mark.

    Raises Invalid (config-invalid).
    """
    facts = lawful.facts(vault)
    documents = [_document(facts, language) for language in ("zh", "en")]
    mark = f"<!-- textcrm-notice: {facts.fingerprint} -->"
    if form == "html":
        return page(documents).replace("<body>\n", f"<body>\n{mark}\n", 1)
    return f"{mark}\n\n{markdown(documents)}"


def gaps(vault: Vault) -> list[Text]:
    """What the law wants in a notice and the vault does not say."""
    said = lawful.settings(vault)
    found = []
    if not said.get("controller"):
        found.append(
            Text(
                "who you are: privacy.controller in textcrm.yaml",
                "单位名称：textcrm.yaml 中的 privacy.controller",
            )
        )
    if not said.get("contact"):
        found.append(
            Text(
                "how to reach you: privacy.contact in textcrm.yaml",
                "联系方式：textcrm.yaml 中的 privacy.contact",
            )
        )
    loose = [field.label for field in vault.schema.fields if not lawful.purposes_of(field)]
    if loose:
        en, zh = ", ".join(one.en for one in loose), "、".join(one.zh for one in loose)
        found.append(
            Text(
                f"a purpose for: {en} (x-textcrm.purpose in the schema)",
                f"用途（schema 的 x-textcrm.purpose）：{zh}",
            )
        )
    return found


def _document(facts: Facts, language: Language) -> Document:
    title = Text("Privacy notice", "隐私说明").say(language)
    return Document(
        f"{title} · {facts.name}" if facts.name else title,
        [
            _who(facts, language), _what(facts, language), _basis(language), _seen(facts, language),
            _long(facts, language), _rights(facts, language),
        ],
        language,
    )  # fmt: skip


def _joined(words: list[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(words)


def _who(facts: Facts, language: Language) -> Section:
    missing = Text(
        "(to be filled in: textcrm.yaml, privacy)", "（待填写：textcrm.yaml 的 privacy）"
    ).say(language)
    said = facts.settings
    lines = [
        Text("processor: {who}", "个人信息处理者：{who}").say(
            language, who=said.get("controller") or facts.name or missing
        ),
        Text(
            "contact for all questions and requests: {how}", "咨询和行使权利的联系方式：{how}"
        ).say(language, how=said.get("contact") or missing),
    ]
    return Section(Text("Who we are", "我们是谁").say(language), lines)


def _what(facts: Facts, language: Language) -> Section:
    heads = [
        Text("Purpose", "处理目的").say(language),
        Text("Kinds of data", "个人信息种类").say(language),
    ]
    rows = [
        [one.label.say(language), _joined([each.say(language) for each in one.fields], language)]
        for one in facts.kinds
    ]
    lines = [
        Text(
            "collected from you, from our conversations and contracts, or from the source noted with it",
            "来自您本人、我们的往来和合同，或资料中注明的来源",
        ).say(language),
        Text(
            "only what a purpose needs; another purpose is told, and agreed to, before it begins (PIPL 6, 14)",
            "仅限实现目的所必需；目的变更前会重新告知并征得同意（第六条、第十四条）",
        ).say(language),
    ]
    return Section(Text("What for, and what", "处理目的和种类").say(language), lines, heads, rows)


def _basis(language: Language) -> Section:
    lines = [
        Text(
            "a contract with you, a legal duty, or your consent, noted for each purpose (PIPL 13)",
            "订立、履行合同所必需，履行法定义务，或您的同意，按目的逐项登记（第十三条）",
        ),
        Text("marketing only with your consent", "营销信息只在您同意后发送"),
    ]
    return Section(
        Text("On what ground", "合法性基础").say(language), [one.say(language) for one in lines]
    )


def _seen(facts: Facts, language: Language) -> Section:
    lines = [
        Text(
            "the colleagues who work with our customer records; transfer and storage are protected",
            "负责客户工作的同事；传输和存储均有保护措施",
        ).say(language)
    ]
    for name, labels in facts.sealed:
        roles = next((each for known, each in facts.readers if known == name), ())
        who = [_ROLES.get(one, Text(one, one)).say(language) for one in roles]
        if name in facts.owner_reads:
            who.append(Text("the colleague in charge of you", "负责您的同事").say(language))
        lines.append(
            Text(
                "{what}: sensitive, encrypted, read only by: {who}",
                "{what}：敏感信息，加密保存，仅限：{who}",
            ).say(
                language,
                what=_joined([one.say(language) for one in labels], language),
                who=_joined(who, language)
                or Text("(see access.yaml)", "（见 access.yaml）").say(language),
            )
        )
    sharing = facts.settings.get("sharing")
    lines.append(
        sharing
        or Text(
            "passed to nobody else unless the law demands it; not sent abroad",
            "不向他人提供，法律要求的除外；不向境外提供",
        ).say(language)
    )
    return Section(Text("Who sees it", "谁可以看到").say(language), lines)


def _long(facts: Facts, language: Language) -> Section:
    heads = [
        Text("Customers", "客户类型").say(language),
        Text("Kept after the last dealing", "最后一次往来后保存").say(language),
    ]
    names = {**facts.types, "default": Text("all others", "其他")}
    rows = [
        [names.get(name, Text(name, name)).say(language), period.said().say(language)]
        for name, period in facts.periods.items()
    ]
    lines = [
        Text(
            "then deleted, or only stored where a law asks to keep it (PIPL 19, 47)",
            "期满后删除；法律要求继续保存的，仅作存储（第十九条、第四十七条）",
        ).say(language)
    ]
    return Section(Text("How long", "保存期限").say(language), lines, heads, rows)


def _rights(facts: Facts, language: Language) -> Section:
    lines = [one.say(language) for one in _RIGHTS]
    how = facts.settings.get("contact")
    if how:
        lines.append(Text("write to: {how}", "联系：{how}").say(language, how=how))
    return Section(Text("Your rights", "您的权利").say(language), lines)
