"""The words that report speech, and what they say of the speaker's stance."""

from __future__ import annotations

from monitor.records import Stance
from monitor.topics.inflect import forms_of_word

_CUES: dict[Stance, str] = {
    Stance.ASSERTS: """say tell state declare announce report note add explain write tweet post disclose reveal describe argue
        insist stress maintain reiterate repeat remark comment observe point conclude recall respond reply find show""",
    Stance.CONFIRMS: "confirm acknowledge admit concede verify recognise recognize",
    Stance.DENIES: "deny dismiss reject dispute refute rebut",
    Stance.ESTIMATES: "estimate reckon assess believe expect think project forecast predict suspect calculate",
    Stance.ALLEGES: "allege claim accuse suggest blame",
    Stance.WARNS: "warn threaten caution",
    Stance.PROMISES: "promise pledge vow commit undertake guarantee",
    Stance.REFUSES: "refuse decline",
    Stance.CONSIDERS: "consider weigh mull contemplate ponder",
}

CUES: dict[str, Stance] = {
    form: stance for stance, verbs in _CUES.items() for verb in verbs.split() for form in forms_of_word(verb)
}
"""Every form of a reporting verb, with the stance that it shows by itself."""
