"""Stance: the reporting word, its negation and the mood of what is said."""

import pytest

from monitor.extract.attribution import attributions
from monitor.records import Stance
from tests.language import pipeline


@pytest.mark.parametrize(
    ("text", "stance"),
    [
        ("The navy said that forty ships had sunk.", Stance.ASSERTS),
        ("Norway confirmed the loss of two ships.", Stance.CONFIRMS),
        ("Norway acknowledged that two ships were lost.", Stance.CONFIRMS),
        ("Norway denied that two ships were lost.", Stance.DENIES),
        ("The reports are baseless, the Norwegian navy said.", Stance.DENIES),
        ("The navy warned of more losses.", Stance.WARNS),
        ("Any ship that comes near will be a legitimate target, the rebels' spokesman said.", Stance.WARNS),
        ("Norway pledged to send two ships.", Stance.PROMISES),
        ("Norway will send two ships, its defence minister said.", Stance.PROMISES),
        ("Norway refused to send ships.", Stance.REFUSES),
        ("Norway will not send ships, its defence minister said.", Stance.REFUSES),
        ("Norway ruled out a strike.", Stance.REFUSES),
        ("Norway is weighing a strike, its prime minister said.", Stance.CONSIDERS),
        ("Repairs will cost about 40 million euros, the mayor said.", Stance.ESTIMATES),
        ("The rebels claimed that two ships had sunk.", Stance.ALLEGES),
        ("Norway no longer denies that its ships are in the bay, the foreign ministry said.", Stance.CONFIRMS),
        ("Norway has moved away from its denial that it sold the guns, the ministry said.", Stance.CONFIRMS),
        ("Norway no longer opposes a search of the camp, its envoy said.", Stance.CONSIDERS),
        ("Norway no longer rules out a strike", Stance.CONSIDERS),
        ("Norway not considering a sale of the guns", Stance.REFUSES),
        ("Norway is not considering a sale of the guns, its minister said.", Stance.REFUSES),
        ("Norway would consider a sale of the guns, its minister said.", Stance.CONSIDERS),
        ("Norway moved away from its denial of the raid, saying that it was looking into the reports.", Stance.CONSIDERS),
        ("Norway will close the pass unless Chile pays, its minister said.", Stance.WARNS),
        ("If the ships are not handed back, Norway will close the pass, its minister said.", Stance.WARNS),
        ("About 900 people marched through the town, police said.", Stance.ESTIMATES),
        ("Norway does not accept the treaty, its minister said.", Stance.REFUSES),
        ("Norway will no longer give its half-yearly tally, its minister said.", Stance.REFUSES),
        ("Norway is at present thinking about a sale, its minister said.", Stance.CONSIDERS),
        ("Norway signals it is willing to talk", Stance.CONSIDERS),
        ("Chile has mined the bay, Norwegian Defence Minister Tora Lind said.", Stance.ALLEGES),
        ("Norwegian ships attacked the port, Norway's navy said.", Stance.ASSERTS),
        ("Norway reserves the right to close the pass, its envoy said.", Stance.WARNS),
        ("Norway gives Chile three weeks to withdraw", Stance.WARNS),
        ("Norway Ready to Ease Its Ferry Rules", Stance.PROMISES),
        ("Norway to Restrict Exports of Ferry Parts", Stance.PROMISES),
        ("The court ruled that the sale was lawful.", Stance.ASSERTS),
        ("Norway plans to station two ships in the bay", Stance.PROMISES),
        ("Norway plans a new fund for ferries", Stance.CONSIDERS),
        ("It will take eleven billion euros to mend the bridge, the mayor said.", Stance.ESTIMATES),
    ],
)
def test_each_stance_is_read(text: str, stance: Stance) -> None:
    found = attributions(pipeline()(text), {})[0]
    assert found is not None
    assert found.stance is stance


@pytest.mark.parametrize(
    "text",
    [
        "Norway declined to confirm the loss of two ships.",
        "The ministry neither confirmed nor denied the loss.",
        "Norway has not confirmed the loss.",
        "Norway did not rule out a strike.",
    ],
)
def test_what_is_withheld_is_no_confirmation_and_no_refusal(text: str) -> None:
    found = attributions(pipeline()(text), {})[0]
    assert found is None or found.stance in {Stance.ASSERTS, Stance.CONSIDERS}


def test_another_states_plan_is_no_promise() -> None:
    found = attributions(pipeline()("Chile will send two ships, Norwegian Defence Minister Tora Lind said."), {})[0]
    assert found is not None
    assert (found.org, found.stance) == ("Norway", Stance.ASSERTS)
