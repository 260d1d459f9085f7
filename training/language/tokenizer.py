"""What the shipped model's tokenizer does beyond spaCy's English: the treebanks' hyphens and the short forms that
news text ends with a stop.

Changed once, before training; a trained pipeline keeps its tokenizer in its own files.
"""

from __future__ import annotations

from collections.abc import Callable

import spacy
from spacy.language import Language
from spacy.symbols import NORM, ORTH
from spacy.util import compile_infix_regex, compile_suffix_regex

# Short forms whose stop ends no sentence by itself: ranks and offices stand before a name, the others inside a sentence
# as often as at its end.
SHORT_FORMS = {
    "Adm.": "admiral", "Amb.": "ambassador", "Atty.": "attorney", "Brig.": "brigadier", "Capt.": "captain",
    "Cmdr.": "commander", "Col.": "colonel", "Cols.": "colonels", "Cpl.": "corporal", "Cpt.": "captain", "Det.": "detective",
    "Dir.": "director", "Gens.": "generals", "Govs.": "governors", "Hon.": "honourable", "Insp.": "inspector",
    "Lt.": "lieutenant", "Maj.": "major", "Pfc.": "private", "Pres.": "president", "Profs.": "professors", "Pvt.": "private",
    "Reps.": "representatives", "Sec.": "secretary", "Sens.": "senators", "Sgt.": "sergeant", "Supt.": "superintendent",
    "Vols.": "volumes", "al.": "al.", "approx.": "approximately", "dept.": "department", "Dept.": "department",
    "est.": "estimated", "etc.": "etc.", "Fig.": "figure", "incl.": "including", "Mt.": "mount", "Ft.": "fort",
    "Nos.": "numbers", "Univ.": "university", "Vol.": "volume", "Mln.": "million", "mln.": "million", "bn.": "billion",
    "U.N.": "un", "E.U.": "eu", "U.K.": "uk", "U.S.A.": "usa", "S.C.": "south carolina", "N.C.": "north carolina",
    "N.J.": "new jersey", "N.M.": "new mexico", "N.Y.": "new york", "R.I.": "rhode island", "Ont.": "ontario",
    "Que.": "quebec",
}  # fmt: skip
_HYPHEN = "-–‐‑"
INFIXES = [
    rf"(?<=[A-Za-z0-9])[{_HYPHEN}](?=[A-Za-z0-9])",  # F-16, Su-34, mid-2024, 10,000-strong; 11-12,000 as the treebanks have it
    r"(?<=[A-Za-z])/(?=[A-Za-z])",  # and/or
]
SUFFIXES = [r"[-–—]+", r"=+"]


def prepare(nlp: Language) -> Language:
    """Changes the tokenizer of `nlp` in place and returns `nlp`."""
    tokenizer = nlp.tokenizer
    for short, norm in SHORT_FORMS.items():
        tokenizer.add_special_case(short, [{ORTH: short, NORM: norm}])
    tokenizer.infix_finditer = compile_infix_regex([*nlp.Defaults.infixes, *INFIXES]).finditer
    tokenizer.suffix_search = compile_suffix_regex([*nlp.Defaults.suffixes, *SUFFIXES]).search
    return nlp


@spacy.registry.callbacks("training.tokenizer")
def before_init() -> Callable[[Language], Language]:
    """The callback that the configuration names under `[initialize.before_init]`."""
    return prepare
