"""Who says what: every form in which a sentence names its source, and how speakers are carried through a document."""

import pytest

from monitor.extract.attribution import attributions, every_attribution
from monitor.records import Attribution, Stance
from tests.language import pipeline

ACTORS = {"Ruritania": ("Strelsau", "Sapt"), "Dock Union": ("union",)}


def read(text: str) -> list[Attribution | None]:
    return attributions(pipeline()(text), ACTORS)


@pytest.mark.parametrize(
    ("text", "speaker", "org"),
    [
        ("Mayor Ivo Marek told reporters on Monday that the bridge was shut.", "Ivo Marek", None),
        ("The bridge is shut, Mayor Ivo Marek said on Monday.", "Ivo Marek", None),
        ('"The bridge is shut," said Defence Minister Tora Lind of Norway.', "Tora Lind", "Norway"),
        ('"The bridge is shut," Tora Lind, Norway\'s defence minister, wrote on her page.', "Tora Lind", "Norway"),
        ("The harbour is shut, said the commander of the Polish coast guard, Jan Wilk.", "Jan Wilk", "Poland"),
        ("Norway's ambassador to Chile, Tora Lind, said that the harbour was shut.", "Tora Lind", "Norway"),
        ("According to a senior U.S. defense official, the harbour is shut.", "senior U.S. defense official", "United States"),
        ("By the union's latest count 40 ships are waiting.", "union", "Dock Union"),
        ("No more ships for Chile: Kremlin", "Kremlin", "Russia"),
        ("Pentagon: harbour is shut", "Pentagon", "United States"),
        ("Harbour to stay shut, Strelsau says", "Strelsau", "Ruritania"),
        ("OSLO, May 3 (Fjord) - Norway's parliament has ratified the pact.", "Norway's parliament", "Norway"),
        ("Forty ships sank, a newspaper reported, citing the navy.", "navy", None),
        ("Forty ships sank, figures of the Polish navy show.", "Polish navy", "Poland"),
        ("The strike is over, the union let it be known on Friday.", "union", "Dock Union"),
        ("Forty ships waited that week, the WHO's tally showed.", "WHO", "World Health Organization"),
        ("Transport Minister Ada Brock (Greens) has ordered the harbour shut.", "Ada Brock", None),
        ("Three Polish soldiers were hurt, Warsaw's defence ministry said.", "Warsaw's defence ministry", "Poland"),
        ("Forty ships wait, by the latest count of the Polish navy.", "Polish navy", "Poland"),
        ("Ruritania has closed the pass, its foreign ministry said.", "foreign ministry", "Ruritania"),
        ("On Friday night Chancellor Ada Brock vowed to reopen the harbour.", "Ada Brock", None),
        ("Warsaw's claim that Norway shut the harbour has drawn laughter.", "Warsaw", "Poland"),
        ("A pledge by Strelsau to open the harbour was met with silence.", "Strelsau", "Ruritania"),
        ("For the trade unions, the offer is an insult.", "trade unions", None),
        ("Citing two engineers, the Fjord Gazette reported that the bridge was shut.", "Fjord Gazette", None),
        ("Mayor Ivo Marek put the number of injured at 1,205.", "Ivo Marek", None),
        ("Figures from the ministry put the cost at 40 million euros.", "ministry", None),
        ("The bridge is shut, the Fjord Gazette reported Monday.", "Fjord Gazette", None),
        (
            "Norway has shut the harbour, the Fjord Gazette reported on Monday, citing people who work there.",
            "Fjord Gazette",
            None,
        ),
        ("Marek told ministers that the harbour would be shut, people in the room said.", "Marek", None),
        ("The Northern Ferry Agency has no boats left, the agency said.", "agency", None),
        ("Ruritania has no wish to talk, it said on Sunday.", "Ruritania", "Ruritania"),
        ("The list was shortened on Monday by the Polish navy.", "Polish navy", "Poland"),
        ("As reported by the Polish navy, forty ships are waiting.", "Polish navy", "Poland"),
        ("Three ships have left so far, Norway's coast guard chief said.", "Norway's coast guard chief", "Norway"),
    ],
)
def test_the_source_is_found_in_each_form(text: str, speaker: str, org: str | None) -> None:
    found = read(text)[0]
    assert found is not None
    assert (found.speaker, found.org) == (speaker, org)


