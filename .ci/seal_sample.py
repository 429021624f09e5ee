"""Seals the sample vault anew: throw-away keys, a signed access.yaml, the sensitive values.

Run it from the checkout: ``python .ci/seal_sample.py``. Keys that are there stay, so that only
ciphertext and signature change; delete ``sample-vault/demo-keys`` to make new ones, then put the
hashes that it prints into ``textcrm/quality/keys.py``. The keys protect nothing and are published
on purpose.
"""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from pathlib import Path

from textcrm import access, sealing, yamlfile
from textcrm.access import founding, writing

SAMPLE = Path(__file__).resolve().parent.parent / "sample-vault"
KEYS = SAMPLE / "demo-keys"
DAY = dt.date(2026, 11, 24)
ADMIN = "chen-chen"
SIGNING = KEYS / f"{ADMIN}.throw-away-signing-key"
NOTE = "# THROW-AWAY key of the sample vault, published on purpose: it protects nothing, never use it\n"
PEOPLE = """# 示例人员，均为虚构；密钥公开在 demo-keys/，只供试用 · invented people, keys published for trying
people:
  - id: chen-chen
    name: 陈晨
    role: admin
    email: chenchen@example.com
  - id: wang-fang
    name: 王芳
    role: manager
    email: wangfang@example.com
  - id: li-qiang
    name: 李强
    role: sales
    email: liqiang@example.com
  - id: zhao-min
    name: 赵敏
    role: service
    email: zhaomin@example.com
"""
# What stands in the sample's sealed fields; the numbers lead to nobody.
VALUES = {
    "C20240318001": {
        ("contacts", "qb6wd", "id_number"): ("identity", "000000198805120023"),
        ("contracts", "sqbzc", "amount"): ("finance", 138000),
        ("contracts", "sqbzc", "instalments", "vw586", "amount"): ("finance", 69000),
        ("contracts", "sqbzc", "instalments", "mm2nx", "amount"): ("finance", 69000),
        ("bank_account",): ("finance", "示例银行杭州支行 0000 1111 2222 3333"),
    },
    "C20240905001": {("contracts", "yc6zd", "amount"): ("finance", 24000)},
}
# A sealed file, named in the record's documents with the item id "doc5x".
FILE = "attachments/C20240318001/2025-12-18_agreement_付款账户确认函.txt.age"
CONTENT = (
    "付款账户确认函（示例）：示例银行杭州支行 0000 1111 2222 3333，虚构，不指向任何真实账户。\n"
)


def identity(name: str) -> str:
    """The public key of a throw-away identity, which is made where it is not there."""
    file = KEYS / f"{name}.throw-away-key.txt"
    if not file.exists():
        secret, public = sealing.generate()
        KEYS.mkdir(exist_ok=True)
        file.write_text(f"{NOTE}# public key: {public}\n{secret}\n", encoding="utf-8")
    (found,) = sealing.identities(file.read_text(encoding="utf-8"), source=name)
    return found.public


def people() -> access.Access:
    """Write access.yaml, its signature and the class keys; gives what it says."""
    text = PEOPLE
    for person in access.read(text.encode()).people:
        text = writing.change_person(text, person._replace(keys=(identity(person.id),)))
    if not SIGNING.exists():
        sealing.generate_signing_key(SIGNING, comment="throw-away")
    public = SIGNING.with_name(SIGNING.name + ".pub").read_text(encoding="utf-8").strip()
    first = founding.FirstKeys((identity(ADMIN),), public, SIGNING, (identity("recovery"),))
    files = founding.found(text, ADMIN, first, DAY)
    for path, data in files.items():
        (SAMPLE / path).parent.mkdir(parents=True, exist_ok=True)
        (SAMPLE / path).write_bytes(data)
    return access.read(files[access.FILE_NAME])


def seal(who: access.Access, record_id: str) -> None:
    """Seal the values of one record at their places."""
    file = next((SAMPLE / "customers").rglob(f"{record_id}.yaml"))
    text = file.read_text(encoding="utf-8")
    for path, (name, value) in VALUES[record_id].items():
        raw = yamlfile.read_mapping(text)
        labels = [who.current(name)]
        if name in who.owner_reads:
            labels.append(raw["owner"])
        node = sealing.seal(
            value,
            rec=raw["uid"],
            path="/" + "/".join(path),
            labels=labels,
            recipients=[who.recipient(label) or "" for label in labels],
        )
        text = yamlfile.set_value(text, _place(raw, path), node, key_order=("sealed", "age"))
    file.write_text(text, encoding="utf-8", newline="\n")


def attach(who: access.Access, record_id: str) -> None:
    """Seal a file of one record anew, and say so in its documents."""
    record = next((SAMPLE / "customers").rglob(f"{record_id}.yaml"))
    text = record.read_text(encoding="utf-8")
    raw = yamlfile.read_mapping(text)
    labels = [who.current("finance"), raw["owner"]]
    data = sealing.encrypt(CONTENT.encode(), [who.recipient(label) or "" for label in labels])
    (SAMPLE / FILE).write_bytes(data)
    item = {
        "id": "doc5x",
        "kind": "agreement",
        "title": "付款账户确认函",
        "date": "2025-12-18",
        "file": FILE,
        "sealed_for": labels,
        "sha256": sha256(data).hexdigest(),
    }
    place = next((n for n, one in enumerate(raw["documents"]) if one["id"] == item["id"]), None)
    if place is None:
        text = yamlfile.append_item(text, ("documents",), item)
    else:
        text = yamlfile.set_value(text, ("documents", place), item)
    record.write_text(text, encoding="utf-8", newline="\n")


def _place(raw: object, path: tuple[str, ...]) -> tuple[str | int, ...]:
    """A path by item ids as one by indexes."""
    steps: list[str | int] = []
    node = raw
    for name in path:
        step: str | int = name
        if isinstance(node, list):
            step = next(place for place, item in enumerate(node) if item.get("id") == name)
            node = node[step]
        elif isinstance(node, dict):
            node = node.get(name)
        steps.append(step)
    return tuple(steps)


def main() -> None:
    """Do it all, and print what the check for secret keys is to pass over."""
    who = people()
    for record_id in VALUES:
        seal(who, record_id)
    attach(who, "C20240318001")
    for file in sorted(KEYS.iterdir()):
        text = file.read_text(encoding="utf-8")
        if file.name.endswith(".txt"):
            text = text.strip().splitlines()[-1]
        if not file.name.endswith(".pub"):
            print(f'"{sha256(text.strip().encode()).hexdigest()}",  # {file.name}')


if __name__ == "__main__":
    main()
