"""Golden ids, offsets and texts of Tests/TextTests from Hugging Face's tokenizers (0.23.3).

    python Tests/Reference/tokenizers.py

opens each tokenizer.json in Tests/TextTests/Fixtures, which our own code wrote, and writes `golden.json` beside them; it
also makes small tokenizers that use one component each and writes them, with what they give, to `components.json`.
Offsets are turned from characters to UTF-8 bytes.
"""

import json
import sys
from pathlib import Path

# This file has the library's name, so its own folder must not come first.
sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).resolve().parent]
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers  # noqa: E402

FIXTURES = Path(__file__).resolve().parent.parent / "TextTests" / "Fixtures"

TEXTS = [
    # Nothing, and next to nothing.
    "", " ", "   ", "\t\n\r ", "\u00a0\u202f\u2009", "\u200b", ".", "'", "’", '"', '""', "''", "-", "…", "...", "....",
    # Plain sentences, French and English.
    "Bonjour !", "Je ne mange pas de pommes vertes.", "Elle ne veut pas manger la pomme verte.",
    "She does not want to eat the green apple.", "I don't know where they've gone.", "The dogs' bowls, Tom's cat.",
    "JE NE MANGE PAS.", "Tu as raison, mais je ne suis pas d'accord.", "Quel âge as-tu ?", "Quel âge as-tu?",
    # Elisions, apostrophes, hyphens.
    "L'eau de l'étang est froide.", "L’eau de l’étang est froide.", "Aujourd'hui, qu'il vienne !", "Qu'est-ce que c'est ?",
    "l' eau", "l 'eau", "d'«amour»", "d'\"amour\"", "C‘est ‘bien’.", "O'Brien d'1 an", "rock 'n' roll", "'Tis late.",
    "Dis-le-moi.", "est-ce que-", "-moi", "a - b", "a -- b", "peut-être\u2010être", "ʼn", "''l'eau''", "l''eau", "x'", "'x",
    # Spaces of every kind and what has no width.
    "Où\u00a0vas-tu\u202f?", "a\u2009b\u3000c\u2028d\u0085e", "  deux  espaces  ", "zéro\u200blargeur", "mot\u2060joint\ufeff",
    "cou\u00adpé", "a\u200db\u200cc", "\u200f\u200eabc", " \u200b a \u200b ", "\u200b \u200b",
    # Accents, composed and decomposed.
    "été", "e\u0301te\u0301", "L'e\u0301tang e\u0301tait a\u0300 sec.", "\u0301seul", "a\u0323\u0301b", "a\u0301\u0323b",
    "q\u0307\u0323x", "a\u0315\u0300\u05ae\u0300b", "\u0344z a\u0344z", "Å \u212b A\u030a", "ﬁn œuf Æ ß ẞ", "İstanbul I ı",
    "ΣΊΣΥΦΟΣ σς", "Ǆ ǅ ǆ", "\u1e69 s\u0323\u0307", "e\u0301\u0327x", "ç c\u0327 Ç C\u0327",
    # Other scripts.
    "日本語のテスト。", "我不吃苹果", "한국어 각\u1100\u1161\u11a8", "か\u3099 が", "مرحبا بالعالم!", "שָׁלוֹם עולם", "नमस्ते क़ \u0958",
    "ไทย", "Привет, мир!", "Ελληνικά", "\u202eabc\u202c d",
    # Emoji.
    "J'aime 🍏 !", "👨‍👩‍👧", "👍🏽", "🇫🇷🇬🇧", "❤\ufe0f", "a😀b😀",
    # Control characters.
    "a\u0000b", "\u0001\u0002", "a\u007fb\u009fc", "\ufffd\uffff", "tab\tlf\ncr\r.", "\ue000\U0010ffff",
    # Numbers and punctuation.
    "3,50 euros", "10:30", "1.000.000", "a.m. U.S.A. e.g.", "fin.Début", "mot,mot", "mot:mot", "5.b b.5 .5 5.", "½ ٣,٤ Ⅷ",
    "Quoi ?!", "Non !!!", "¿Qué? ¡Ay!", "(a) [b] {c}", "« Viens ! »", "«Viens!»", 'Il a dit "oui".', '"Oui", dit-il.',
    '("a")', 'a"b', "“x” ‘y’", "a…b", "a....b", "prix: 3 € ; 50%", "http://a.b/c?d=e&f", "a@b.c", "—tiret–", ";:,.",
    # Special tokens in the text, and the marks of sub-words.
    "<pad> <unk>x<end>", "<start>Bonjour<end>", "<<pad>>", "<PAD>", "▁", "▁a ▁ b", "a▁b", "##a",
    # Long words and long texts.
    "anticonstitutionnellement" * 8, "a" * 300, "l'" * 60, "é" * 100, "mange " * 40, "字" * 50, "!" * 50,
]

