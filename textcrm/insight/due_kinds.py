"""The kinds of things to do: how they are called, what is said of them, what settles them."""

from __future__ import annotations

from typing import Final

from textcrm.text import Text

URGENT, CARE, ORDER = range(3)
"""What somebody waits for; whom to talk to; what keeps the records in order."""

KINDS: Final[dict[str, Text]] = {
    "next": Text("next step", "下一步"),
    "payment": Text("payment", "应收款"),
    "instalment": Text("instalment", "合同分期"),
    "complaint": Text("complaint", "投诉"),
    "contract": Text("contract", "合同到期"),
    "warranty": Text("warranty", "质保到期"),
    "birthday": Text("birthday", "生日"),
    "aftercare": Text("after-sales call", "售后回访"),
    "purchase": Text("expected purchase", "预计再购"),
    "follow_up": Text("regular contact", "定期联系"),
    "silent": Text("silent", "久未联系"),
    "lost": Text("long silent", "长期未跟进"),
    "stale": Text("not updated", "久未更新"),
    "file": Text("contract file", "合同归档"),
    "verify": Text("verification", "核对信息"),
    "contact": Text("contact methods", "联系方式核实"),
    "survey": Text("survey", "满意度调查"),
    "late": Text("entered late", "录入延迟"),
    "stage": Text("stage entered late", "状态录入延迟"),
}
LEVELS: Final = {
    **dict.fromkeys(("next", "payment", "instalment", "complaint", "contract"), URGENT),
    **dict.fromkeys(("warranty", "birthday"), URGENT),
    **dict.fromkeys(("aftercare", "purchase", "follow_up", "silent", "lost"), CARE),
    **dict.fromkeys(("stale", "file", "verify", "contact", "survey", "late", "stage"), ORDER),
}
BEFORE: Final = frozenset(("contract", "warranty", "birthday", "purchase"))
"""What a day off moves back: it does not wait for the next workday."""
STRICT: Final = frozenset(("silent", "lost"))
"""What is not foretold: there is nothing yet before its day."""

REASONS: Final[dict[str, Text]] = {
    "next": Text("{what}", "{what}"),
    "next-sealed": Text("(sealed)", "（已加密）"),
    "payment": Text("{rest} unpaid: {what}", "未付 {rest}：{what}"),
    "payment-late": Text(
        "{rest} unpaid, {late} days late: {what}", "未付 {rest}，逾期 {late} 天：{what}"
    ),
    "instalment": Text("instalment of {rest}: {what}", "合同分期款 {rest}：{what}"),
    "instalment-late": Text(
        "instalment of {rest}, {late} days late: {what}",
        "合同分期款 {rest}，逾期 {late} 天：{what}",
    ),
    "sealed": Text("instalment (sealed amount): {what}", "合同分期款（金额已加密）：{what}"),
    "sealed-late": Text(
        "instalment (sealed amount), {late} days late: {what}",
        "合同分期款（金额已加密），逾期 {late} 天：{what}",
    ),
    "complaint": Text("open complaint: {text}", "投诉未处理：{text}"),
    "contract": Text("contract ends: {what}", "合同到期：{what}"),
    "warranty": Text("warranty ends: {what}", "质保到期：{what}"),
    "birthday": Text("birthday of {who}", "{who}生日"),
    "aftercare": Text(
        "after-sales call: no contact since the purchase of {on} ({what})",
        "售后回访：{on} 购买后没有联系（{what}）",
    ),
    "aftercare-service": Text(
        "after-sales call: no contact since the service of {on} ({what})",
        "售后回访：{on} 服务后没有联系（{what}）",
    ),
    "purchase": Text(
        "buys about every {cycle} days ({n} times), last on {on}",
        "约每 {cycle} 天购买一次（共 {n} 次），上次 {on}",
    ),
    "follow_up": Text(
        "to be contacted every {every} days, last on {on}", "应每 {every} 天联系一次，上次 {on}"
    ),
    "follow_up-never": Text(
        "to be contacted every {every} days, never yet", "应每 {every} 天联系一次，尚未联系过"
    ),
    "silent": Text("prospect silent for {since_days} days", "潜在客户已 {since_days} 天未跟进"),
    "silent-never": Text(
        "never contacted, {since_days} days in the vault", "建档 {since_days} 天，从未联系"
    ),
    "stale": Text("record not updated for {since_days} days", "资料已 {since_days} 天未更新"),
    "file": Text(
        "contract signed on {on}, no file yet: {what}", "合同 {on} 签订，尚未归档扫描件：{what}"
    ),
    "verify": Text("last verified {on}", "上次核对 {on}"),
    "contact": Text("{n} contact methods to be verified", "有 {n} 个联系方式待核实"),
    "survey": Text("last survey {on}", "上次满意度调查 {on}"),
    "survey-never": Text("no survey since {on}", "自 {on} 以来没有做过满意度调查"),
    "late": Text(
        "contact of {on} entered {hours} h later: {what}",
        "{on} 的沟通晚 {hours} 小时才录入：{what}",
    ),
    "stage": Text("{what} of {on} entered {hours} h later", "{on} {what}，晚 {hours} 小时才录入"),
}

COMMANDS: Final[dict[str, Text]] = {
    "next": Text("textcrm log {id} '...' --done", "textcrm log {id} '…' --done"),
    "payment": Text(
        "textcrm append {id} payments date=today amount=...",
        "textcrm append {id} 付款记录 日期=今天 金额=…",
    ),
    "instalment": Text(
        "textcrm set {id} contracts/{item}/instalments/{part}/paid=true",
        "textcrm set {id} contracts/{item}/instalments/{part}/paid=true",
    ),
    "complaint": Text(
        "textcrm set {id} feedback/{item}/resolved=true",
        "textcrm set {id} feedback/{item}/resolved=true",
    ),
    "contract": Text(
        "textcrm set {id} contracts/{item}/ends=...", "textcrm set {id} contracts/{item}/ends=…"
    ),
    "stale": Text("textcrm edit {id}", "textcrm edit {id}"),
    "file": Text(
        "textcrm attach {id} FILE --kind contract", "textcrm attach {id} 文件 --kind 合同"
    ),
    "verify": Text("textcrm verify {id}", "textcrm verify {id}"),
    "contact": Text("textcrm verify {id} --method ...", "textcrm verify {id} --method …"),
    "survey": Text(
        "textcrm append {id} feedback kind=survey score=...",
        "textcrm append {id} 客户反馈 类型=满意度调查 评分=…",
    ),
    "late": Text("textcrm log {id}", "textcrm log {id}"),
    "stage": Text("textcrm log {id}", "textcrm log {id}"),
    "lost-pool": Text("textcrm pool release {id}", "textcrm pool release {id}"),
    "lost-lost": Text("textcrm set {id} type=lost", "textcrm set {id} 客户类型=流失客户"),
    "": Text("textcrm log {id} '...'", "textcrm log {id} '…'"),
}
