"""Importing in tests: a vault, a file, what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ready_made import created

from textcrm.exchange import importing
from textcrm.exchange.incoming import Source
from textcrm.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from textcrm.exchange.importing import Outcome, Policy
    from textcrm.exchange.incoming import Incoming, Reading

# The source article's sample rows, with what Q of the requirements says is wrong in them.
ARTICLE = (
    "客户编号,客户名称,联系人,联系方式,所属行业,客户来源,核心需求,最近跟进日期,跟进人,"
    "沟通内容摘要,合作状态,客户标签\n"
    "C20240501001,杭州XX科技有限公司,张经理,13800138000,IT服务,展会转介绍,提升系统稳定性,"
    "2024-05-10,小王,对报价表示满意,潜在客户,高意向、技术型\n"
    "C20240501002,上海YY商贸公司,李总,139****5678,零售,线上广告,降低采购成本,2024-05-15,小李,"
    "要求再给折扣,合作中,价格敏感\n"
    "C20240501003,广州ZZ制造厂,王主任,020-12345678,制造业,陌生拜访,定制化方案,2024-04-15,小张,"
    "预算审批延期,潜在客户,预算不足\n"
)


def new_vault(folder: Path) -> Vault:
    """An empty vault."""
    return created(folder / "vault")


def reading_of(vault: Vault, data: bytes | str, name: str = "file.csv", **more: Any) -> Reading:
    """A source as its format reads it."""
    raw = data.encode() if isinstance(data, str) else data
    return importing.read(Source(name, raw), importing.setting_of(vault, **more))


def rows_of(
    vault: Vault, data: bytes | str, name: str = "file.csv", **more: Any
) -> list[Incoming]:
    """The rows of a source."""
    return list(reading_of(vault, data, name, **more).rows())


def take_in(
    vault: Vault,
    data: bytes | str,
    name: str = "file.csv",
    policy: Policy = "update",
    **more: Any,
) -> Outcome:
    """Import a source into a vault, as a new process would."""
    fresh = Vault.open(vault.root)
    return importing.Importer(fresh, reading_of(fresh, data, name, **more), policy).run()


def records(vault: Vault) -> list[Mapping[str, Any]]:
    """What the vault holds, in the order of ids."""
    return [record.raw for record in Vault.open(vault.root).records()]


def only(vault: Vault) -> Mapping[str, Any]:
    """The one customer of a vault."""
    (found,) = records(vault)
    return found


def balanced(outcome: Outcome) -> bool:
    """Whether every row is accounted for."""
    counted = outcome.created + outcome.updated + outcome.skipped + len(outcome.rejected)
    return outcome.rows == counted