TEXTS_OF_COMPONENTS = [
    "", " ", "the-final--countdown", "-a-", "--", "a b  c", " É e\u0301 ", "x<t>y<T>z", "▁a b▁", "abc", "zabzcab", "a1b22 c",
    "\u00a0x \n", "été", "ab ab abab", "<t><t>", "字a字字", "don't we'll", "a\u0327\u0301\u1100\u1161",
]


def bytes_of(text):
    """The byte at which each character starts."""
    places = [0]
    for character in text:
        places.append(places[-1] + len(character.encode()))
    return places


def case(tokenizer, text):
    encoding = tokenizer.encode(text, add_special_tokens=False)
    places = bytes_of(text)
    silent = [tokenizer.token_to_id(piece) for piece in ("<pad>", "<start>", "<end>")]
    return {
        "text": text,
        "ids": encoding.ids,
        "offsets": [[places[start], places[end]] for start, end in encoding.offsets],
        "decoded": tokenizer.decode([i for i in encoding.ids if i not in silent], skip_special_tokens=False),
    }


def golden():
    result = {}
    for path in sorted(FIXTURES.glob("*.tokenizer.json")):
        tokenizer = Tokenizer.from_file(str(path))
        result[path.name] = [case(tokenizer, text) for text in TEXTS]
    return result


def tokenizer(normalizer=None, pre_tokenizer=None, decoder=None, model=None, added=()):
    pieces = "? a b c ab abc the final -final countdown e é É x y z - -- ▁ ▁a ▁b ▁ab t 字 n't 've 'll 't don we 22 1".split()
    made = Tokenizer(model or models.WordLevel({p: i for i, p in enumerate(pieces)}, unk_token="?"))
    if normalizer:
        made.normalizer = normalizer
    if pre_tokenizer:
        made.pre_tokenizer = pre_tokenizer
    if decoder:
        made.decoder = decoder
    made.add_tokens(list(added))
    return made


def components():
    split, bpe = pre_tokenizers.Split, {p: i for i, p in enumerate(["?", "a", "b", "c", "ab", "abab", "▁", "▁a", "▁ab"])}
    merges = [("a", "b"), ("ab", "ab"), ("▁", "a"), ("▁a", "b"), ("▁", "ab")]
    behaviors = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
    gpt2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
    made = [tokenizer(pre_tokenizer=split("-", b, invert=i)) for b in behaviors for i in (False, True)]
    made += [tokenizer(pre_tokenizer=split(Regex(p), "isolated")) for p in [gpt2, r"\s+(?!\S)|\D?\d*[^ab]", r"(?<!a)b|(?<=b)c"]]
    made += [tokenizer(pre_tokenizer=split(Regex(p), b)) for b in behaviors for p in ["(?=[a-c])", "b*"]]
    made += [
        tokenizer(pre_tokenizer=pre_tokenizers.Metaspace(prepend_scheme=s, split=p))
        for s in ("always", "first", "never") for p in (True, False)
    ]
    made += [
        tokenizer(normalizer=n, pre_tokenizer=split(Regex("."), "isolated"))
        for n in [
            normalizers.NFC(), normalizers.NFD(), normalizers.Lowercase(), normalizers.StripAccents(), normalizers.Strip(),
            normalizers.Strip(left=False), normalizers.Replace("-", "abc"), normalizers.Replace(Regex("a*b"), "é"), normalizers.Replace(Regex("b*"), "-x"),
            normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()]),
        ]
    ]
    made += [
        tokenizer(pre_tokenizer=pre_tokenizers.WhitespaceSplit(), decoder=d)
        for d in [
            decoders.WordPiece(prefix="-", cleanup=False), decoders.Metaspace(),
            decoders.Sequence([decoders.Replace("a", "bb"), decoders.Fuse(), decoders.Replace(Regex("b+"), "c")]),
            decoders.Sequence([decoders.Replace(Regex("b*"), "y")]),
        ]
    ]
    made += [
        tokenizer(
            model=models.BPE(bpe, merges, unk_token=u, fuse_unk=f), pre_tokenizer=pre_tokenizers.Metaspace(),
            decoder=decoders.Metaspace())
        for u, f in [("?", False), ("?", True)]
    ]
    added = [AddedToken("<t>", special=True, normalized=False), AddedToken("<t><t>", special=True, normalized=False)]
    made += [
        tokenizer(pre_tokenizer=pre_tokenizers.Metaspace(prepend_scheme=s), added=added) for s in ("always", "first")
    ]
    made += [tokenizer(normalizer=normalizers.Lowercase(), added=[AddedToken("<t>", normalized=True)])]
    return [
        {"tokenizer": json.loads(t.to_str()), "cases": [case(t, text) for text in TEXTS_OF_COMPONENTS]} for t in made
    ]


def write(name, value):
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    (FIXTURES / name).write_text(text + "\n")


if __name__ == "__main__":
    write("golden.json", golden())
    write("components.json", components())
