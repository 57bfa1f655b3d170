"""Secrets that people wrote into bodies, queries, defaults and comments: masked before anything else.

What the server can leave out it does (`secrets.py`, `foreign_options.py`). A function's body comes as a
whole; here the password of a connection string in it is replaced by a mark, and a gap says where. The
patterns are narrow, for what is masked is lost to `schema.sql`: a literal in a place that only a secret can
have.
"""

from __future__ import annotations

import functools
import itertools
import re
import string
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from pgdossier.model.columns import Column
from pgdossier.model.constraints import Check, Exclusion, ForeignKey, Key, NotNull
from pgdossier.model.indexes import Index, IndexKey
from pgdossier.model.masking import MASK
from pgdossier.model.names import QualifiedName
from pgdossier.model.operation import Operation
from pgdossier.model.parts import Part, by_kind, each, parts, texts, within
from pgdossier.model.privileges import Grant
from pgdossier.model.scope import Gap
from pgdossier.model.snapshot import Structure

T = TypeVar("T")
M = TypeVar("M", bound=msgspec.Struct)

# Nothing is looked at more closely that has none of these.
_HINT = re.compile(
    r"passw|passphrase|pwd|secret|token|(?:api|access|account)[ _-]?key|private[ _]key|://|authorization"
    r"|bearer\s|basic\s|pgp_(?:sym|pub)|(?:en|de)crypt|set_config|credential|\bcrypt|hmac|identified\s|_pass\b|\b(?:pass|pw)\b|curl|mysql"
    r"|AKIA|ASIA|sk_live|sk-|gh[pousr]_|github_pat_|glpat-|npm_|xox[abprs]-|AIza|eyJ|\bSG\.",
    re.IGNORECASE,
)

# Where it matches, one of these is in the text in lower case. To look for them one after the other in all
# names and texts of a database takes a tenth of what the pattern takes, and most databases have few of them.
# Those of the first line are keys that say what they are, of letters, digits and underscores alone: only they
# can be in a name that has no other signs.
_WORDS_OF_NAMES = (
    "akia",
    "asia",
    "sk_live",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "npm_",
    "aiza",
)
_WORDS = (
    *_WORDS_OF_NAMES,
    *(
        f"{kind}{between}key"
        for kind in ("api", "access", "account", "private")
        for between in ("", " ", "_", "-")
    ),
    *("pass", "pw", "secret", "token", "credential", "authorization", "bearer", "basic", "identified"),
    *("://", "pgp_sym", "pgp_pub", "crypt", "hmac", "set_config", "curl", "mysql"),
    *("sk-", "glpat-", "xox", "eyj", "sg."),
)
_AT_ONCE = 256

# What the running server counts for each table, index and sequence.
_NAMES_AND_NUMBERS = frozenset(("tables", "indexes", "sequences"))

# One quote as it stands in a body that is text itself, and in text in that text; an opening one.
_QUOTE = r"'{1,8}"
_OPENING = rf"E?{_QUOTE}"
_VALUE = r"(?:[^\s'\"\\;,)|&]|\\.)+"
# A value of a connection string, in quotes of its own or not, and what stands between two pairs of it.
_ANY_VALUE = rf"(?:{_QUOTE}[^'|]*{_QUOTE}|{_VALUE})"
_BETWEEN = r"(?:\s+|\s*;\s*)"
_KEYS = (
    r"host|hostaddr|port|dbname|user|username|uid|service|sslmode|server|database|driver|data source"
    r"|application_name|connect_timeout|options|user id|initial catalog|accountname|endpointsuffix"
)
_PASSWORD = r"(?:ssl)?password|passwd|pwd|passphrase|accountkey|sharedaccesskey"  # noqa: S105 - a pattern, not a password
# A name that is the secret itself: it ends with the word for one.
_NAME = (
    r"\w*(?:password|passwd|pwd|passphrase|secret|secret_?key|api_?key|access_?key|private_?key"
    r"|auth_?token|access_?token|bearer)"
)
# … also of a variable, where the word alone would say too little.
_VARIABLE = rf"(?:{_NAME}|\w*_(?:token|pass|pw)|token|pass|pw)"
# What a literal begins with that is a value, and not what stands between two that are joined or cast.
_BEGIN = r"(?!::)[^'%\s|,;)]"
# A word as no prose has it.
_MIXED = r"(?=[^\s']*\d)(?=[^\s']*(?-i:[a-z]))(?=[^\s']*(?-i:[A-Z]))[^\s'\",;)]{8,}"

