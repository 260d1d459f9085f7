"""Lemma tables for spaCy's rule lemmatizer, counted from the treebanks.

Suffix rules say how a regular form is made; whatever form of the training data they get wrong goes into the table of
exceptions, by part of speech. So the lemma does not depend on the case of the word (headlines), unlike an edit-tree
classifier, and no word list from outside is needed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from spacy.language import Language
from spacy.lookups import Lookups
from spacy.tokens import Doc, Token

RULES = {
    "noun": [
        ["men", "man"], ["ies", "y"], ["ches", "ch"], ["shes", "sh"], ["sses", "ss"], ["xes", "x"], ["zzes", "zz"], ["ves", "f"],
        ["ses", "s"], ["s", ""],
    ],
    "verb": [
        ["ied", "y"], ["ies", "y"], ["ying", "y"],
        ["ches", "ch"], ["shes", "sh"], ["sses", "ss"], ["xes", "x"], ["zzes", "zz"], ["oes", "o"], ["es", "e"], ["s", ""],
        *[[f"{c}{c}{end}", c] for c in "bdgklmnprt" for end in ("ed", "ing")],
        *[[f"{stem}{end}", stem] for stem in ("en", "er", "or", "et", "ow", "ey", "ay", "oy") for end in ("ed", "ing")],
        ["ed", "e"], ["ed", ""], ["ing", "e"], ["ing", ""],
    ],
    "adj": [["iest", "y"], ["ier", "y"], ["est", "e"], ["est", ""], ["er", "e"], ["er", ""]],
    "adv": [["iest", "y"], ["ier", "y"], ["est", "e"], ["est", ""], ["er", "e"], ["er", ""]],
}  # fmt: skip
LOWERED = ["", ""]  # what no other rule fits is its own lemma, in lower case; names, which have no rules, keep their capitals


def tables(docs: Iterable[Doc]) -> Lookups:
    """The three tables that mode "rule" reads: rules, index of known lemmas, exceptions."""
    counts: defaultdict[str, defaultdict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    index: defaultdict[str, set[str]] = defaultdict(set)
    for doc in docs:
        for token in doc:
            if _regular_text(token):
                lemma = token.lemma_ if token.lemma_ == "I" else token.lemma_.lower()
                counts[token.pos_.lower()][token.lower_][lemma] += 1
                index[token.pos_.lower()].add(lemma)
    lookups = Lookups()
    lookups.add_table("lemma_rules", {pos: [*RULES.get(pos, []), LOWERED] for pos in sorted(counts)})
    lookups.add_table("lemma_index", {pos: dict.fromkeys(sorted(index[pos]), 1) for pos in RULES})
    exceptions: dict[str, dict[str, list[str]]] = {}
    for pos, forms in sorted(counts.items()):
        known = index[pos] if pos in RULES else set()
        best = {form: lemmas.most_common(1)[0][0] for form, lemmas in sorted(forms.items())}
        exceptions[pos] = {form: [lemma] for form, lemma in best.items() if by_rule(form, pos, known) != lemma}
    lookups.add_table("lemma_exc", exceptions)
    return lookups


def _regular_text(token: Token) -> bool:
    return (
        not token.is_space and token.pos_ != "PROPN" and "Typo=Yes" not in str(token.morph) and "Abbr=Yes" not in str(token.morph)
    )


def by_rule(form: str, pos: str, index: set[str]) -> str:
    """What the lemmatizer makes of `form` without exceptions: a known lemma first, else the first rule that fits,
    else the form."""
    made = [
        form[: len(form) - len(old)] + new
        for old, new in [*RULES.get(pos, []), LOWERED]
        if form.endswith(old) and len(form) > len(old)
    ]
    return next((lemma for lemma in reversed(made) if lemma in index), made[0])


def add(nlp: Language, docs: Iterable[Doc]) -> None:
    """Puts a lemmatizer with these tables at the end of `nlp`."""
    component = nlp.add_pipe("lemmatizer", config={"mode": "rule"})
    component.initialize(lookups=tables(docs))  # type: ignore[attr-defined]
