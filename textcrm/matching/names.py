"""Names of customers as they are compared: what is no part of the name itself is set apart."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from textcrm.normalize.address import parse_address
from textcrm.normalize.regions import regions
from textcrm.query.fold import fold, has_cjk

_SUFFIX: Final = re.compile(
    r"(?:(?:集团)?(?:股份)?(?:有限责任|有限|股份|无限责任)?(?:总公司|分公司|子公司|公司)"
    r"|(?:有限|普通|特殊普通)合伙(?:企业)?|(?<=.)(?:集团|股份|个体工商户|个体户|农民专业合作社|合作社))+$"
)
_BRANCH: Final = re.compile(r"公司(.{1,12}?(?:分公司|办事处|分店|分部|分行|支行|门店|店|厂))$")
_LATIN_SUFFIX: Final = re.compile(
    r"(?:[\s,.&]+(?:incorporated|inc|limited|ltd|co|corp|corporation|company|llc|llp|plc|gmbh|ag|"
    r"kg|sa|sas|sarl|srl|spa|bv|nv|ab|oy|as|pty|pte|sdn|bhd|kk|the|and))+\.?$"
)
_LATIN_PREFIX: Final = re.compile(r"^(?:the)\s+")
_BRACKETED: Final = re.compile(r"[(\[【〔「<《]([^()\[\]【】〔〕「」<>《》]*)[)\]】〕」>》]")
_TRADE: Final = re.compile(
    r"(?:"
    r"科技|技术|信息|网络|软件|电子|商务|商贸|贸易|进出口|实业|工业|企业"
    r"|产业|发展|开发|投资|控股|管理|咨询|服务|顾问|文化|传媒|传播|广告"
    r"|影视|设计|策划|艺术|教育|培训|食品|餐饮|酒店|酒业|饮料|农业|生物"
    r"|医药|药业|医疗|器械|健康|化工|材料|新材料|能源|新能源|环保|电力|电气"
    r"|电器|机械|机电|设备|装备|制造|自动化|智能|汽车|配件|零部件|建筑|建设"
    r"|工程|装饰|装修|建材|家具|家居|家电|房地产|置业|物业|物流|运输|货运"
    r"|快递|供应链|服饰|服装|纺织|鞋业|皮具|印刷|包装|五金|塑料|塑胶|橡胶"
    r"|玻璃|陶瓷|钢铁|金属|矿业|石油|化妆品|日用品|百货|超市|连锁|零售|批发"
    r"|销售|营销|金融|保险|证券|租赁|担保|资产|财务|会计师|律师|事务所|旅游"
    r"|旅行社|国际|国内|中国|集团|股份|数码|通信|通讯|数据|系统|集成|光电"
    r"|半导体|仪器|仪表|工贸|经贸|商业|商行|经营部|工作室|中心|研究院|研究所"
    r"|厂|店|行|部"
    r")$"
)
_NOT_LETTERS: Final = re.compile(r"[\W_]+")


class Name(NamedTuple):
    """A name set apart: ``core`` is what distinguishes it, folded, without spaces.

    ``regions`` are the codes of the places that it names, from the province down, ``organization``
    says whether a legal form was taken off, ``branch`` names a part of the whole, ``trade`` are the
    words at the end of the core that thousands share (科技, 电子商务).
    """

    core: str
    regions: tuple[str, ...]
    organization: bool
    branch: str
    trade: str = ""

    @property
    def brand(self) -> str:
        """The core without the words for its trade: 云栖 of 云栖科技."""
        return self.core.removesuffix(self.trade)


def core_of(text: str) -> str:
    """What distinguishes a name: ``（杭州）云栖科技有限公司`` and ``雲棲科技`` give one."""
    return parse_name(text).core


@lru_cache(maxsize=65536)
def parse_name(text: str) -> Name:
    """Set a name apart. A name that is nothing but a place or a form keeps it as its core."""
    folded = fold(text)
    if not has_cjk(folded):
        return _latin(folded)
    word = "".join(folded.split())
    places: list[str] = []
    word, kept = _unbracketed(word, places)
    branch = ""
    if match := _BRANCH.search(word):
        branch, word = match[1], word[: match.start(1)]
    core = _SUFFIX.sub("", word)
    organization = core != word
    core, own = _without_place(core or word)
    places[:0] = own
    core = _NOT_LETTERS.sub("", core + kept) or _NOT_LETTERS.sub("", word) or word
    return Name(core, tuple(dict.fromkeys(places)), organization, branch, _trade(core))


def _trade(core: str) -> str:
    """The words for a trade at the end of a core, where two characters are left before them."""
    end = len(core)
    while match := _TRADE.search(core, 0, end):
        if match.start() < 2:
            break
        end = match.start()
    return core[end:]


def _latin(folded: str) -> Name:
    word = _LATIN_PREFIX.sub("", _BRACKETED.sub(" ", folded).strip(" .,"))
    core = _LATIN_SUFFIX.sub("", word)
    organization = core != word
    core = " ".join(_NOT_LETTERS.sub(" ", core or word).split())
    return Name(core or folded, (), organization, "")


def _unbracketed(word: str, places: list[str]) -> tuple[str, str]:
    """Take out what stands in brackets: a place is noted, anything else stays part of the name."""
    kept: list[str] = []

    def take(match: re.Match[str]) -> str:
        code, rest = place_at(match[1])
        if code and not rest:
            places.extend(_levels(code))
        elif not _SUFFIX.fullmatch(match[1]):
            kept.append(match[1])
        return ""

    rest = _BRACKETED.sub(take, word)
    return (rest, "".join(kept)) if _NOT_LETTERS.sub("", rest) else (word, "")


def _without_place(word: str) -> tuple[str, list[str]]:
    """Take a place off the front, where something is left after it."""
    code, rest = place_at(word)
    return (rest, _levels(code)) if code and len(rest) >= 2 else (word, [])


@lru_cache(maxsize=65536)
def place_at(word: str) -> tuple[str, str]:
    """The code (GB/T 2260) of the place that a text begins with, and what follows it."""
    parts = parse_address(word)
    return parts.get("region_code", ""), parts.get("street", "")


def _levels(code: str) -> list[str]:
    """The codes of a place from its province down."""
    region = regions().by_code.get(code)
    return [one.code for one in region.path] if region else [code]