_PATTERNS: tuple[tuple[str, ...], ...] = (
    # 'password=' || 'value', which deparsed has casts.
    (
        rf"(?P<before>(?:{_PASSWORD})\s*=\s*{_QUOTE}(?:::[\w. ]+)?\)?\s*\|\|\s*\(?E?'+)",
        r"(?P<secret>[^']+)(?=')",
    ),
    # URL: scheme://user:password@host, anything up to the last @ before a space or a quote.
    (r"(?P<before>\b[a-z][a-z0-9+.-]{0,40}://[^\s:/@'\"]{0,200}:)", r"(?P<secret>[^\s'\"/]+)(?=@)"),
    # … and a parameter of a URL.
    (rf"(?P<before>[?&](?:{_NAME}|token|key|sig)=)", r"(?P<secret>[^\s&'\"#]+)"),
    # Connection string, after another pair of one …
    (
        rf"(?P<before>\b(?:{_KEYS})\s*=\s*{_ANY_VALUE}{_BETWEEN}",
        rf"(?:\w[\w ]{{0,40}}=(?:{_ANY_VALUE})?{_BETWEEN}){{0,30}}?(?:{_PASSWORD})\s*=\s*)",
        rf"(?P<secret>{_QUOTE}(?!\s*,)[^'|]+{_QUOTE}|{_VALUE})",
    ),
    # … or before one …
    (
        rf"(?P<before>(?<![\w.])(?:{_PASSWORD})\s*=\s*)(?P<secret>{_QUOTE}(?!\|)[^'\s=]+{_QUOTE}|{_VALUE})",
        rf"(?={_BETWEEN}(?:{_KEYS})\s*=)",
    ),
    # … or right at the beginning of a text.
    (rf"(?P<before>'\s*(?:{_PASSWORD})\s*=\s*)", rf"(?P<secret>{_VALUE})"),
    # … or in pieces: concat('… password=', 'x').
    (rf"(?P<before>(?:{_PASSWORD})\s*=\s*{_QUOTE}\s*,\s*{_OPENING})", rf"(?P<secret>{_BEGIN}[^']*)(?=')"),
    # PASSWORD 'x' of CREATE ROLE, and password 'x' of OPTIONS.
    (rf"(?P<before>\b(?:{_NAME}|identified\s+by)\s+{_OPENING})", r"(?P<secret>[^'%\s][^']*)(?=')"),
    (r"(?P<before>\bpassword\s+(?P<tag>\$\w*\$))", r"(?P<secret>[^$]+)(?=\$)"),
    # A comparison with, or an argument called by, that name: password = 'x', secret_key => 'x'. No path.
    (
        rf"(?P<before>(?<!/)\b(?:{_NAME})\"?\)?(?:::[\w ]+(?:\(\d+\))?)?\)?\s*",
        r"(?:=>|=|<>|!=|\bis\s+(?:not\s+)?distinct\s+from\b)",
        rf"\s*\(?{_OPENING})(?P<secret>{_BEGIN}[^']{{3,}})(?=')",
    ),
    (
        rf"(?P<before>\bjsonb?_build_object\s*\([^;]{{0,400}}?'(?:{_NAME}|token)'(?:::\w+)?\s*,\s*{_OPENING})",
        rf"(?P<secret>{_BEGIN}[^']*)(?=')",
    ),
    # A variable or argument of that name that is given a value.
    (
        rf"(?P<before>\b(?:{_VARIABLE})",
        r"(?:\s+(?:constant\s+)?[\w. ]{1,80}?(?:\(\d+\))?(?:\s+not\s+null)?)?",
        rf"\s*(?::=|\bdefault\b)\s*\(?{_OPENING})",
        r"(?P<secret>[^'\s][^']*)(?=')",
    ),
    # A setting: set_config('x.secret', 'y', …), SET x.secret = 'y', SET x.secret TO 'y'.
    (
        rf"(?P<before>\bset_config\s*\(\s*{_QUOTE}[\w.]*(?:{_NAME}|token|key){_QUOTE}(?:::\w+)?\s*,",
        rf"\s*{_OPENING})(?P<secret>[^']+)(?=')",
    ),
    (
        rf"(?P<before>\bset\s+(?:local\s+|session\s+)?\"?[\w.\"]*(?:{_NAME}|token|credentials?)\"?\s*(?:=|\bto\b)",
        rf"\s*(?:{_OPENING})?)(?P<secret>(?!default\b)[^'\s;|(]+)(?=['\s;]|\Z)",
    ),
    # pgcrypto with a literal key, and what else takes a secret by its place.
    (
        rf"(?P<before>\bpgp_sym_(?:en|de)crypt(?:_bytea)?\s*\([^;]{{0,400}}?,\s*{_OPENING})",
        r"(?P<secret>[^'=]+)(?='+(?:::\w+)?\s*[,)])",
    ),
    (
        rf"(?P<before>\bpgp_pub_decrypt(?:_bytea)?\s*\([^;]{{0,400}}?,[^;]{{0,400}}?,\s*{_OPENING})",
        r"(?P<secret>[^'=]+)(?='+(?:::\w+)?\s*[,)])",
    ),
    (
        rf"(?P<before>(?<!_)\b(?:(?:en|de)crypt(?:_iv)?|hmac)\s*\([^;']{{0,400}}?,\s*{_OPENING})",
        r"(?P<secret>[^']+)(?='+(?:::\w+)?\s*,)",
    ),
    (
        rf"(?P<before>\bcreate_aws_credentials\s*\([^;)]{{0,200}}?,\s*{_OPENING})",
        r"(?P<secret>[^']+)(?=')",
    ),
    (rf"(?P<before>\b(?:crypt|create_secret)\s*\(\s*{_OPENING})", r"(?P<secret>[^'%\s][^']*)(?=')"),
    # Commands of a shell.
    (
        r"(?P<before>(?:(?<=['\";&])|\bexport\s+|(?m:^)\s*)(?-i:PG|[A-Z][A-Z0-9]*_[A-Z0-9_]*?)",
        r"(?-i:PASSWORD|PASSWD|PWD|SECRET|SECRET_KEY|ACCESS_KEY|TOKEN|API_KEY)=)",
        rf"(?P<secret>{_QUOTE}[^'|]+{_QUOTE}|\"[^\"]+\"|{_VALUE})",
    ),
    (
        r"(?P<before>(?<!\S)--[\w-]*(?:password|passwd|pwd|secret|token|api-?key|access-?key|secret-?key)=)",
        rf"(?P<secret>{_QUOTE}[^'|]+{_QUOTE}|{_VALUE})",
    ),
    (
        r"(?P<before>(?<!\S)--[\w-]*(?:password|passwd|pwd|secret|token|api-?key|access-?key|secret-?key)\s+)",
        rf"(?P<secret>(?=\S*\d){_VALUE})",
    ),
    (r"(?P<before>\bcurl\b[^'\n]{0,300}?\s(?:-u|--user)[ =]?\"?[^\s:'\"]+:)", rf"(?P<secret>{_VALUE})"),
    (r"(?P<before>\bmysql(?:dump)?\b[^'\n]{0,300}?\s-p)", r"(?P<secret>[^\s'\"]+)"),
    # The password is …, in words.
    (
        r"(?P<before>\b(?:password|passwd|pwd|passphrase|pw|(?:api|access|secret)[ _-]?key|token)",
        rf"(?:\s+is)?\s*[:=]?\s+)(?P<secret>{_MIXED})",
    ),
    # HTTP headers, and keys that say what they are.
    (
        r"(?P<before>'(?:authorization|api-?key|x-[\w-]*(?:token|secret|key))'(?:::\w+)?\s*,\s*'+",
        rf"(?:(?:basic|bearer|token|apikey)\s+)?)(?P<secret>{_BEGIN}[^'\s]{{3,}})(?=')",
    ),
    (
        r"(?P<before>\b(?:AKIA|ASIA)[0-9A-Z]{16}'+(?:::\w+)?\s*,\s*'+)",
        r"(?P<secret>[A-Za-z0-9/+=]{4,})(?=')",
    ),
    (r"(?P<before>\bhooks\.slack\.com/services/)", r"(?P<secret>[A-Za-z0-9/]{20,})"),
    (r"(?P<before>\b(?:bearer|basic)\s+)", r"(?P<secret>[A-Za-z0-9+/_.=-]{16,})"),
    (
        r"(?P<before>)(?P<secret>\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}|sk_live_[0-9A-Za-z]{16,}|sk-[\w-]{20,}",
        r"|gh[pousr]_[0-9A-Za-z]{30,}|github_pat_\w{22,}|glpat-[\w-]{20,}|npm_[0-9A-Za-z]{36}",
        r"|xox[abprs]-[0-9A-Za-z-]{10,}|AIza[\w-]{35}|SG\.[\w-]{16,}\.[\w-]{16,}",
        r"|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,})(?![\w-]))",
    ),
    (r"(?P<before>-----BEGIN [A-Z ]*PRIVATE KEY-----)", r"(?P<secret>[^-]{1,8000})(?=-----END)"),
)
# format('… password=%s …', …, 'x'): which of the values is the password is not looked at.
_FORMAT = (
    rf"(?P<before>\bformat\s*\(\s*{_OPENING}[^']*\b(?:{_PASSWORD})\s*=\s*%[^']*{_QUOTE}\s*,)",
    r"(?P<values>[^;)]{1,300})",
)
_VALUE_OF_FORMAT = re.compile(r"(?<=')(?P<before>)(?P<secret>[^'\s,|][^']*)(?=')")
# JSON and the like: "password": "x".
_JSON = (rf"(?P<before>\"(?:{_NAME}|token|authorization|x-api-key)\"\s*:\s*\")(?P<secret>[^\"]+)(?=\")",)
# A setting of a role, a database or a routine: name=value.
_SETTING = re.compile(rf"\A(?P<before>[\w.]*(?:{_NAME}|token|credentials?)=)(?P<secret>.+)\Z", re.IGNORECASE)
_LITERAL = re.compile(r"(?P<before>\A\(*E?')(?P<secret>(?:[^']|'')+)(?=')")
_SECRET_COLUMN = re.compile(
    r"(?:.*_)?(?:password|passwd|pwd|passphrase|secret|secret_?key|api_?key|private_?key|access_?token|auth_?token)\Z",
    re.IGNORECASE,
)
# Where a value is put in, or is none.
_PLACEHOLDER = re.compile(r"'*(?:%\S*|\$\d+|\{.*\}|<.*>|\*+|\?|:\w+|null|none|\.\.\.|…)'*", re.IGNORECASE)
_QUOTES_AROUND = re.compile(r"\A('+)(.*?)('+)\Z", re.DOTALL)


