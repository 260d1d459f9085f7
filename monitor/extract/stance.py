"""How a speaker stands to what is said: from the reporting word, its negation, and the mood of the content.

The rules are tried in the order of `_RULES`; each has its example sentence. A reporting word that carries a stance by itself
("denied", "warned") goes before the content; "said" leaves it to the content.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from monitor.records import Stance

_NEGATIONS = frozenset({"not", "n't", "n’t", "never", "neither", "nor", "without", "no"})
_DECLINES = frozenset({"declined", "declines", "decline", "declining", "refused", "refuses", "refuse", "refusing"})


@dataclass(frozen=True, slots=True)
class Said:
    """What stance is judged on.

    cue: the reporting word's own stance, None where there is none; group: the words around it from its subject on, case-folded
    ("declined to confirm"); content: what is said, as written; org: for whom the speaker speaks; org_of: the actor or state that
    words name, if any. acts: nobody is quoted, the words tell what a party does; speaker: the
    words that name who speaks, case-folded.
    """

    cue: Stance | None
    lemma: str
    group: tuple[str, ...]
    content: str
    org: str | None = None
    org_of: Callable[[Sequence[str]], str | None] = lambda _: None
    acts: bool = False
    speaker: tuple[str, ...] = ()

    @property
    def low(self) -> str:
        """The content in small letters with plain apostrophes."""
        return self.content.casefold().replace("’", "'")

    @property
    def main(self) -> str:
        """Of `low` the main clauses: a subordinate or relative clause up to the next comma is blanked out."""
        return _INNER.sub(lambda found: " " * len(found[0]), self.low)


_INNER = re.compile(
    r"(?<=\w)(?:,? (?:which|who|whose|whom|where|when|as|after|before|because|since|while|although|though|until(?! further)|once"
    r"|so that|than)| that)\b[^,;]*"
)
_NUMBER = (
    r"(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy"
    r"|eighty|ninety|dozen|hundred|thousand|million|billion)\b)"
)
_WILL = r"(?:will|would|shall|'ll|'d|is to|are to|was to|were to|(?:is|are|was|were) going to)"
_COSTS = r"(?:cost|take|need|require|last|number|reach|exceed|amount|total|be needed|be required|be worth|add up|run to|come to)"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_ESTIMATE = _any(
    rf"\b(?:{_WILL}|could|may|might|should) (?:\w+ )?{_COSTS}\b(?=.*{_NUMBER})",
    rf"{_NUMBER}.*\b{_WILL} (?:\w+ )?be (?:needed|required)\b",
    r"\b(?:could|may|might|(?:is|are) (?:likely|expected) to|probably) (?:\w+ )?"
    rf"(?:have|be|rise|fall|climb|{_COSTS})\b(?=.*{_NUMBER})",
    rf"\bby (?:its|his|her|their) (?:estimate|reckoning)\b(?=.*{_NUMBER})",
    rf"{_NUMBER}.*\b(?:could|may|might|probably|likely) (?:by now |already )?(?:have|be)\b",
    rf"\bestimat(?:e|ed|es)\b.*{_NUMBER}",
    rf"\b(?:could|may|might) (?:\w+ ){{1,2}}as (?:long|much|many) as {_NUMBER}",
    r"\b(?:preliminary|first|initial|early) (?:assessment|estimate|count|tally)s?\b",
    r"\b(?:ha(?:s|ve|d) been |was |were )(?:put|set) back by\b.*\bto\b",
    r"\bprobably\b|\bvery likely\b|\bmost likely\b|\bin all likelihood\b",
)
_THREAT = re.compile(
    r"\b(?:retaliat\w+|consequences|legitimate targets?|pay (?:a|the|dearly)|red lines?|hell|will burn|would burn|all means|reap"
    r"|regret it|will (?:answer|respond|strike back)|would (?:answer|respond)|counter-?measures|hotbeds?|special measures"
    r"|escalat\w+|catastroph\w+|(?:response|answer) in kind|playing with fire|at (?:its|their) (?:own )?risk)\b"
)
_DENIAL = _any(
    r"\b(?:nothing to do with|no (?:truth|basis|grounds|foundation|such)|not true|untrue|false(?:hoods?)?|fabricat\w+"
    r"|another lie|invent(?:ed|ion)"
    r"|baseless|unfounded|groundless|a (?:lie|hoax|joke|myth)|lies|fake|thought up|slander\w*|nonsense"
    r"|absurd)\b",
    r"^\W*there (?:is|are|was|were|has been|have been|had been) (?:no|not|none)\b",
    r"^\W*no (?!longer|more|one will|one would)[\w' -]{2,40}? (?:has|have|had|was|were|is|are) ",
    r"^\W*(?:none of|not one|it was not|we (?:did|have|are|were)(?:n't| not))\b",
)
_NOT_SO = _any(
    r"\b(?:is|are|was|were|has|have|had|did|does|do)(?:n't| not| never)\b"
    r"(?! (?:only|just|yet|clear|sure|enough|considering|weighing|planning|thinking))",
    r"\b(?:recorded|issues?|found|taken on|knows?|knew|saw|had|has) no\b|\bnobody (?:was|had|is)\b",
)
_REFUSED_ACTS = (
    r"(?:be (?:sent|supplied|provided|used|convened|going|sending|taking|giving|part|any)|going to|send|supply|provide|give|allow"
    r"|accept|take part|join|agree|negotiat\w+|talk|leave|withdraw|sign|ratify|support|approve|permit|return|move|sail|deliver"
    r"|sell|let|bow|yield|make|participate|extend|open|meet|ready|prepared|willing|deploy|recogni[sz]e|go|back|hand|pay|tolerate"
    r"|act|change|give in)"
)
_REFUSAL = _any(
    r"\b(?:will|would|shall|can|could|should|must|is|are|was|were|do|does)"
    rf"(?: (?:for now|for the time being|therefore|also|certainly))?(?:n't| not| never)(?: \w+)? {_REFUSED_ACTS}\b",
    r"\bwo(?:n't| not)\b",
    r"\b(?:will|would|shall)(?:n't| not| never)\b",
    r"\b(?:will|would|can|could) (?:\w+ ){0,6}no (?!more|longer|later|fewer|less|doubt)\w+",
    r"\bno (?:\w+ ){0,5}(?:will|would|can) be\b",
    rf"\b(?:will|would|can|could) no longer {_REFUSED_ACTS}\b",
    r"(?:\bnot|n't|\bno longer) (?:\w+ )?(?:consider|weigh|plann|think|contemplat)ing\b",
    r"\bthere (?:will|would|could|can) be [\"“]?no\b",
    r"\b(?:was|were|had|has|is) never (?:been )?on the table\b",
    r"\b(?:no|not any) (?:plans?|intention|need|question of|reason) (?:to|for|of)\b",
    r"\bout of the question\b|\boff the table\b|\brul\w+ (?:\w+ )?out\b|\bdecided (?:against|not to)\b|\b(?:refus|reject)\w+\b",
    r"\b(?:does|do|did) not (?:accept|agree|intend|want|see|plan)\b|\bpremature\b|\binappropriate\b|\bnot in this form\b",
    r"\b(?:suspend|end|halt|quit|terminat)\w* (?:its|their|his|her) (?:participation|membership|part|role)\b",
    r"\b(?:is|are|was|were|be) put (?:off|on hold|back)\b",
    r"\bcancel(?:s|led|ed|ling|ing)? (?:\w+ ){0,2}(?:talks|negotiations|meetings?|summit|visit)\b",
    r"\bdeclin(?:ed|es) to\b|\bunacceptable\b|\bput off until\b|\bholding back\b|\bturn(?:ed|s)? down\b",
    r"\bwalk(?:ed|s)? out of (?:\w+ )?talks\b",
)
_CONSIDER = _any(
    r"\b(?:is|are|was|were|be) (?:[\w’'-]+ ){0,2}(?:consider|weigh|mull|review|study|examin|explor"
    r"|look|discuss|think|ponder|debat)ing\b",
    r"\b(?:has|have|had) begun to discuss\b|\b(?:considers|considered|weighs|weighed|mulls|mulled|reviews|explores)\b",
    r"\b(?:would|will|could|may|might|to) (?:now |also |even )?consider\b",
    r"\bopen to\b|\bstays? open\b|\bwilling (?:and|to)\b|\bwould like\b|\bready to (?:talk|discuss|negotiate|consider)\b",
    r"\bnot (?:be )?ruled? out\b|\bwould not stand in\b|\bwould (?:take part|join|agree|accept) only\b|\bonly if\b|\bpathway\b",
    r"\bif [\w ,]{3,60} were to\b",
)
_LEAVES = (
    r"(?:(?:moved?|moves|moving|back(?:ed|s|ing)?|shift(?:ed|s|ing)?|turn(?:ed|s|ing)?) away from"
    r"|drop(?:ped|s)|abandon(?:ed|s)|gave up|gives up)"
)
_TURNED_TO_YES = _any(
    r"\bno longer (?:den(?:y|ies|ied)|disput(?:es?|ed)|reject(?:s|ed)?)\b",
    rf"\b(?:{_LEAVES}) (?:its|his|her|their|the|earlier|past|\w+'s) (?:\w+ )?denials?\b",
    r"\bcan now confirm\b|\ball but (?:admit|confirm|acknowledg)\w*\b",
)
_SAYING = re.compile(r",? (?:and |now )?(?:saying|adding|stating|said|says) (?:that )?")
_TURNED_TO_MAYBE = _any(
    r"\bno longer (?:rul(?:es?|ed|ing) out|exclud(?:es?|ed)|oppos(?:es?|ed)|refus(?:es?|ed)|object(?:s|ed)?)\b",
    rf"\b(?:{_LEAVES}) (?:its|his|her|their|the|earlier|past|\w+'s) (?:\w+ )?(?:refusal|opposition|objections?|veto)\b",
)
_TOKEN = re.compile(r"[\w.-]+")
_POSSIBLY = re.compile(r"\b(?:may|might|could)\b")
_INTENT = _any(
    rf"\b{_WILL}\b(?! (?:\w+ )?(?:get|receive|have been|need|cost|mean|be \w+(?:ed|en|ld|nt|pt|ut)\b))",
    r"\b(?:intends?|plans?|promises?|pledg\w+|vow\w*|undertakes?) to\b|\bagrees? to\b|\bmakes? [\w ]+ available\b",
    r"\b(?:is|are|was|were|stands?|stood) (?:ready|prepared|determined) to\b",
    r"\b(?:has|have|had) (?:agreed|promised|undertaken|committed \w+|pledged|offered) to\b",
    r"\b(?:is|are) (?:sending|donating|giving|providing)\b",
)
_TO_DO = re.compile(r"^\W*(?:[A-Z][\w.'’-]*(?:\s(?:and\s)?[A-Z][\w.'’-]*){0,4}) to [A-Za-z]+")


def stance_of(said: Said) -> Stance:
    """The stance. Without a reporting word the content alone decides, and asserts where it shows no mood."""
    for rule in _RULES:
        if stance := rule(said):
            return stance
    return said.cue or Stance.ASSERTS


def _turned(said: Said) -> Stance | None:
    """ "Oru no longer denies the loss", "Brin moves away from its refusal": the words themselves tell of a turn.

    What it turns to may follow: "moved away from its denial, saying that it was [looking into it]".
    """
    text = f"{' '.join(said.group)} {said.low}"
    yes, maybe = _TURNED_TO_YES.search(text), _TURNED_TO_MAYBE.search(text)
    if (found := yes or maybe) and (after := _SAYING.search(text, found.end())):
        told = stance_of(replace(said, cue=Stance.ASSERTS, lemma="say", group=(), content=text[after.end() :]))
        return told if told is not Stance.ASSERTS else Stance.CONFIRMS if yes else Stance.CONSIDERS
    return Stance.CONFIRMS if yes else Stance.CONSIDERS if maybe else None


_RULED_OUT = re.compile(r"\brul(?:e|es|ed|ing) out\b")


def _withheld(said: Said) -> Stance | None:
    """ "Oru declined to confirm the loss", "neither confirmed nor denied", "did not rule out strikes": no confirmation."""
    if (said.lemma == "rule" and re.match(r"\W*out\b", said.low)) or _RULED_OUT.search(" ".join(said.group)):
        return Stance.CONSIDERS if _negated(said.group) else Stance.REFUSES
    declines = bool(_DECLINES & set(said.group)) and said.lemma not in {"refuse", "decline"}
    if declines or (_negated(said.group) and said.cue in {Stance.CONFIRMS, Stance.DENIES, Stance.PROMISES, Stance.ALLEGES}):
        return Stance.ASSERTS
    return None


def _by_cue(said: Said) -> Stance | None:
    """ "The ministry denied it", "Marek warned of more": the word itself tells."""
    if said.lemma in {"decline", "refuse", "reject", "oppose", "veto"}:
        return Stance.REFUSES if not _negated(said.group) else Stance.ASSERTS
    if said.cue is Stance.CONSIDERS and _negated(said.group):
        return Stance.REFUSES
    if said.lemma == "decide":
        return Stance.REFUSES if re.match(r"\W*(?:against|not to)\b", said.low) else None
    if said.lemma == "agree" and not re.match(r"\W*to\b", said.low):
        return Stance.ASSERTS
    if (
        said.lemma == "plan" and not _negated(said.group) and re.match(r"\W*to\b", said.low)
    ):  # "plans to send", but "plans a fund"
        return Stance.PROMISES
    if said.lemma.startswith(("signal", "hint")) and _OPEN_TO.search(said.low):
        return Stance.CONSIDERS
    return said.cue if said.cue not in {None, Stance.ASSERTS} else None


_OPEN_TO = re.compile(r"\b(?:ready|readiness|prepared|willing(?:ness)?|open(?:ness)?|may|might|wants?) (?:\w+ )?to\b")


_IF = re.compile(r"\b(?:if|unless)\b[^,;]*")
_UNLESS = re.compile(rf"\b{_WILL} .*\bunless\b|\bunless\b.*\b{_WILL} ")
_NOT = r"(?:\bnot\b|n't\b|\bfail|\brefus|\breject)"
_IF_NOT = re.compile(rf"\bif\b[^,;]*{_NOT}[^,;]*,? .*\b{_WILL} |\b{_WILL} .*\bif\b[^,;]*{_NOT}")


def _denial(said: Said) -> Stance | None:
    """ "The reports are baseless," the ministry said."""
    if _DENIAL.search(said.low):
        return Stance.DENIES
    plain = _IF.sub("", said.main)
    return Stance.DENIES if said.cue and said.org and _NOT_SO.search(plain) and not _REFUSAL.search(plain) else None


_MENACE = re.compile(
    r"\breserv(?:es?|ed|ing) (?:the|its|their|his|her) right\b|\ball options are\b|\bor face\b|\bwill be answered\b"
    r"|\b(?:sets?|gives?|gave|imposes?|imposed) (?:[\w'-]+ ){1,6}deadline\b|\b(?:sets?|gives?|gave) (?:[\w'-]+ ){1,3}until\b"
    r"|\bgives? (?:[\w'-]+ ){1,3}(?:hours|days|weeks|months) to\b"
)


_MISDEED = re.compile(
    r"\b(?:mined|attack(?:ed|ing|s)|shell(?:ed|ing|s)|bomb(?:ed|ing|s)|violat\w+|breach\w+|provok\w+|invad\w+|sabotag\w+|stole|stolen"
    r"|steal(?:s|ing)?|smuggl\w+|execut(?:ed|ing)|hired|offensive|interfer\w+|spied|spying|hack(?:ed|ing)|poison\w*|abduct\w+"
    r"|kidnap\w+"
    r"|blackmail\w*|pretext|lying|cheat\w+|reward(?:ed|ing|s)|went back on|broke|broken|blocked|blocking|recruit(?:ed|ing)"
    r"|arm(?:ed|ing)"
    r"|massacr\w+|tortur\w+|loot(?:ed|ing)|occupied|crossed into)\b"
)


def _allegation(said: Said) -> Stance | None:
    """ "Lind has mined the bay, Oru's navy says": one party tells of another's misdeeds."""
    found = _MISDEED.search(said.main) if said.cue is Stance.ASSERTS and said.org and not said.acts else None
    if found is None:
        return None
    doer = said.org_of(_TOKEN.findall(re.split(r"[,;:]", said.content[: found.start()])[-1]))
    return Stance.ALLEGES if doer is not None and doer != said.org else None


