"""textcrm member: who works here and who reads what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from textcrm.cli.context import Context


@command(
    "member",
    help=Text(
        "Who works with this vault and who reads what. Admins “add NAME”, “remove NAME”, "
        "“replace-key NAME PUBLIC” for who lost theirs, change the “role NAME ROLE”, and “sign” "
        "what they edited in access/access.yaml by hand; each is one signed commit. “list” says who reads what, “list ID” for one customer and why. "
        "“exposure NAME” says which sealed values that person, a former one too, could read and since "
        "when. “trust FINGERPRINT” trusts the admin whose key that is. Sealed fields only are closed to "
        "others: whoever can clone reads every unsealed field.",
        "使用本客户库的人以及各自可读的内容。管理员可 add 姓名、remove 姓名、role 姓名 角色，"
        "为丢失密钥的人 replace-key 姓名 新公钥，"
        "手工修改 access/access.yaml 后用 sign 签名；每次操作为一次签名提交。"
        "list 查看谁可读什么，list 编号 查看某客户及原因；"
        "exposure 姓名 列出此人（含已离开的人）可读过哪些加密内容、从何时起；trust 指纹 确认信任该管理员。"
        "只有加密字段对他人不可读：能克隆仓库的人都能读到所有未加密的字段。",
    ),
    examples=[
        (
            Text("sign up a colleague", "登记同事"),
            "textcrm member add 王芳 --role 销售经理 --email wang@example.com --key age1...",
        ),
        (Text("somebody leaves", "同事离职"), "textcrm member remove 王芳"),
        (Text("a key is lost", "更换密钥"), "textcrm member replace-key 王芳 age1..."),
        (Text("another role", "调整角色"), "textcrm member role 王芳 客服人员"),
        (Text("who reads what", "谁可以读什么"), "textcrm member list"),
        (Text("for one customer", "某位客户"), "textcrm member list C20240501001"),
        (Text("a laptop is stolen", "电脑被盗：可能泄露什么"), "textcrm member exposure 王芳"),
        (Text("trust, from a script", "在脚本中确认信任"), "textcrm member trust SHA256:..."),
    ],
)
@argument(
    "action",
    metavar="ACTION",
    help=Text(
        "add, remove, replace-key, role, list, exposure, trust or sign",
        "add、remove、replace-key、role、list、exposure、trust 或 sign",
    ),
)
@argument(
    "words",
    nargs=-1,
    metavar="WORDS",
    help=Text("a name and role, an id, a fingerprint", "姓名和角色、客户编号或指纹"),
)
@option(
    "--role",
    metavar="ROLE",
    help=Text(
        "admin, manager, sales, service",
        "管理员、销售经理、销售人员（销售专员、销售代表、客户经理）、客服人员",
    ),
)
@option(
    "--key",
    "keys",
    multiple=True,
    metavar="PUBLIC",
    help=Text("public key: age1... or ssh-ed25519 ...", "公钥：age1... 或 ssh-ed25519 ..."),
)
@option("--email", help=Text("as in git", "与 git 中相同的邮箱"))
@option(
    "--signing",
    metavar="PUBLIC",
    help=Text("an admin's public signing key", "管理员的签名公钥（ssh-ed25519）"),
)
@option(
    "--replace",
    is_flag=True,
    help=Text("--key takes the place of the old ones", "--key 替换原有公钥"),
)
@option(
    "--lost",
    is_flag=True,
    help=Text(
        "exposure: only by keys that were replaced since",
        "exposure：只看已被更换的旧密钥能打开什么",
    ),
)
@option("--yes", is_flag=True, help=Text("sign without asking", "签名前不询问"))
def run(
    context: Context,
    action: str,
    words: tuple[str, ...],
    role: str | None,
    keys: tuple[str, ...],
    email: str | None,
    signing: str | None,
    replace: bool,
    lost: bool,
    yes: bool,
) -> None:
    """See or change who works here."""
    from textcrm.cli import exposed, membership
    from textcrm.members.people import Wish

    wish = Wish(role, keys, email, signing, replace)
    actions: dict[str, tuple[range, Text, Callable[[], None]]] = {
        "add": (
            range(1, 2),
            Text("NAME", "姓名"),
            lambda: membership.add(context, words[0], wish),
        ),
        "remove": (
            range(1, 2),
            Text("NAME", "姓名"),
            lambda: membership.remove(context, words[0]),
        ),
        "replace-key": (
            range(2, 3),
            Text("NAME PUBLIC", "姓名 新公钥"),
            lambda: membership.replace_key(context, words[0], words[1]),
        ),
        "role": (
            range(2, 3),
            Text("NAME ROLE", "姓名 角色"),
            lambda: membership.role(context, words[0], words[1]),
        ),
        "list": (range(2), Text("[ID]", "[编号]"), lambda: membership.show(context, words[:1])),
        "exposure": (
            range(1, 2),
            Text("NAME", "姓名"),
            lambda: exposed.show(context, words[0], lost=lost),
        ),
        "trust": (
            range(2),
            Text("[SHA256:...]", "[SHA256:...]"),
            lambda: membership.trust(context, words[:1]),
        ),
        "sign": (range(1), Text("", ""), lambda: membership.sign(context, yes=yes)),
    }
    if action not in actions:
        raise Misuse(
            "unknown-action",
            Text("there is no “member {word}”", "没有 member {word} 这一操作"),
            hint=Text("member {known}", "可用：member {known}"),
            word=action,
            known=list(actions),
        )
    counts, wanted, work = actions[action]
    if len(words) not in counts:
        raise Misuse(
            "words-wrong",
            Text(
                "it is: textcrm member {action} {wanted}", "用法：textcrm member {action} {wanted}"
            ),
            hint=Text("see: textcrm member --help", "见 textcrm member --help"),
            action=action,
            wanted=wanted,
        )
    work()