def without_secrets(text: str) -> str:
    """The text with a mark in place of every secret that it is seen to hold; mostly the text itself."""
    if _HINT.search(text) is None:
        return text
    for pattern in map(_compiled, (*_PATTERNS, _JSON)):
        text = pattern.sub(_masked, text)
    return _compiled(_FORMAT).sub(_format_masked, text)


@functools.cache
def _compiled(parts: tuple[str, ...]) -> re.Pattern[str]:
    """The pattern that consists of these: to compile all takes longer than a small database does."""
    return re.compile("".join(parts), re.IGNORECASE)


def _format_masked(match: re.Match[str]) -> str:
    return match["before"] + _VALUE_OF_FORMAT.sub(_masked, match["values"])


def _masked(match: re.Match[str]) -> str:
    secret = match["secret"]
    quoted = _QUOTES_AROUND.match(secret)
    inner = quoted[2] if quoted else secret
    if inner == MASK or _PLACEHOLDER.fullmatch(secret):
        return match[0]
    mark = f"{quoted[1]}{MASK}{quoted[3]}" if quoted else MASK
    return f"{match['before']}{mark}"


def masked_structure(structure: Structure) -> Structure:
    """The structure without secrets in texts; each object that lost one has a gap that names it."""
    walker = _Walker()
    found = walker.families(structure)
    if not walker.gaps:
        return found
    gaps = sorted({*found.gaps, *walker.gaps}, key=lambda gap: (gap.family, gap.reason))
    return msgspec.structs.replace(found, gaps=tuple(gaps))


