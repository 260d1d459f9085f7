"""The query language of topics: `(troops OR soldiers) NEAR/8 (deploy OR send) AND NOT film`. docs/queries.md tells it to people.

text --parse--> Query --gate--> the terms of which one must occur --Asked (`monitor.topics.ask`)--> mentions
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias, cast

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedToken, VisitError

from monitor.errors import QueryUnreadable

GRAMMAR: Final = r"""
?start: any_of
?any_of: all_of (_OR all_of)*
?all_of: _operand (_AND _operand)*
_operand: not_ | near | _atom
not_: NOT _operand
near: (near | _atom) NEAR _atom
_atom: term | "(" any_of ")"
term: PHRASE | WORD

PHRASE.2: /["“”„][^"“”„]*["“”„]/
NOT.3: /NOT(?![^\s()"“”„])/
NEAR.3: /NEAR(\/\d+)?(?![^\s()"“”„])/
_OR.3: /OR(?![^\s()"“”„])/
_AND.3: /AND(?![^\s()"“”„])/
WORD.1: /[^\s()"“”„]+/
%import common.WS
%ignore WS
"""
"""Binds from loose to tight: OR, AND, NOT, NEAR."""
FARTHEST: Final = 100
"""The most words that NEAR may span; what is farther apart is not near."""
_SHORTEST_PREFIX: Final = 2
_DEEPEST: Final = 100


@dataclass(frozen=True, slots=True)
class Term:
    """A word in all its forms, an exact phrase, or the beginning of words. start: its offset in the query."""

    written: str
    words: str
    start: int
    exact: bool = False
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the parts."""

    parts: tuple[Query, ...]
    start: int


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of the parts."""

    parts: tuple[Query, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Not:
    """Not the part."""

    part: Query
    start: int


@dataclass(frozen=True, slots=True)
class Near:
    """Both parts, in either order, in one paragraph, with at most `between` words between them."""

    left: Query
    right: Query
    between: int
    start: int


Query: TypeAlias = Term | AnyOf | AllOf | Not | Near


def parse(text: str) -> Query:
    """The query. Raises QueryUnreadable, which names the place in the text, what was expected, and what to write."""
    try:
        query = _Build().transform(_parser().parse(text))
        too_deep = _depth(query) > _DEEPEST
    except RecursionError:
        too_deep = True
    except UnexpectedCharacters as error:  # everything but an opening quote without its end is some token
        at = error.pos_in_stream or 0
        raise QueryUnreadable(text, at, "a quote is opened here and never closed", f'write {text[at:]}"') from error
    except UnexpectedToken as error:
        raise _unexpected(text, error) from error
    except VisitError as error:
        if isinstance(error.orig_exc, _Refused):
            raise error.orig_exc.in_text(text) from error
        raise
    if too_deep:
        raise QueryUnreadable(text, 0, "the query is nested too deeply", "use fewer brackets in each other")
    if gate(query) is None:
        fix = "say what is looked for, and behind AND NOT what is not, such as troops AND NOT film"
        raise QueryUnreadable(text, _without_gate(query), "this matches texts in which nothing was found", fix)
    return query


def gate(query: Query) -> frozenset[Term] | None:
    """Terms of which at least one occurs wherever the query matches; None where it matches without any.

    Of the parts of AND and NEAR the rarest is chosen, and long terms are taken for rare.
    """
    match query:
        case Term():
            return frozenset({query})
        case AnyOf():
            gates = [gate(part) for part in query.parts]
            return frozenset().union(*(one for one in gates if one is not None)) if all(gates) else None
        case AllOf():
            return _rarest(*(gate(part) for part in query.parts))
        case Near():
            return _rarest(gate(query.left), gate(query.right))
        case Not():
            return None


def terms(query: Query) -> frozenset[Term]:
    """Every term of the query."""
    if isinstance(query, Term):
        return frozenset({query})
    return frozenset().union(*(terms(part) for part in parts_of(query)))


def parts_of(query: Query) -> tuple[Query, ...]:
    """What the query is directly made of."""
    match query:
        case Term():
            return ()
        case AnyOf() | AllOf():
            return query.parts
        case Near():
            return (query.left, query.right)
        case Not():
            return (query.part,)


def _depth(query: Query) -> int:
    return 1 + max((_depth(part) for part in parts_of(query)), default=0)


def _rarest(*gates: frozenset[Term] | None) -> frozenset[Term] | None:
    known = [one for one in gates if one is not None]
    return max(known, key=lambda one: (min(len(term.words) for term in one), -len(one)), default=None)


def _without_gate(query: Query) -> int:
    """Where the part stands that needs nothing to be found."""
    if isinstance(query, AnyOf):
        return next(_without_gate(part) for part in query.parts if gate(part) is None)
    return query.start


class _Refused(Exception):
    """Travels through lark, which does not hand on the text."""

    def __init__(self, at: int, message: str, fix: str | None = None) -> None:
        super().__init__(message)
        self.at, self.message, self.fix = at, message, fix

    def in_text(self, text: str) -> QueryUnreadable:
        return QueryUnreadable(text, self.at, self.message, self.fix)


class _Build(Transformer[Token, Query]):
    """Syntax tree to Query."""

    def term(self, children: list[Token]) -> Term:
        token = children[0]
        written, start = str(token), token.start_pos or 0
        if token.type == "PHRASE":
            written, start = written[1:-1].strip(), start + 1
        words = written.removesuffix("*")
        if not any(letter.isalnum() for letter in words):
            raise _Refused(start, "a word was expected here", "write a word, or take this out")
        if "*" in words:
            before = words[: words.index("*")]
            fix = f"write {before}*" if before else "take it away"
            raise _Refused(start + len(before), "a * can stand only at the end of a word", fix)
        prefix = written.endswith("*")
        if prefix and len(words.split()[-1]) < _SHORTEST_PREFIX:
            raise _Refused(start, f"at least {_SHORTEST_PREFIX} letters are needed before a *", "write more of the word")
        return Term(str(token), words, token.start_pos or 0, exact=token.type == "PHRASE" or prefix, prefix=prefix)

    def any_of(self, parts: list[Query]) -> AnyOf:
        return AnyOf(tuple(parts), parts[0].start)

    def all_of(self, parts: list[Query]) -> AllOf:
        return AllOf(tuple(parts), parts[0].start)

    def not_(self, children: list[Token | Query]) -> Not:
        token, part = cast(tuple[Token, Query], children)
        return Not(part, token.start_pos or 0)

    def near(self, children: list[Token | Query]) -> Near:
        left, token, right = cast(tuple[Query, Token, Query], children)
        _, _, number = token.partition("/")
        at = token.start_pos or 0
        if not number:
            raise _Refused(at, "NEAR does not say how near", "write the most words that may stand between, such as NEAR/8")
        if int(number) > FARTHEST:
            raise _Refused(at, f"NEAR/{number} is not near", f"write at most NEAR/{FARTHEST}, or AND")
        for part in (left, right):
            if (wrong := _no_place(part)) is not None:
                raise _Refused(
                    wrong, "words, phrases and OR were expected beside NEAR, not AND or NOT", "move it out of the brackets"
                )
        return Near(left, right, int(number), left.start)


def _no_place(query: Query) -> int | None:
    """Where in an operand of NEAR something begins that has no place in the text of its own."""
    match query:
        case Term() | Near():
            return None
        case AnyOf():
            return next((at for part in query.parts if (at := _no_place(part)) is not None), None)
        case _:
            return query.start


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer="basic", maybe_placeholders=False)


def _unexpected(text: str, error: UnexpectedToken) -> QueryUnreadable:
    """What lark found in the wrong place, in words."""
    token = error.token
    ended = token.type == "$END"
    at = len(text.rstrip()) if ended else token.start_pos or 0
    found = "the query ends here" if ended else f"{token} stands here"
    if "WORD" in error.accepts:  # an operand was expected
        fix = {"RPAR": "take it out, or write what belongs into the brackets", "NEAR": "write a word before it"}.get(token.type)
        return QueryUnreadable(text, at, f"a word, a phrase in quotes or ( was expected, but {found}", fix)
    if ended:
        return QueryUnreadable(text, _open_bracket(text), "this ( is never closed", "write a ) where it ends")
    if token.type == "RPAR":
        return QueryUnreadable(text, at, "there is no ( for this )", "take it out, or write the ( where it begins")
    return QueryUnreadable(text, at, f"AND, OR, NEAR/n or the end was expected, but {found}", _operator_meant(token))


def _operator_meant(token: Token) -> str:
    upper = str(token).upper()
    if token.type == "NOT":
        return "write AND NOT"
    if upper in {"AND", "OR", "NOT"} or upper.startswith("NEAR"):
        return "write operators in capitals: AND, OR, AND NOT, NEAR/8"
    return 'put words that belong together in quotes, such as "red line", or write an operator between them'


def _open_bracket(text: str) -> int:
    """The last ( outside quotes that nothing closes."""
    open_at = []
    for token in _parser().lex(text):
        if token.type == "LPAR":
            open_at.append(token.start_pos or 0)
        elif token.type == "RPAR" and open_at:
            open_at.pop()
    return open_at[-1] if open_at else 0
