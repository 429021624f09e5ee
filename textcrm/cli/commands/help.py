"""textcrm help: topics that belong to no single command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textcrm.cli.frame import argument, command, option
from textcrm.cli.query_help import QUERY
from textcrm.errors import Misuse
from textcrm.text import Text

if TYPE_CHECKING:
    from textcrm.cli.context import Context

TOPICS: dict[str, Text] = {
    "exit-codes": Text(
        """0    done
1    nothing found, or check found problems
2    the words of the call are off
3    no key for a sealed value
4    no vault, or no such record
5    the record would be invalid; nothing was written
6    several records fit
7    conflict with somebody's change, or with an edit of yours
8    trust or integrity failure
9    git or the disk refused
70   a bug in textcrm
130  interrupted""",
        """0    完成
1    没有找到，或 check 发现问题
2    命令用法有误
3    没有解密所需的密钥
4    没有客户库或没有该客户
5    记录将不合规，未写入
6    有多位客户符合
7    与他人的改动或本人未提交的改动冲突
8    信任或完整性检查失败
9    git 或磁盘出错
70   textcrm 的程序错误
130  被中断""",
    ),
    "dates": Text(
        """Dates are stored as 2026-05-01. They may be said as:
today, yesterday, tomorrow, in 3 days, 2 weeks ago, next friday, end of month,
2026-05-01, 2026/5/1, 1 May 2026, 今天, 3天后, 下周三, 月底, 2026年5月1日.
What may mean two days (05/01/2026) is refused.""",
        """日期统一存为 2026-05-01。可以这样说：
今天、昨天、3天后、两周前、下周三、月底、下个月1号、2026年5月1日、6月10日、
2026-05-01、2026/5/1，以及 today、tomorrow、next friday、in 3 days。
有歧义的写法（如 05/01/2026）会被拒绝。""",
    ),
    "query": QUERY,
    "environment": Text(
        """TEXTCRM_VAULT   the vault, where -C is not given
TEXTCRM_LANG    zh or en
TEXTCRM_PAGER   the pager (else PAGER, else less)
VISUAL, EDITOR  the editor of textcrm edit
NO_COLOR        no colour
TEXTCRM_DEBUG   1 shows the traceback of a bug""",
        """TEXTCRM_VAULT   未用 -C 时的客户库目录
TEXTCRM_LANG    zh 或 en
TEXTCRM_PAGER   分页程序（其次 PAGER、less）
VISUAL、EDITOR  textcrm edit 使用的编辑器
NO_COLOR        不使用颜色
TEXTCRM_DEBUG   设为 1 时显示程序错误的详情""",
    ),
    "paths": Text(
        """A path names a place in a record: names, item ids and indexes joined by / or .
status                            a field; also by its label: 状态
contacts/0/phones/0/number        the first number of the first contact
contacts/k3f9x/title              the contact whose id is k3f9x
contacts/+/name                   a new contact
phone, email, city                short for the first one there is; an entry of
                                  the past (a contact, a purchase) is named by its id""",
        """路径指明记录中的位置，由字段名、条目编号、序号用 / 或 . 连接：
状态                              字段，也可写英文名 status
contacts/0/phones/0/number        第一位联系人的第一个号码
contacts/k3f9x/title              编号为 k3f9x 的联系人的职务
contacts/+/name                   新增一位联系人
电话、邮箱、城市                    简写，指第一个；
                                  已有的跟进、购买等记录须写明条目编号""",
    ),
}


@command(
    "help",
    help=Text(
        "Read about a topic: exit-codes, dates, query, fields, environment, paths.",
        "专题帮助：exit-codes 退出码、dates 日期、query 查询、fields 字段、environment 环境变量、paths 路径。",
    ),
    examples=[
        (Text("the query language", "查询语法"), "textcrm help query"),
        (Text("every field by name", "全部字段名"), "textcrm help fields"),
        (Text("exit codes", "退出码"), "textcrm help exit-codes"),
        (
            Text("all of it as a manual page", "以手册页阅读全部说明"),
            "textcrm help --man | man -l -",
        ),
    ],
)
@argument("topic", required=False, help=Text("a topic or a command", "专题或命令"))
@option("--man", is_flag=True, help=Text("the manual page, for man", "输出供 man 阅读的手册页"))
def run(context: Context, topic: str | None, man: bool) -> None:
    """Read about a topic."""
    from textcrm.cli.main import COMMANDS, manual

    if man:
        if topic is not None:
            raise Misuse(
                "options-clash",
                Text(
                    "--man is the whole manual; it takes no topic", "--man 输出整本手册，不接专题"
                ),
                hint=Text("textcrm help {topic}", "textcrm help {topic}"),
                topic=topic,
            )
        context.out.plain(manual(context.language))
    elif topic in COMMANDS:
        context.run_again([str(topic), "--help"])
    elif topic == "fields":
        from textcrm.cli.fields import print_fields

        print_fields(context)
    elif topic in TOPICS:
        context.out.line(TOPICS[topic].say(context.language))
    elif topic is None:
        context.run_again(["--help"])
        context.say(Text("Topics: {topics}", "专题：{topics}"), topics=[*TOPICS, "fields"])
    else:
        raise Misuse(
            "unknown-topic",
            Text("there is no topic “{topic}”", "没有专题“{topic}”"),
            hint=Text("topics: {topics}", "可用专题：{topics}"),
            topic=topic,
            topics=[*TOPICS, "fields"],
        )