def masked_operation(operation: Operation) -> Operation:
    """What the running server knows, without secrets in texts."""
    return _Walker(_NAMES_AND_NUMBERS).families(operation)


class _Walker:
    """Goes through model values; what holds no secret stays the object that it is."""

    def __init__(self, passed_over: frozenset[str] = frozenset()) -> None:
        self.gaps: set[Gap] = set()
        self._passed_over = passed_over

    def families(self, whole: M) -> M:
        """A model value whose fields are families of objects, or single ones."""
        changes: dict[str, Any] = {}
        for family in whole.__struct_fields__:
            if family in self._passed_over:
                continue
            value = getattr(whole, family)
            if isinstance(value, tuple):
                new = self._items(value, family)
                if new is not value:
                    changes[family] = new
            else:
                new = self.value(value, family, family)
                if new is not value:
                    changes[family] = new
        return msgspec.structs.replace(whole, **changes) if changes else whole

    def _items(self, items: tuple[Any, ...], family: str) -> tuple[Any, ...]:
        hinting = _Texts(items).hinting()
        if not hinting:
            return items
        new: list[Any] = []
        for start in range(0, len(items), _AT_ONCE):
            some = items[start : start + _AT_ONCE]
            if _Texts(some).isdisjoint(hinting):
                new += some
            else:
                new += (
                    item
                    if _Texts((item,)).isdisjoint(hinting)
                    else self.value(item, family, _called(item, family))
                    for item in some
                )
        return items if all(a is b for a, b in zip(items, new, strict=True)) else tuple(new)

    def value(self, value: T, family: str, owner: str) -> T:
        """A model value without secrets: structs, tuples and texts are gone through."""
        if isinstance(value, str):
            return value
        if isinstance(value, tuple):
            new = tuple(
                self._text(item, family, owner, "") if type(item) is str else self.value(item, family, owner)
                for item in value
            )
            same = all(a is b for a, b in zip(value, new, strict=True))
            return value if same else new  # type: ignore[return-value]  # a tuple of the same
        if not isinstance(value, msgspec.Struct):
            return value
        changes: dict[str, Any] = {}
        for name in value.__struct_fields__:
            old = getattr(value, name)
            if type(old) is str:
                changed: object = self._text(old, family, owner, name)
            else:
                changed = self.value(old, family, owner)
            if changed is not old:
                changes[name] = changed
        default = getattr(value, "default", None)
        if type(default) is str and _SECRET_COLUMN.match(str(getattr(value, "name", ""))):
            hidden = _LITERAL.sub(_masked, default)
            if hidden != default:
                self._note(family, owner, "the default of a column")
                changes["default"] = hidden
        return msgspec.structs.replace(value, **changes) if changes else value

    def _text(self, text: str, family: str, owner: str, part: str) -> str:
        found = without_secrets(text)
        if not part:  # an item of a list: a setting, an option, an argument
            found = _SETTING.sub(_masked, found)
        if found == text:
            return text
        self._note(family, owner, _PARTS.get(part, "a text"))
        return found

    def _note(self, family: str, owner: str, part: str) -> None:
        self.gaps.add(Gap(family=family, reason=f"{part} of {owner} holds a secret, which was masked"))