@pytest.mark.parametrize(
    ("title", "speaker", "org", "stance"),
    [
        ("Ruritania to Send Two Ships to Norway", "Ruritania", "Ruritania", Stance.PROMISES),
        ("Norway Weighs Closing Its Harbours to Ferries", "Norway", "Norway", Stance.CONSIDERS),
        ("Polish Trade Minister Rejects New Ferry Duties", "Polish Trade Minister", "Poland", Stance.REFUSES),
        ("Norway and Chile Halt Ferry Talks", "Norway and Chile", "Norway", Stance.ASSERTS),
        ("Sapt Threatens to Shut Every Harbour", "Sapt", "Ruritania", Stance.WARNS),
        ("Harbours Will Stay Shut for Weeks, Norway Says", "Norway", "Norway", Stance.PROMISES),
        ("North Korea Fires Rockets Into the Sea", "North Korea", "North Korea", Stance.ASSERTS),
        ("Poland Offers Norway a New Ferry Deal", "Poland", "Poland", Stance.PROMISES),
        ("Poland Moves to Loosen Ferry Rules", "Poland", "Poland", Stance.ASSERTS),
        ("Norway Signals Readiness to Talk About Ferries", "Norway", "Norway", Stance.CONSIDERS),
    ],
)
def test_a_headline_in_title_case_tells_who_acts(title: str, speaker: str, org: str, stance: Stance) -> None:
    found = read(title)[0]
    assert found is not None
    assert (found.speaker, found.org, found.stance) == (speaker, org, stance)


@pytest.mark.parametrize(
    "text",
    [
        "The harbour is shut.",
        "Its claims and reports filled three states.",
        "Forty ships waited in the United States.",
        "He lives in a house of his own.",
        "The ceasefire between Norway and Chile came into force at noon.",
        "Fourteen people have died in the storm.",
        "The Norwegian state radio was silent.",
        "Norway's capacity to build ferries has come under scrutiny.",
    ],
)
def test_where_nobody_speaks_the_outlet_does(text: str) -> None:
    assert read(text) == [None]


def test_hearsay_has_a_cue_and_no_speaker() -> None:
    (found,) = read("Forty ships are believed to have sunk off the cape.")
    assert found is not None
    assert found.speaker is None
    assert found.stance is Stance.ESTIMATES


def test_pronouns_and_offices_mean_whoever_spoke_before() -> None:
    text = "Colonel Fritz Sapt denied it. He added that the pass was open. The colonel insisted that no one was hurt."
    assert [one.speaker if one else None for one in read(text)] == ["Fritz Sapt"] * 3


def test_a_surname_is_brought_to_the_full_name_and_to_the_topics_actor() -> None:
    text = "Ambassador Fritz Sapt arrived late. Sapt said that the pass was open."
    found = read(text)[1]
    assert found is not None
    assert (found.speaker, found.org) == ("Fritz Sapt", "Ruritania")


def test_a_quotation_runs_on_over_sentences() -> None:
    text = 'Mayor Ivo Marek said: "The bridge is shut. It stays shut. Nobody may cross." Rain fell.'
    assert [one.speaker if one else None for one in read(text)] == ["Ivo Marek", "Ivo Marek", "Ivo Marek", None]


def test_reported_speech_runs_on_where_the_verb_is_shifted_back() -> None:
    text = "The bridge would be mended, Mayor Ivo Marek said. The work would take a year. It rained."
    assert [one.speaker if one else None for one in read(text)] == ["Ivo Marek", "Ivo Marek", None]


