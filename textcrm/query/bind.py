"""Binding: from a tree of words to one that knows the schema, the views, the day and the person."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from textcrm.query import clauses, grammar, nodes
from textcrm.query.fold import digits_of, fold_word, phone_fragment
from textcrm.query.mistakes import LITERALLY, mistake, nearest, quote, short
from textcrm.query.names import MAPPINGS, names_of
from textcrm.query.terms import SEPARATORS, Digits, Term
from textcrm.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from textcrm.query.names import Target
    from textcrm.query.nodes import Bound
    from textcrm.schema import Field, Schema

_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_MOST_TERMS: Final = 1000  # words and clauses once every view is opened


class Setting:
    """What a query is read against: schema, views, day, person, the people's names by id."""

    def __init__(
        self,
        schema: Schema,
        views: Mapping[str, str],
        today: dt.date,
        me: str | None,
        people: Mapping[str, str] | Callable[[], Mapping[str, str]],
    ) -> None:
        self.schema = schema
        self.names = names_of(schema)
        self.views = {fold_word(name): (name, text) for name, text in views.items()}
        self.today = today
        self.me = me
        self._people = people

    @cached_property
    def people(self) -> Mapping[str, str]:
        """The people's names by id."""
        return self._people() if callable(self._people) else self._people


class Binder:
    """Binds one query text; views are bound by binders of their own, below it."""

    def __init__(self, setting: Setting, text: str, above: tuple[str, ...] = ()) -> None:
        self.setting = setting
        self.text = text
        self.above = above
        self.within: Field | None = None
        self.positive = True
        self.terms: list[Term] = []
        self.sealed: list[Target] = []
        self.names_archived = False
        self.count = 0

    def bind(self, node: grammar.Node) -> Bound:
        """Bind a node. Raises Misuse (query-syntax)."""
        if isinstance(node, grammar.All):
            return self._every(node.nodes)
        if isinstance(node, grammar.AnyOf):
            return nodes.Some(tuple(self.bind(each) for each in node.nodes))
        if isinstance(node, grammar.Not):
            return self._not(node.node)
        self.count += 1
        if isinstance(node, grammar.Word):
            return self._word(node)
        if isinstance(node, grammar.View):
            return self._view(node)
        if isinstance(node, grammar.Call):
            return self._call(node)
        return self._clause(node)

    def _not(self, node: grammar.Node) -> Bound:
        self.positive = not self.positive
        bound = nodes.NoneOf(self.bind(node))
        self.positive = not self.positive
        return bound

    def _every(self, parts: tuple[grammar.Node, ...]) -> Bound:
        """Bind words side by side; a phone number typed in groups is one number too."""
        bound: list[Bound] = []
        place = 0
        while place < len(parts):
            end = place
            while end < len(parts) and _is_group(parts[end]):
                end += 1
            whole = self._number(parts[place:end])
            if whole is None:
                bound.append(self.bind(parts[place]))
                place += 1
                continue
            bound.append(nodes.Some((whole, nodes.Every(tuple(map(self.bind, parts[place:end]))))))
            place = end
        return nodes.Every(tuple(bound))

    def _number(self, groups: tuple[grammar.Node, ...]) -> Bound | None:
        raw = " ".join(group.text for group in groups if isinstance(group, grammar.Word))
        if len(groups) < 2 or len(digits := phone_fragment(raw) or "") < 7:
            return None
        term = Digits(raw, digits)
        self._keep(term)
        return nodes.Found(term)

    def _keep(self, term: Term) -> None:
        if self.positive and self.within is None:
            self.terms.append(term)

    def _word(self, node: grammar.Word) -> Bound:
        if node.quoted:
            return self._found(Term(node.text, phrase=True))
        text = node.text
        for mark in SEPARATORS:
            text = text.replace(mark, " ")
        words = text.split() or [node.text]
        found = tuple(self._found(Term(word)) for word in words)
        return found[0] if len(found) == 1 else nodes.Every(found)

    def _found(self, term: Term) -> Bound:
        self._keep(term)
        return nodes.Found(term)

    def _view(self, node: grammar.View) -> Bound:
        setting = self.setting
        word = fold_word(node.name)
        if word not in setting.views and _DOMAIN.fullmatch(node.name):  # of an e-mail address
            return self._word(grammar.Word("@" + node.name, node.position, quoted=True))
        if word not in setting.views:
            raise self._no_view(node)
        name, text = setting.views[word]
        if word in self.above or len(self.above) >= grammar.DEEPEST:
            raise mistake(
                self.text,
                node.position,
                "view-cycle",
                Text("the view @{view} leads back to itself", "视图 @{view} 循环引用了自身"),
                Text("mend it in textcrm.yaml, under views", "请在 textcrm.yaml 的 views 中修正"),
                view=name,
            )
        inner = Binder(setting, text, (*self.above, word))
        inner.positive, inner.within, inner.count = self.positive, self.within, self.count
        tree = grammar.read(text)
        bound = inner.bind(tree) if tree else nodes.Anything()
        self.terms += inner.terms
        self.sealed += inner.sealed
        self.names_archived |= inner.names_archived
        self.count = inner.count
        if self.count > _MOST_TERMS:
            raise mistake(
                self.text,
                node.position,
                "too-many-terms",
                Text(
                    "the views together have more than {limit} words",
                    "视图展开后超过 {limit} 个词",
                ),
                limit=_MOST_TERMS,
            )
        return bound

    def _no_view(self, node: grammar.View) -> Exception:
        close = nearest(node.name, [name for name, _ in self.setting.views.values()])
        return mistake(
            self.text,
            node.position,
            "unknown-view",
            Text("there is no view @{view}", "没有名为 @{view} 的视图"),
            Text("did you mean @{suggestion}?", "是不是 @{suggestion}？")
            if close
            else Text(
                "views are in textcrm.yaml; put what is meant literally in quotes: {quoted}",
                "视图保存在 textcrm.yaml 的 views 中；如果要按原文查找，请加引号：{quoted}",
            ),
            view=short(node.name),
            suggestion=close,
            quoted=quote(short("@" + node.name)),
        )

    def _call(self, node: grammar.Call) -> Bound:
        """``name(...)``: within one item where the name is a list, else a word and a group."""
        targets = self.setting.names.find(node.name, self.within)
        field = targets[0].field if targets else None
        if field is None or field.kind not in MAPPINGS:
            word = self._word(grammar.Word(node.name, node.position))
            return nodes.Every((word, self.bind(node.node)))
        outer, self.within = self.within, field
        inner = self.bind(node.node)
        self.within = outer
        return nodes.Item(targets[0].path, inner)

    def _clause(self, node: grammar.Clause) -> Bound:
        word = fold_word(node.name)
        if node.word is None and self.within is None and word in clauses.WORDS:
            return self._presence(node, word)
        targets = self.setting.names.find(node.name, self.within)
        if not targets:
            if node.word is not None:
                return self._word(node.word)
            raise self.unknown(node.name, node.position)
        if self.within is None and targets[0].path == ("archived",):
            self.names_archived = True
        bound = clauses.bind(self, node, targets)
        # Whether something is there (field:*) can be seen of a sealed value, too.
        if (node.value != "*" or node.quoted) and all(target.is_sealed for target in targets):
            self.sealed += targets
        return bound

    def _presence(self, node: grammar.Clause, word: str) -> Bound:
        """``has:`` ``no:`` ``is:``."""
        value = node.value.strip()
        if clauses.WORDS[word] == "is" and fold_word(value) in clauses.POOL:
            return nodes.NoneOf(nodes.Filled(self.setting.names.find("owner")))
        targets = self.setting.names.find(value)
        if not targets:
            raise self.unknown(value, node.value_position)
        if targets[0].path == ("archived",):
            self.names_archived = True
        filled = nodes.Filled(targets)
        if clauses.WORDS[word] == "is" and not clauses.is_state(targets[0].field):
            raise clauses.no_state(self, node)
        return nodes.NoneOf(filled) if clauses.WORDS[word] == "no" else filled

    def unknown(self, name: str, position: int) -> Exception:
        """The mistake of a field that is not there."""
        close = nearest(name, self.setting.names.known(self.within))
        data = {"field": short(name), "suggestion": close, "quoted": quote(short(name + ":…"))}
        message = Text("there is no field “{field}”", "没有“{field}”这个字段")
        hint = Text("did you mean {suggestion}?", "是不是“{suggestion}”？") if close else LITERALLY
        return mistake(self.text, position, "unknown-field", message, hint, **data)


def _is_group(node: grammar.Node) -> bool:
    """Whether a word may be a part of a phone number typed with spaces."""
    return (
        isinstance(node, grammar.Word)
        and not node.quoted
        and len(node.text) <= 16
        and bool(digits_of(node.text))
        and all(char in "+-().0123456789" for char in node.text)
    )