_PARTS = {
    "definition": "the definition",
    "expression": "an expression",
    "default": "a default",
    "comment": "a comment",
    "using": "a policy",
    "check": "a policy",
    "arguments": "the arguments",
    "label": "the label",
    "condition": "a condition",
}


class _Texts:
    """All texts in values of the model, each once, at any depth; what is only a name by itself."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.names: set[Any] = set()
        self.others: set[Any] = set()
        for kind, found in by_kind(values):
            if kind is str:
                self.others.update(found)
            elif issubclass(kind, msgspec.Struct):
                self._add(kind, found)
            elif issubclass(kind, tuple):
                inner = _Texts(list(itertools.chain.from_iterable(found)))
                self.names |= inner.names
                self.others |= inner.others
        # What is not there, and the value of an option that has none.
        self.names.discard(None)
        self.others.discard(None)

    def _add(self, kind: type[msgspec.Struct], values: Sequence[Any]) -> None:
        if not values:
            return
        if kind in _SHARED:
            values = each(values)
        looked_at = _looked_at(kind)
        self.names.update(texts(values, looked_at.names))
        self.others.update(texts(values, looked_at.others))
        for part in looked_at.within:
            found = within(values, part)
            if part.kind is str:
                self.others.update(found)
            else:
                self._add(part.kind, found)

    def isdisjoint(self, others: set[str]) -> bool:
        """Whether none of these is there."""
        return others.isdisjoint(self.names) and others.isdisjoint(self.others)

    def hinting(self) -> set[str]:
        """Those that could hold a secret."""
        return _hinting(self.names, _WORDS if _has_signs(self.names) else _WORDS_OF_NAMES) | _hinting(
            self.others, _WORDS
        )


def _has_signs(names: set[str]) -> bool:
    """Whether something else than letters of English, digits and underscores is in one of the names."""
    return bool("".join(names).encode().translate(None, _OF_NAMES))


def _hinting(texts: set[str], words: Iterable[str]) -> set[str]:
    whole = "\0".join(texts).lower()
    found = [word for word in words if word in whole]
    if not found:
        return set()
    likely = (text for text in texts if any(word in text.lower() for word in found))
    return {text for text in likely if _HINT.search(text)}


# Those that say the same are one object, where the reader made them.
_SHARED = frozenset((Column, Grant, IndexKey, QualifiedName))

# The name of a column or a domain says what a secret its default is.
_NAMES = frozenset(("name", "schema", "key"))
_OF_NAMES = (string.ascii_letters + string.digits + "_").encode()

# What is said there stands in other fields of the same relation too: names of its columns, and definitions
# that are made of these, of expressions and of options.
_SAID_ELSEWHERE = {
    Key: frozenset(("definition", "columns", "include")),
    ForeignKey: frozenset(("definition", "columns", "on_delete_columns")),
    Check: frozenset(("columns",)),
    Exclusion: frozenset(("columns",)),
    NotNull: frozenset(("column",)),
    Index: frozenset(("definition", "include", "constraint")),
    IndexKey: frozenset(("column",)),
}


class _LookedAt(NamedTuple):
    """Of a kind of value, the fields that are names, those that are other texts, and what may hold texts."""

    names: tuple[str, ...]
    others: tuple[str, ...]
    within: tuple[Part, ...]


@functools.cache
def _looked_at(kind: type[msgspec.Struct]) -> _LookedAt:
    elsewhere = _SAID_ELSEWHERE.get(kind, frozenset())
    looked_at = [part for part in parts(kind) if part.name not in elsewhere]
    single = [part.name for part in looked_at if part.kind is str and not part.depth]
    only_names = frozenset() if "default" in kind.__struct_fields__ else _NAMES
    return _LookedAt(
        names=tuple(name for name in single if name in only_names),
        others=tuple(name for name in single if name not in only_names),
        within=tuple(part for part in looked_at if part.structured or (part.kind is str and part.depth)),
    )


def _called(item: object, family: str) -> str:
    """What an object is called in a gap."""
    return " ".join(_parts(item, family))


def _parts(item: object, family: str) -> Iterator[str]:
    kind = getattr(item, "kind", None)
    yield str(kind) if kind is not None else family.removesuffix("s").replace("_", " ")
    schema, name = getattr(item, "schema", None), getattr(item, "name", None)
    if name is None:
        name = getattr(item, "object", None)
    if name is not None:
        arguments = getattr(item, "identity_arguments", None)
        shown = f"{schema}.{name}" if schema else str(name)
        yield f"{shown}({arguments})" if arguments is not None else shown