def _threat(said: Said) -> Stance | None:
    """ "Any ship that comes near is a legitimate target," the group said; "we will close the pass unless Oru pays"."""
    if said.cue and said.org and (_UNLESS.search(said.low) or _IF_NOT.search(said.low)):
        return Stance.WARNS
    if _MENACE.search(said.main):
        return Stance.WARNS
    future = re.search(rf"\b(?:{_WILL}|if|unless|must)\b", said.low)
    return Stance.WARNS if future and _THREAT.search(said.low) else None


_COUNTERS = frozenset({"police", "monitor", "monitors", "observers", "observatory", "organisers", "organizers", "delegation"})
_ABOUT = re.compile(rf"\b(?:about|some|around|roughly|nearly|almost|up to|as many as|between) {_NUMBER}")
_RELATIVE = re.compile(r"\b(?:that|which|who) (?:could|may|might)\b[^,;]*")


def _estimate(said: Said) -> Stance | None:
    """ "The bridge will cost about 40 million euros," the mayor said; "Some 900 men marched," said the police, who guess."""
    counted = bool(_COUNTERS & set(said.speaker)) and _ABOUT.search(said.main)
    return Stance.ESTIMATES if counted or _ESTIMATE.search(_RELATIVE.sub("", said.low)) else None


def _consideration(said: Said) -> Stance | None:
    """ "Oru is weighing the sale," an official said; "we may send more," of one's own doing."""
    if _CONSIDER.search(said.main):
        return Stance.CONSIDERS
    return Stance.CONSIDERS if _own(said, _POSSIBLY) else None