def test_source_cue_and_content_are_spans_of_the_text() -> None:
    text = "The bridge is shut, Mayor Ivo Marek said on Monday."
    (found,) = read(text)
    assert found is not None
    assert [text[a:b] for a, b in found.source] == ["Mayor Ivo Marek"]
    assert [text[a:b] for a, b in found.cue] == ["said"]
    assert [text[a:b] for a, b in found.content] == ["The bridge is shut"]


@pytest.mark.parametrize(
    ("text", "source", "cue", "content"),
    [
        ("The mayor has also said that the bridge is shut.", "The mayor", "has also said", "that the bridge is shut"),
        ("The mayor declined to say whether the bridge was shut.", "The mayor", "declined to say", "whether the bridge was shut"),
        ("The mayor did not rule out closing it.", "The mayor", "did not rule out", "closing it"),
        ("The mayor told the council of Strelsau the bridge was shut.", "The mayor", "told", "the bridge was shut"),
        ("The report was denied by the mayor of Strelsau.", "the mayor of Strelsau", "was denied by", "The report"),
        ("The union called on the mayor to resign.", "The union", "called on", "the mayor to resign"),
        ('"The bridge is shut," the mayor said in a letter.', "the mayor", "said", '"The bridge is shut,"'),
        ("After the vote, the mayor said the bridge was shut.", "the mayor", "said", "the bridge was shut"),
    ],
)
def test_each_stretch_has_its_full_extent(text: str, source: str, cue: str, content: str) -> None:
    (found,) = read(text)
    assert found is not None
    spans = [[text[a:b] for a, b in part] for part in (found.source, found.cue, found.content)]
    assert spans == [[source], [cue], [content]]


def test_an_act_has_a_source_and_no_cue() -> None:
    (found,) = read("Norway's parliament ratified the pact.")
    assert found is not None
    assert found.source
    assert not found.cue


def test_who_is_named_at_the_end_of_a_quotation_speaks_all_of_it() -> None:
    text = '"We asked. We asked twice. Nobody came," said Mayor Ivo Marek.'
    assert [one.speaker if one else None for one in read(text)] == ["Ivo Marek"] * 3


def test_a_second_speaker_divides_a_sentence() -> None:
    text = "Norway said five men were lost, and Chile denied that any were; the mayor said it was calm, adding that he was not."
    assert [one.speaker if one else None for one in read(text)] == ["Norway", "Chile", "mayor", "mayor"]


def test_who_is_quoted_within_what_another_reports_is_told_too() -> None:
    text = "The bridge will be shut, Ada Brock said, and officials believe that it will fall."
    said = every_attribution(pipeline()(text), ACTORS)

    assert next((one.speaker, [text[a:b] for a, b in one.content]) for one in said) == ("Ada Brock", ["The bridge will be shut"])


def test_a_place_before_a_quotation_is_no_part_of_it() -> None:
    text = 'In a long letter, Mayor Ivo Marek said, "The bridge is shut for good."'
    (said,) = every_attribution(pipeline()(text), ACTORS)

    assert [text[a:b] for a, b in said.content] == ['"The bridge is shut for good."']


def test_a_figure_at_the_start_of_what_is_said_is_part_of_it() -> None:
    text = "The mayor said 500 ferries were waiting."
    (said,) = every_attribution(pipeline()(text), ACTORS)

    assert [text[a:b] for a, b in said.content] == ["500 ferries were waiting"]


@pytest.mark.parametrize(
    "text",
    ["Norway Election Throws a Wrench in Ferry Talks", "Polish Ferry Exports Surge After Truce", "Last Polish soldiers leave"],
)
def test_a_states_name_within_another_noun_is_no_party(text: str) -> None:
    assert read(text) == [None]


def test_a_comma_right_before_a_colon_names_nobody() -> None:
    assert read('Oru,: "No more ships"') == [None]
