"""A vault of a few customers written by hand, for the commands that find and list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli_running import Shell
from ready_made import initialized

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

RECORDS = {
    "C20240501001": """
name: 杭州云杉软件有限公司
type: existing
status: active
owner: wang-fang
industry: I65
tags: [高意向, 续约]
contacts:
  - {id: aaaa2, name: 李明远, role: decision_maker, gender: male, birthday: '1985-01-02', phones: [{id: bbbb2, number: '+8613800138000'}]}
addresses:
  - {id: cccc2, province: 浙江省, city: 杭州市, region_code: '330100'}
interactions:
  - {id: dddd2, at: '2026-01-05', by: wang-fang, channel: phone, summary: 确认报价，等合同}
  - {id: dddd3, at: '2026-03-05T10:30:00', by: li-qiang, channel: visit, summary: 上门演示, feedback: 意向较高, next: {what: 发合同, due: '2026-04-01', done: false}}
services:
  - {id: eeee2, at: '2026-02-01', summary: 登录慢排查, result: 已解决}
purchases:
  - {id: ffff2, date: '2024-05-20', product: 云主机, quantity: 2, amount: 1000.50}
  - {id: ffff3, date: '2025-05-20', product: 数据备份, quantity: 1, amount: 200}
  - {id: ffff4, date: '2025-06-01', product: 云主机, amount: 99, currency: HKD}
contracts:
  - {id: gggg2, number: HT-1, title: 年度合同, signed: '2025-01-01', amount: {sealed: finance@1, age: YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNlY3JldA==}}
""",
    "C20240501002": """
name: 张三
type: prospect
status: none
owner: li-qiang
tags: [价格敏感]
contacts:
  - {id: aaaa3, name: 张三, gender: male, birthday: '1990-05-05', phones: [{id: bbbb3, number: '+8613900139000'}]}
interactions:
  - {id: dddd4, at: '2024-06-01', by: li-qiang, channel: phone, summary: 只问报价}
""",
    "C20240502001": """
name: 张三
type: new
status: active
tags: [高意向]
contacts:
  - {id: aaaa4, name: 张小三, gender: female}
purchases:
  - {id: ffff5, date: '2024-05-21', product: 云主机, amount: 300}
""",
    "C20240503001": """
name: 阿里山茶业
type: lost
status: ended
owner: wang-fang
archived: {on: '2025-01-01', reason: closed}
notes: 档案里才有的词
""",
    "C20240504001": """
name: =HYPERLINK("x")
type: prospect
aliases: ['+1-2*cmd', "tab\\there"]
source: exhibition
website: https://example.com/很长的网址/很长的网址/很长的网址/很长的网址/很长的网址
""",
}
PEOPLE = """people:
  - {id: wang-fang, name: 王芳, role: manager, email: wang@example.com}
  - {id: li-qiang, name: 李强, role: sales, email: li@example.com}
"""


def shop(folder: Path, capture: pytest.CaptureFixture[str]) -> Shell:
    """The vault, settings and people committed, records written by hand."""
    shell = Shell(initialized(folder, "--name", "test"), capture)
    (folder / "access" / "access.yaml").write_text(PEOPLE, encoding="utf-8")
    for record_id, text in RECORDS.items():
        file = folder / "customers" / record_id[1:5] / record_id[5:7] / f"{record_id}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"id: {record_id}{text}", encoding="utf-8")
    return shell
