"""The words that attribution and stance are told by: reporting verbs, acts, roles, bodies. Lists of our own.

A list holds dictionary forms; `monitor.text.inflect` gives the rest, so that each verb stands in one place.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.records import Stance
from monitor.text.inflect import forms_of_word
from monitor.text.words import words


@dataclass(frozen=True, slots=True)
class Cue:
    """A verb that reports. stance: what it shows by itself; strong: the word is seldom anything but a reporting verb."""

    lemma: str
    stance: Stance
    strong: bool


_STRONG: dict[Stance, str] = {
    Stance.ASSERTS: """say tell state add announce reply respond insist explain write tweet declare stress reiterate emphasise
        emphasize underline remark argue assert contend recount recall reveal disclose indicate inform communicate joke boast
        rule complain conclude proclaim quip testify retort object affirm attest""",
    Stance.CONFIRMS: "confirm acknowledge admit concede",
    Stance.DENIES: "deny rebut refute",
    Stance.ESTIMATES: "estimate reckon predict forecast",
    Stance.ALLEGES: "allege claim accuse",
    Stance.WARNS: "warn caution threaten",
    Stance.PROMISES: "vow pledge promise",
}
_WEAK: dict[Stance, str] = {
    Stance.ASSERTS: """report note comment observe repeat maintain show post hint signal describe stipulate demand urge decide
        want hope recommend propose call order condemn criticise criticize defend praise speak""",
    Stance.CONFIRMS: "verify recognise recognize",
    Stance.DENIES: "dispute dismiss",
    Stance.ESTIMATES: "believe think expect project assess suspect calculate fear",
    Stance.ALLEGES: "suggest charge blame",
    Stance.CONSIDERS: "plan",
    Stance.PROMISES: "guarantee assure intend",
}
_ACTS: dict[Stance, str] = {
    Stance.ASSERTS: """approve decide order sign ratify adopt suspend revoke impose lift ban launch halt vote accept demand
        announce back withdraw notify appeal declare cancel postpone endorse resume repeal authorise authorize""",
    Stance.CONFIRMS: "confirm acknowledge admit",
    Stance.DENIES: "deny dismiss",
    Stance.PROMISES: "pledge promise vow offer agree commit undertake",
    Stance.REFUSES: "refuse reject decline oppose veto",
    Stance.CONSIDERS: "consider weigh mull contemplate ponder explore float investigate",
    Stance.WARNS: "warn threaten",
}
_HEADLINE_VERBS = words(
    """
    accelerate advance aim arm arrest assail attack axe bar block bolster boost brace call capture cede charge clear
    close cool counter court criticise criticize cut debate defend defy delay deliver denounce deploy destroy detain
    discuss ditch drop dodge down ease end enter escalate evacuate expand expect expel extend eye face fail fault
    fire float fly force free gain give grant halt hand hail help hit host inch intercept jail join keep kill land
    laud launch lead leave lose lower make mark meet mobilise mobilize move name near open oust outline pass pause
    pay pick plan pledge plot position pour praise prepare press probe provide pull push put quit raise reach rebuff
    recall reduce release reopen repel replace reshuffle respond restart resume retake return reverse revive roll
    sail sanction scrap seal seek seize sell send set shell ship shoot shut signal slam slap slash slow snub spurn
    stage stall start step stop strike strip struggle sue summon supply surge survive tail take target tell test top
    tout trade train trim turn unveil uphold urge visit vote want weaken welcome widen win withdraw withhold woo
    yield
    """
)
AMBIGUOUS = words(
    """
    claim claims report reports note notes comment comments point points show shows find finds hold holds post posts
    hint hints signal signals estimate estimates forecast forecasts promise promises pledge pledges vow vows charge
    charges fear fears project projects state states put puts order orders sign signs ban bans launch launches halt
    halts vote votes demand demands back offer offers veto lift lifts appeal appeals tweet tweets say object objects
    boast boasts joke jokes dispute disputes guarantee guarantees reply replies stress speak suspect suspects
    rules decline declines call calls plan plans hope hopes want wants blame praise
    """
)
"""Forms that are nouns as often as verbs: they count only behind a subject that cannot be part of a noun phrase with them."""


def _forms(verbs: dict[Stance, str], *, strong: bool) -> dict[str, Cue]:
    found: dict[str, Cue] = {}
    for stance, listed in verbs.items():
        for lemma in listed.split():
            for form in sorted(forms_of_word(lemma)):
                found.setdefault(form, Cue(lemma, stance, strong))
    return found


WANTING = words("want hope plan intend expect demand propose threaten vow promise pledge")
"""Verbs that what is wanted follows with "to": "hopes to reopen the pass"."""
TAKING = words("urge want order condemn criticise criticize defend blame call praise propose recommend accuse demand")
"""Verbs that report whatever object they have: "urged the council to vote", "condemned the raid"."""
CUES = _forms(_WEAK, strong=False) | _forms(_STRONG, strong=True)
"""Every form of a reporting verb."""
ACTS = _forms(_ACTS, strong=False)
"""Every form of a verb by which a party takes a position: it speaks by acting."""
SAID = words(
    """announce accept order demand appeal declare endorse decide notify confirm acknowledge admit deny dismiss pledge promise
    vow offer agree commit undertake refuse reject decline oppose consider weigh mull contemplate ponder explore warn threaten"""
)
"""Acts that tell a will or a word; all others ("ratified") are done, not said."""
HEADLINE_VERBS = frozenset(form for verb in _HEADLINE_VERBS for form in forms_of_word(verb)) | CUES.keys() | ACTS.keys()
"""Forms of verbs that headlines like: where every word has a capital, these are taken for verbs."""
HEARSAY: dict[str, Stance] = dict.fromkeys(
    words("believed thought estimated expected feared projected forecast reckoned"), Stance.ESTIMATES
)
HEARSAY |= dict.fromkeys(words("alleged rumoured rumored accused claimed suspected"), Stance.ALLEGES)
HEARSAY |= dict.fromkeys(words("said reported understood known"), Stance.ASSERTS)
"""Participles in "is believed to": somebody says so who is not named."""

READY = words("prepared ready willing set determined open poised committed opposed bound likely")
"""What a party is that stands before an act: "is [ready] to", "[Set] to"."""
ROLES = words(
    """
    president premier chancellor minister secretary spokesman spokeswoman spokesperson spokespeople ambassador envoy
    general colonel major captain admiral commander chief chairman chairwoman chair chairperson director head leader
    senator representative congressman congresswoman governor mayor king queen prince princess pope patriarch bishop
    official officials officer officers diplomat diplomats source sources aide aides adviser advisers advisor
    advisors lawmaker lawmakers deputy deputies legislator analyst analysts expert experts prosecutor prosecutors
    judge lawyer lawyers negotiator negotiators mediator mediators speaker commissioner coordinator inspector
    manager executive ceo founder economist scientist researcher researchers doctor professor sheriff sergeant
    lieutenant brigadier marshal ayatollah sheikh sultan emir crown boss author authors reporter witness witnesses
    resident residents survivor person people man woman insider insiders veteran vice-president undersecretary
    attorney councillor member members warlord rebel rebels minister's historian pilot engineer correspondent
    correspondents ministers secretaries leaders generals chiefs commanders premiers ambassadors rescuer rescuers
    volunteer volunteers organiser organizer guerrilla guerrillas militant militants captain administrator dr mr mrs
    ms sir lord dame prof sen gen gov rep lt col maj capt adm brig sgt rev fm pm
    """
)
"""What a person is called for an office or a part in events; lower case, as plain words."""
_PEOPLE_ONE = words(
    "candidate critic supporter opponent rival activist campaigner protester student delegate auditor investigator treasurer"
)
PEOPLE = words(
    """
    officials officers diplomats sources aides advisers advisors lawmakers deputies analysts experts prosecutors
    lawyers negotiators mediators researchers witnesses residents people insiders members ministers leaders generals
    chiefs commanders authors rebels militants correspondents rescuers volunteers spokespeople survivors secretaries
    """
)
ROLES |= PEOPLE | _PEOPLE_ONE
BODIES = words(
    """
    ministry department government administration agency office army navy air force forces military command police
    parliament senate congress house cabinet council commission committee court union group movement party company
    firm maker carmaker operator authority authorities service services bureau bank organization organisation
    statement report paper newspaper daily broadcaster magazine channel outlet presidency chancellery embassy
    coalition alliance watchdog institute university charity centre center fund mission delegation junta rulers
    regime kremlin pentagon press agencies tribunal board chamber assembly federation association league network
    monitor monitors observatory survey study poll regulator inspectorate staff guard coastguard directorate
    secretariat bloc faction militia guards consortium foundation think-tank spokesmen workers governments states
    ministries state region county city hospital
    """
)
"""Heads of noun phrases that name who speaks without a person: "the ministry", "a state broadcaster"."""
TEMPORAL = words(
    """
    monday tuesday wednesday thursday friday saturday sunday today yesterday tonight tomorrow january february march
    april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
    late early earlier later last this next morning afternoon evening night week month year overnight midday noon
    midnight recently again ago
    """
)
"""Words that begin or fill a time phrase."""
AUXILIARIES = words(
    """
    is are was were be been being am has have had do does did will would shall should can could may might must won't
    wouldn't can't cannot isn't aren't wasn't weren't don't doesn't didn't hasn't haven't hadn't 's 're 've 'll 'd
    n't ca wo ai
    """
)
SUBORDINATORS = words(
    "that but while when which because after before if as although though whether since until unless where how why than so"
)
PREPOSITIONS = words(
    """
    in at on by from to with into onto over under about against between among during through toward towards near
    across along around behind beyond despite except inside like off outside per till up upon via within without
    amid following ahead
    """
)
DETERMINERS = words(
    """
    the a an this that these those his her its their our my your another some any no each every both several two
    three four five six seven one many most few other senior top former unnamed anonymous
    """
)
PERSONAL = words("he she they it i we")
POINTING = words("the this that his her its their")
RELATIVES = words("who which")
BETWEEN = words(
    """
    neither also later then now still again both all just himself herself itself themselves has have had once already even
    only yesterday today jointly publicly privately flatly reportedly repeatedly earlier first was were is are be
    been being to will would not n't did does do n’t never ever further meanwhile however instead too simply
    """
)
"""What may stand between a speaker and the verb."""
_LY_NOUNS = words("tally family assembly ally supply reply rally monopoly anomaly bully early only likely elderly daily")


def is_adverb(low: str) -> bool:
    """Whether the word is an adverb by its ending."""
    return low.endswith("ly") and len(low) > 4 and low not in _LY_NOUNS
