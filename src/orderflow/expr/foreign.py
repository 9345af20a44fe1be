"""How other languages and keyboards spell what the expressions of this one say."""

from orderflow.diagnostics.message import Message

#: Foreign operators and what to write instead.
OPERATORS = {
    "=": ("==", Message("`=` sets a value; to compare write `==`")),
    "&&": ("and", Message("`&&` is written `and` here")),
    "||": ("or", Message("`||` is written `or` here")),
    "!": ("not ", Message("`!` is written `not` here")),
    "<>": ("!=", Message("`<>` is written `!=` here")),
    "&": ("and", Message("`&` is written `and` here")),
    "|": ("or", Message("`|` is written `or` here")),
}
#: Operators that have no counterpart.
NO_OPERATORS = {
    "**": Message("`**` (power) is not part of the language; multiply instead"),
    "^": Message("`^` is not part of the language"),
    "~": Message("`~` is not part of the language; write `not`"),
    "<<": Message("`<<` is not part of the language"),
    ">>": Message("`>>` is not part of the language"),
    "@": Message("`@` is not part of the language"),
    "->": Message("`->` is not part of the language"),
    ":=": Message("`:=` sets a value; an expression only reads"),
    ":": Message("`:` is not part of an expression"),
    ";": Message("`;` would start a second expression; join the two with `and`"),
    "{": Message("braces are not part of an expression; write a list with `[` and `]`"),
    "}": Message("braces are not part of an expression; write a list with `[` and `]`"),
}
#: Words of other languages.
WORDS = {
    "null": "None", "NULL": "None", "Null": "None", "nil": "None", "none": "None", "NONE": "None", "undefined": "None",
    "true": "True", "TRUE": "True", "false": "False", "FALSE": "False",
    "AND": "and", "And": "and", "OR": "or", "Or": "or", "NOT": "not", "Not": "not", "IN": "in", "IS": "is",
}  # fmt: skip
#: Characters of Chinese keyboards and word processors.
PUNCTUATION = {
    "，": ",", "（": "(", "）": ")", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "。": ".", "．": ".", "、": ",",
    "；": "and", "：": ":", "＝": "==", "＞": ">", "＜": "<", "！": "not ", "＋": "+", "－": "-", "−": "-", "–": "-",
    "＊": "*", "×": "*", "／": "/", "÷": "/", "％": "%", "【": "[", "】": "]", "［": "[", "］": "]", "≥": ">=", "≤": "<=",
    "≠": "!=", "＂": '"', "＇": "'", "《": "<", "》": ">", "＿": "_",
}  # fmt: skip
