"""A seeded generator of realistic vaults: records of about 2 KB, the same bytes on any machine.

usage: python benchmarks/generate.py COUNT FOLDER [--seed N] [--no-git]
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import subprocess
from pathlib import Path
from typing import Any

ANCHOR = dt.date(2026, 11, 1)
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂晓文建国志海玉春红梅雪婷浩宇轩子涵欣怡佳俊嘉豪思雨晨阳峰鹏飞龙云天"
BRANDS = "云图鑫海博瑞恒达华盛中联信诚安泰金宏远景智慧蓝星科创锐凌翔宇丰源东方易通优品康美雅致卓越飞鸿腾讯晨曦"
PLACES = (
    ("北京市", "北京市", "海淀区", "110108", "100080"),
    ("上海市", "上海市", "浦东新区", "310115", "200120"),
    ("广东省", "深圳市", "南山区", "440305", "518000"),
    ("浙江省", "杭州市", "西湖区", "330106", "310012"),
    ("江苏省", "苏州市", "吴中区", "320506", "215100"),
    ("四川省", "成都市", "武侯区", "510107", "610041"),
    ("湖北省", "武汉市", "洪山区", "420111", "430070"),
)
ROADS = (
    "中山路",
    "人民路",
    "科技路",
    "学院路",
    "建设路",
    "长江路",
    "文三路",
    "软件大道",
    "天府大道",
)
TRADES = (
    ("I65", "软件科技"),
    ("C34", "精密机械"),
    ("F51", "商贸"),
    ("F52", "商店"),
    ("G59", "物流"),
    ("H62", "餐饮管理"),
    ("P83", "教育咨询"),
    ("C26", "新材料"),
    ("A01", "农业科技"),
    ("Q84", "口腔医院"),
)
TITLES = ("采购经理", "技术总监", "总经理", "财务经理", "行政主管", "项目经理", "运营总监")
ROLES = ("purchasing", "technical", "decision_maker", "finance", "user", "other")
TAGS = (
    "高意向",
    "技术型",
    "价格敏感",
    "预算不足",
    "老客户",
    "续约",
    "华东",
    "渠道",
    "试用",
    "展会",
    "需回访",
)
PRODUCTS = (
    "云主机年付",
    "数据备份服务",
    "智能客服",
    "工业传感器",
    "视频终端",
    "仓储系统",
    "培训课程",
    "定制开发",
)
OPENINGS = (
    "电话沟通",
    "上门拜访",
    "邮件回复",
    "线上会议讨论",
    "展会现场交流",
    "季度回访",
    "客户来访时谈到",
)
BODIES = (
    "对方对{p}的报价表示满意，希望下周安排演示",
    "客户认为{p}价格偏高，要求再给百分之{n}的折扣",
    "确认了{p}的实施周期，预计{n}周内上线",
    "反馈{p}在高峰期响应较慢，已转交技术支持处理",
    "对方预算审批延期，{p}采购推迟到下个季度",
    "讨论了{p}与现有系统的接口对接方案",
    "双方就{p}的续约条款达成一致，等待法务审核",
    "验收顺利通过，客户对{p}的交付质量评价很高",
)
NOTES = (
    "客户决策链较长，注意维护关键人关系。",
    "对价格敏感，优先推荐标准版。",
    "付款及时，信用良好。",
    "Key account for the east region; quarterly review required.",
)
OWNERS = ("wang-fang", "li-qiang", "zhao-min", "chen-chen")
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def record(number: int, count: int, seed: int = 20240501, years: int = 3) -> tuple[str, str]:
    """One record by its number: (path, text). Depends on the arguments only."""
    chance = random.Random(seed * 1_000_003 + number)
    days = years * 365
    per_day = -(-count // days)
    day, place = divmod(number, per_day)
    born = ANCHOR - dt.timedelta(days=days) + dt.timedelta(days=day * days // -(-count // per_day))
    record_id = f"C{born:%Y%m%d}{place + 1:03d}"
    lines = _head(chance, record_id, born)
    lines += _contacts(chance)
    lines += _address(chance)
    lines += _interactions(chance, born)
    lines += _deals(chance, born)
    return f"customers/{born:%Y/%m}/{record_id}.yaml", "\n".join(lines) + "\n"


def _item_id(chance: random.Random) -> str:
    return chance.choice("abcdefgh") + "".join(
        chance.choices("abcdefghjkmnpqrstvwxyz23456789", k=4)
    )


def _person(chance: random.Random) -> str:
    return chance.choice(SURNAMES) + "".join(chance.sample(GIVEN, chance.choice((1, 2))))


def _head(chance: random.Random, record_id: str, born: dt.date) -> list[str]:
    code, trade = chance.choice(TRADES)
    city = chance.choice(PLACES)[1].removesuffix("市")
    name = f"{city}{''.join(chance.sample(BRANDS, 3))}{trade}有限公司"
    kind = chance.choice(("prospect", "existing", "existing", "new", "lost"))
    status = {"prospect": "none", "new": "active", "existing": "active", "lost": "ended"}[kind]
    lines = [
        f"id: {record_id}",
        f"uid: {''.join(chance.choices(CROCKFORD[:8], k=1) + chance.choices(CROCKFORD, k=25))}",
        f"name: {name}",
        "kind: organization",
        f"industry: {code}",
        f"source: {chance.choice(('exhibition', 'referral', 'online', 'cold_visit', 'other'))}",
        f"owner: {chance.choice(OWNERS)}",
        f"type: {kind}",
        f"status: {status}",
        f"intent: {chance.choice(('high', 'medium', 'low'))}",
        f"value_tier: {chance.choice(('high', 'medium', 'low'))}",
        f"tags: [{', '.join(chance.sample(TAGS, chance.randint(1, 3)))}]",
        f"needs: {chance.choice(('降低采购成本', '提升系统稳定性', '缩短交付周期', '统一客户资料'))}",
        f"notes: {chance.choice(NOTES)}",
    ]
    if status != "none":
        lines += [
            f"first_cooperation: '{born + dt.timedelta(days=20)}'",
            f"products: [{chance.choice(PRODUCTS)}]",
        ]
    return lines


def _contacts(chance: random.Random) -> list[str]:
    lines = ["contacts:"]
    for index in range(chance.choice((1, 2, 2, 3))):
        name = _person(chance)
        lines += [
            f"  - id: {_item_id(chance)}",
            f"    name: {name}",
            f"    title: {chance.choice(TITLES)}",
            f"    role: {chance.choice(ROLES)}",
            "    phones:",
            f"      - id: {_item_id(chance)}",
            f"        number: '+86199{chance.randint(0, 99999999):08d}'",
            "    emails:",
            f"      - id: {_item_id(chance)}",
            f"        address: c{index}.{chance.randint(1000, 9999)}@example.com",
        ]
    return lines


def _address(chance: random.Random) -> list[str]:
    province, city, district, code, post = chance.choice(PLACES)
    return [
        "addresses:",
        f"  - id: {_item_id(chance)}",
        "    kind: office",
        f"    province: {province}",
        f"    city: {city}",
        f"    district: {district}",
        f"    street: {chance.choice(ROADS)}{chance.randint(1, 999)}号",
        f"    postal_code: '{post}'",
        f"    region_code: '{code}'",
    ]


def _interactions(chance: random.Random, born: dt.date) -> list[str]:
    lines = ["interactions:"]
    span = max((ANCHOR - born).days, 2)
    for offset in sorted(chance.sample(range(span), min(span, chance.randint(3, 7)))):
        day = born + dt.timedelta(days=offset)
        body = chance.choice(BODIES).format(p=chance.choice(PRODUCTS), n=chance.randint(2, 20))
        lines += [
            f"  - id: {_item_id(chance)}",
            f"    at: '{day}'",
            f"    by: {chance.choice(OWNERS)}",
            f"    channel: {chance.choice(('phone', 'email', 'visit', 'chat'))}",
            f"    summary: {chance.choice(OPENINGS)}，{body}。",
        ]
        if chance.random() < 0.3:
            lines += [
                "    next:",
                f"      what: {chance.choice(('提供方案', '安排演示', '回访', '寄送样品'))}",
                f"      due: '{day + dt.timedelta(days=chance.randint(3, 40))}'",
                f"      done: {chance.choice(('true', 'true', 'false'))}",
            ]
    return lines


def _deals(chance: random.Random, born: dt.date) -> list[str]:
    lines: list[str] = []
    for index in range(chance.choice((0, 1, 1, 2))):
        day = born + dt.timedelta(days=30 + 90 * index)
        quantity, price = chance.randint(1, 20), chance.randint(100, 9000)
        lines += [
            *(["purchases:"] if index == 0 else []),
            f"  - id: {_item_id(chance)}",
            f"    date: '{day}'",
            f"    product: {chance.choice(PRODUCTS)}",
            f"    quantity: {quantity}",
            f"    unit_price: {price}",
            f"    amount: {quantity * price}",
        ]
    return lines


SETTINGS = "format: 1\nname: benchmark\nlanguage: zh\ntime_zone: Asia/Shanghai\ncurrency: CNY\n"


def vault(folder: Path, count: int, *, seed: int = 20240501, git: bool = True) -> None:
    """Write a whole vault into a folder, committed where ``git``."""
    schema = Path(__file__).resolve().parent.parent / "schema" / "customer.schema.json"
    people = "people:\n" + "".join(
        f"  - id: {owner}\n    name: {owner}\n    role: sales\n" for owner in OWNERS
    )
    files: dict[str, Any] = {
        "textcrm.yaml": SETTINGS,
        "access/access.yaml": people,
        "schema/customer.schema.json": schema.read_text(encoding="utf-8"),
        ".gitignore": ".textcrm/\n",
        ".gitattributes": "customers/**/*.yaml text eol=lf\n",
    }
    for path, text in files.items():
        _write(folder / path, text)
    for number in range(count):
        path, text = record(number, count, seed)
        _write(folder / path, text)
    if git:
        commit_all(folder)


def commit_all(folder: Path) -> None:
    """Commit everything in a folder as its first commit."""
    run = ["git", "-C", str(folder)]
    who = ["-c", "user.name=Bench", "-c", "user.email=bench@example.com"]
    subprocess.run([*run, "init", "-q", "-b", "main"], check=True)
    subprocess.run([*run, "add", "-A"], check=True)
    subprocess.run([*run, *who, "commit", "-q", "-m", "benchmark vault"], check=True)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=20240501)
    parser.add_argument("--no-git", action="store_true")
    chosen = parser.parse_args()
    vault(chosen.folder, chosen.count, seed=chosen.seed, git=not chosen.no_git)


if __name__ == "__main__":
    main()