def _refusal(said: Said) -> Stance | None:
    """ "We will not leave the island," the general said."""
    return Stance.REFUSES if _REFUSAL.search(said.main) else None


def _promise(said: Said) -> Stance | None:
    """ "Oru will send two ships," its minister said; "Oru to send two ships", of one's own doing."""
    if said.acts and said.lemma in {"ready", "prepared", "set", "willing", "committed", "determined"}:
        return Stance.PROMISES
    if "to" in said.group[:2] if said.acts else _TO_DO.search(said.content):
        return Stance.PROMISES
    return Stance.PROMISES if _own(said, _INTENT) else None


_ESTABLISHED = _any(
    r"\b(?:is|are) now known to have\b|\bha(?:s|ve|d) tested positive\b|\b(?:was|were|been) confirmed\b",
    r"\bdeath toll\b.*\b(?:risen|rose|climbed)\b|\b(?:killed|dead)\b.*\bhas risen\b",
)


def _established(said: Said) -> Stance | None:
    """ "A man in Oru has tested positive," the ministry announced: who has looked tells what was found."""
    return Stance.CONFIRMS if said.cue is Stance.ASSERTS and _ESTABLISHED.search(said.low) else None


_RULES: Sequence[Callable[[Said], Stance | None]] = (
    _turned,
    _withheld,
    _by_cue,
    _allegation,
    _denial,
    _threat,
    _estimate,
    _refusal,
    _consideration,
    _promise,
    _established,
)


def _negated(group: tuple[str, ...]) -> bool:
    return bool(_NEGATIONS & set(group))


_SELF = frozenset({"i", "we", "he", "she", "it", "they", "his", "her", "its", "their", "our", "us", "to"})


def _own(said: Said, mood: re.Pattern[str]) -> bool:
    """Whether the mood is there and is the speaker's own: no other state stands as its subject ("Portugal will give three")."""
    found = mood.search(said.main)
    if not found:
        return False
    subject = _TOKEN.findall(re.split(r"[,;:]", said.content[: found.start()])[-1])
    if subject and subject[-1].casefold() == "they":  # "they could be in battle within days": others, of whom was spoken
        return False
    named = said.org_of(subject)
    if said.org is None and named is None and said.lemma and not _SELF & {word.casefold() for word in subject}:
        return False  # who speaks for nobody promises nothing of others: "the list would include 14 names", a diplomat said
    return named is None or said.org is None or named == said.org
