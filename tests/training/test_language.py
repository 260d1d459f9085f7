"""The corpora as training data: what the readers make of them."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import spacy
from spacy.training import Example

from monitor.extract.pieces import Pieces
from training.language import augment, corpora, examples, lemmas, names, tokenizer, treebank

CONLLU = """\
# newdoc id = one
# sent_id = 1
# text = He didn't leave.
1\tHe\the\tPRON\tPRP\tCase=Nom\t4\tnsubj\t_\tEntity=(1-person-new)
2-3\tdidn't\t_\t_\t_\t_\t_\t_\t_\t_
2\tdid\tdo\tAUX\tVBD\t_\t4\taux\t_\t_
3\tn't\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_
4\tleave\tleave\tVERB\tVB\tVerbForm=Inf\t0\troot\t_\tSpaceAfter=No
4.1\tgone\tgo\tVERB\tVBN\t_\t_\t_\t_\t_
5\t.\t.\tPUNCT\t.\t_\t4\tpunct\t_\t_

# newpar
# sent_id = 2
1\tRain\train\tNOUN\tNN\tNumber=Sing\t2\tnsubj\t_\t_
2\tfell\tfall\tVERB\tVBD\tTense=Past\t0\troot\t_\t_

# newdoc id = two
# sent_id = 3
1\tStop\tstop\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No
2\t!\t!\tPUNCT\t.\t_\t1\tpunct\t_\t_
""".splitlines(keepends=True)


@pytest.fixture(scope="module")
def nlp() -> spacy.Language:
    return tokenizer.prepare(spacy.blank("en"))


def test_a_treebank_becomes_documents_with_their_trees(nlp: spacy.Language) -> None:
    first, second = treebank.documents(CONLLU, nlp.vocab, breaks=False)

    assert first.text == "He didn't leave. Rain fell "
    assert [s.text.strip() for s in first.sents] == ["He didn't leave.", "Rain fell"]
    assert [(t.text, t.tag_, t.pos_, t.lemma_, t.dep_, t.head.text) for t in first][:4] == [
        ("He", "PRP", "PRON", "he", "nsubj", "leave"),
        ("did", "VBD", "AUX", "do", "aux", "leave"),
        ("n't", "RB", "PART", "not", "advmod", "leave"),
        ("leave", "VB", "VERB", "leave", "ROOT", "leave"),
    ]
    assert second.text == "Stop! "


def test_paragraphs_are_marked_for_training_only(nlp: spacy.Language) -> None:
    marked, _ = treebank.documents(CONLLU, nlp.vocab, breaks=True)

    assert marked.text == "He didn't leave.\n\nRain fell "
    blank = next(t for t in marked if t.is_space)
    assert (blank.tag_, blank.dep_, blank.head.text) == ("_SP", "dep", ".")
    assert [s.text.strip() for s in marked.sents] == ["He didn't leave.", "Rain fell"]


def test_the_tokenizer_agrees_with_the_treebanks_on_hyphens_and_keeps_ranks_whole(nlp: spacy.Language) -> None:
    words = [t.text for t in nlp.make_doc("Capt. Oru saw 11-12,000 F-16s in the U.N. zone.")]

    assert " ".join(words) == "Capt. Oru saw 11 - 12,000 F - 16s in the U.N. zone ."


def test_words_without_their_blanks_get_them_back() -> None:
    words = ["He", "said", ":", '"', "We", "(", "all", ")", "wo", "n't", "pay", "$", "5", '"', "."]

    text = "".join(word + " " * blank for word, blank in zip(words, names.spaces_between(words), strict=True)).strip()

    assert text == 'He said: "We (all) won\'t pay $5".'


def test_tags_with_and_without_begin_marks_give_spans() -> None:
    assert names.spans(["B-PER", "I-PER", "B-PER", "O", "B-LOC"]) == [(0, 2, "PER"), (2, 3, "PER"), (4, 5, "LOC")]
    assert names.spans(["I-ORG", "I-ORG", "O", "I-LOC", "I-PER"]) == [(0, 2, "ORG"), (3, 4, "LOC"), (4, 5, "PER")]


def test_fine_types_are_brought_to_four_and_common_nouns_left_out(nlp: spacy.Language) -> None:
    rows = [
        "Oru\tB-politician",
        "joined\tO",
        "the\tO",
        "Green\tB-politicalparty",
        "Union\tI-politicalparty",
        "jazz\tB-musicgenre",
        "",
        "Oslo\tB-country",
    ]

    docs = [names.tagged_document(nlp.vocab, *sentence) for sentence in names.tagged(row + "\n" for row in rows)]

    assert [(e.text, e.label_) for e in docs[0].ents] == [("Oru", "PER"), ("Green Union", "ORG")]
    assert [(e.text, e.label_) for e in docs[1].ents] == [("Oslo", "LOC")]


def test_a_gum_mention_is_cut_down_to_its_name_and_other_capitals_left_open(nlp: spacy.Language) -> None:
    rows = [
        "1\tPresident\tPresident\tPROPN\tNNP\t_\t4\tnsubj\t_\tEntity=(1-person-new-x-y-z-w-Ada_Oru",
        "2\tAda\tAda\tPROPN\tNNP\t_\t1\tflat\t_\t_",
        "3\tOru\tOru\tPROPN\tNNP\t_\t1\tflat\t_\tEntity=1)",
        "4\tlikes\tlike\tVERB\tVBZ\t_\t0\troot\t_\t_",
        "5\tit\tit\tPRON\tPRP\t_\t4\tobj\t_\tEntity=(2-abstract-new)",
        "6\ton\ton\tADP\tIN\t_\t7\tcase\t_\t_",
        "7\tMonday\tMonday\tPROPN\tNNP\t_\t4\tobl\t_\tEntity=(3-time-new)",
    ]

    (doc,) = names.gum_documents((row + "\n" for row in rows), nlp.vocab)

    assert [(e.text, e.label_) for e in doc.ents] == [("Ada Oru", "PER")]
    assert [t.text for t in doc if t.ent_iob == 0] == ["President", "Monday"]


def test_re3d_keeps_names_and_makes_countries_places(nlp: spacy.Language) -> None:
    text = "The rebels met Foreign Minister Ada Oru near Syria."

    def entity(value: str, kind: str, confidence: float = 1.0) -> dict[str, object]:
        begin = text.index(value)
        return {"_id": value, "begin": begin, "end": begin + len(value), "type": kind, "value": value, "confidence": confidence}

    rows = [
        entity("The rebels", "Organisation"),
        entity("Foreign Minister Ada Oru", "Person"),
        entity("Syria", "Organisation"),
        entity("near", "Weapon", 0.1),
    ]
    doc = names.re3d_document(text, rows, {"Syria"}, set(), nlp)

    assert [(e.text, e.label_) for e in doc.ents] == [("Ada Oru", "PER"), ("Syria", "LOC")]


def test_no_test_sentence_is_learned(tmp_path: Path) -> None:
    # Given corpora in which a test sentence stands in a training part too
    for field in corpora.CROSSNER:
        folder = tmp_path / "ner-crossner" / field
        folder.mkdir(parents=True)
        (folder / "train.txt").write_text(
            f"Ada\tB-person\nmet\tO\n{field}\tO\n\nOnly\tO\nhere\tO\n{field}\tO\n", encoding="utf-8"
        )
        (folder / "dev.txt").write_text(f"A\tO\ndev\tO\n{field}\tO\n", encoding="utf-8")
        (folder / "test.txt").write_text(f"Ada\tB-person\nmet\tO\n{field}\tO\n", encoding="utf-8")
    for path in (
        "ner-wnut17/wnut17train.conll",
        "ner-wnut17/emerging.dev.conll",
        "ner-wnut17/emerging.test.annotated",
        "ner-wikigold/wikigold.conll.txt",
        "ud-gum/train.conllu",
        "ud-gum/dev.conllu",
        "ner-uner-ewt/en_ewt-ud-dev.iob2",
        "ner-uner-ewt/en_ewt-ud-test.iob2",
        "ner-uner-pud/en_pud-ud-test.iob2",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("", encoding="utf-8")
    report = {"_id": "1", "text": "Rain fell on Oslo."}
    (tmp_path / "defence-re3d" / "UN").mkdir(parents=True)
    (tmp_path / "defence-re3d" / "UN" / "documents.json").write_text(json.dumps(report) + "\n", encoding="utf-8")
    (tmp_path / "defence-re3d" / "UN" / "entities.json").write_text("", encoding="utf-8")

    # When the parts are made
    learned, _, tests = corpora.entities(tmp_path, spacy.blank("en"))

    # Then what is tested is not among what is learned
    tested = {doc.text for docs in tests.values() for doc in docs}
    assert tested and not tested & {doc.text for doc in learned}
    assert "Only here ai " in {doc.text for doc in learned}


def test_headline_spellings_keep_the_annotation(nlp: spacy.Language) -> None:
    first, _ = treebank.documents(CONLLU, nlp.vocab, breaks=False)
    example = Example(nlp.make_doc(first.text), first)

    titled = augment.respell(example, augment.title_case, nlp)
    shouted = augment.respell(example, lambda words: [w.upper() for w in words], nlp)

    assert titled.reference.text == "He Didn't Leave. Rain Fell "
    assert (shouted.reference[3].lemma_, shouted.reference[3].tag_, len(list(shouted.reference.sents))) == ("leave", "VB", 2)
    assert shouted.reference.text == "HE DIDN'T LEAVE. RAIN FELL "
    assert [t.dep_ for t in titled.reference] == [t.dep_ for t in first] == [t.dep_ for t in shouted.reference]


def test_a_statement_becomes_a_headline_with_its_tree(nlp: spacy.Language) -> None:
    rows = ["The", "army", "will", "send", "the", "tanks", "to", "Oslo", "."]
    doc = spacy.tokens.Doc(
        nlp.vocab,
        words=rows,
        tags=["DT", "NN", "MD", "VB", "DT", "NNS", "IN", "NNP", "."],
        pos=["DET", "NOUN", "AUX", "VERB", "DET", "NOUN", "ADP", "PROPN", "PUNCT"],
        lemmas=[row.lower() for row in rows],
        heads=[1, 3, 3, 3, 5, 3, 7, 3, 3],
        deps=["det", "nsubj", "aux", "ROOT", "det", "obj", "case", "obl", "punct"],
    )

    made = augment.headline(next(doc.sents), nlp)

    assert made is not None
    assert made.reference.text.strip() == "Army to send tanks to Oslo"
    assert [(t.tag_, t.dep_, t.head.text) for t in made.reference] == [
        ("NN", "nsubj", "send"),
        ("TO", "mark", "send"),
        ("VB", "ROOT", "send"),
        ("NNS", "obj", "send"),
        ("IN", "case", "Oslo"),
        ("NNP", "obl", "send"),
    ]


def test_a_respelt_sentence_keeps_its_names_and_what_is_left_open(nlp: spacy.Language) -> None:
    doc = names.tagged_document(nlp.vocab, ["Oru", "left", "May", "."], ["B-PER", "O", "O", "O"])
    doc.set_ents(list(doc.ents), missing=[doc[2:3]], default="outside")

    changed = augment.respell(Example(nlp.make_doc(doc.text), doc), lambda words: [w.lower() for w in words], nlp).reference

    assert [(e.text, e.label_) for e in changed.ents] == [("oru", "PER")]
    assert [t.ent_iob for t in changed] == [3, 2, 0, 2]


def test_augmentation_is_repeatable(nlp: spacy.Language) -> None:
    docs = [names.tagged_document(nlp.vocab, [name, "left", "."], ["B-PER", "O", "O"]) for name in ("Oru", "Ada", "Ivo", "Eva")]

    def run(seed: int) -> list[str]:
        make = augment.copies(0.6, 0.0, seed)
        random.seed()  # the world's dice must not matter
        return [copy.reference.text for doc in docs for copy in make(nlp, Example(nlp.make_doc(doc.text), doc))]

    assert run(1) == run(1)
    assert 0 < len(run(1)) < len(docs)


def test_where_a_corpus_has_no_label_for_it_a_capitalised_word_is_left_open(nlp: spacy.Language) -> None:
    doc = names.tagged_document(nlp.vocab, ["The", "Iraqi", "army", "left", "Oslo", "."], ["O", "O", "O", "O", "B-LOC", "O"])

    names.opened(doc)

    assert [t.ent_iob for t in doc] == [2, 0, 2, 2, 3, 2]


def test_names_are_laid_over_trees_of_the_same_words(nlp: spacy.Language) -> None:
    trees = list(treebank.documents(CONLLU, nlp.vocab, breaks=True))
    sentences = [
        names.tagged_document(nlp.vocab, ["He", "did", "n't", "leave", "."], ["B-PER", "O", "O", "O", "O"]),
        names.tagged_document(nlp.vocab, ["Rain", "fell"], ["O", "O"]),
        names.tagged_document(nlp.vocab, ["Stop", "!"], ["B-ORG", "I-ORG"]),
    ]

    names.lay_over(trees, sentences)

    assert [[(e.text, e.label_) for e in doc.ents] for doc in trees] == [[("He", "PER")], [("Stop!", "ORG")]]
    assert trees[0][-1].ent_iob == 2


PIECES = Pieces(
    {mark: number for number, mark in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "he", "did", "leave", ".", "rain"])}
)


def test_an_example_is_one_sentence_with_each_word_s_place_among_the_pieces(nlp: spacy.Language) -> None:
    (doc, _) = treebank.documents(CONLLU, nlp.vocab, breaks=True)
    labels = examples.labels_of([doc], ["PER"], least=1)

    first, second = examples.Maker(labels, PIECES).items(Example(nlp.make_doc(doc.text), doc))

    assert first.pieces == [2, 4, 5, 1, 1, 1, 6, 7, 3]  # "n't" is three pieces
    assert first.first == [1, 2, 3, 6, 7]
    assert first.heads == [4, 4, 4, 0, 4]
    assert [labels.relations[r] for r in first.relations] == ["nsubj", "aux", "advmod", "ROOT", "punct"]
    assert [labels.morphs[m] for m in first.morphs] == ["PRON|Case=Nom", "AUX", "PART", "VERB|VerbForm=Inf", "PUNCT"]
    assert [labels.tags[t] for t in first.tags] == ["PRP", "VBD", "RB", "VB", "."]
    assert first.names == [examples.OPEN] * 5  # a treebank without names says nothing of them
    assert second.heads == [2, 0]


def test_words_that_the_corpus_cuts_otherwise_are_left_open(nlp: spacy.Language) -> None:
    doc = names.tagged_document(nlp.vocab, ["Franco-German", "talks", "in", "Oslo"], ["B-MISC", "O", "O", "B-LOC"])
    labels = examples.labels_of([], ["LOC", "MISC"], least=1)

    (item,) = examples.Maker(labels, PIECES).items(Example(nlp.make_doc(doc.text), doc))

    assert [labels.names[n] for n in item.names] == ["B-MISC", "I-MISC", "I-MISC", "O", "O", "B-LOC"]
    assert item.heads == [examples.OPEN] * 6


@pytest.mark.parametrize(
    ("word", "pos", "morph", "lemma"),
    [
        ("TROOPS", "NOUN", "Number=Plur", "troop"),
        ("Armies", "NOUN", "Number=Plur", "army"),
        ("fell", "VERB", "Tense=Past|VerbForm=Fin", "fall"),
        ("stopped", "VERB", "Tense=Past|VerbForm=Fin", "stop"),
        ("Deploying", "VERB", "VerbForm=Ger", "deploy"),
        ("He", "PRON", "", "he"),
        ("Oslo", "PROPN", "Number=Sing", "Oslo"),
    ],
)
def test_lemmas_come_from_rules_and_counted_exceptions(word: str, pos: str, morph: str, lemma: str) -> None:
    trained = spacy.blank("en")
    lemmas.add(trained, treebank.documents(CONLLU, trained.vocab, breaks=False))
    doc = spacy.tokens.Doc(trained.vocab, words=[word], pos=[pos], morphs=[morph])

    assert trained.get_pipe("lemmatizer")(doc)[0].lemma_ == lemma  # type: ignore[operator]  # typed as any component
