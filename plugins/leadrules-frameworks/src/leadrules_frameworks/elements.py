"""The frameworks: each takes what is known of its elements, in its own order, and gives their states.

An element is true, false or unknown. Any condition will do for one: a field, a comparison with a
rating, `is known`. What each element asks for stands in the docstring, which is its reference page.
"""

from __future__ import annotations

from collections.abc import Mapping

from leadrules.sdk import Written, criterion
from leadrules_frameworks.answers import Anum, Bant, Champ, Faint, GpctbaCi, Meddic, Meddpicc
from leadrules_frameworks.states import written

MOST_ELEMENTS = 8
PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@criterion(version="1")
def bant(budget: bool | None, authority: bool | None, need: bool | None, timing: bool | None) -> list[Bant]:
    """Give the states of BANT's four elements: `budget: yes`, `budget: no` or `budget: unknown`, and so on.

    - `budget`: they have money for it, or can get it;
    - `authority`: we talk to someone who decides or signs;
    - `need`: they have a problem that we solve;
    - `timing`: they want it solved within the time that matters to us.

    Always four texts, in this order. A rating goes in as a comparison: `bant_budget >= 7` is yes, no,
    or unknown where the rating is.

    Source: IBM's sales organisation, by common account in the 1950s or 1960s.
    """
    return written([("budget", budget), ("authority", authority), ("need", need), ("timing", timing)])


@criterion(version="1")
def meddic(
    metrics: bool | None,
    economic_buyer: bool | None,
    decision_criteria: bool | None,
    decision_process: bool | None,
    identified_pain: bool | None,
    champion: bool | None,
) -> list[Meddic]:
    """Give the states of MEDDIC's six elements: `metrics: yes`, `metrics: no` or `metrics: unknown`, and so on.

    - `metrics`: the customer has put a number to what it gains;
    - `economic buyer`: we know, and talk to, the person who can release the money;
    - `decision criteria`: we know what offers are compared by;
    - `decision process`: we know the steps from here to a decision, with dates and names;
    - `identified pain`: we know what it costs them to leave things as they are;
    - `champion`: someone with influence sells for us when we are not there.

    Always six texts, in this order.

    Source: Dick Dunkel and Jack Napoli at PTC, in the 1990s.
    """
    return written(
        [
            ("metrics", metrics),
            ("economic buyer", economic_buyer),
            ("decision criteria", decision_criteria),
            ("decision process", decision_process),
            ("identified pain", identified_pain),
            ("champion", champion),
        ]
    )


@criterion(version="1")
def meddpicc(
    metrics: bool | None,
    economic_buyer: bool | None,
    decision_criteria: bool | None,
    decision_process: bool | None,
    paper_process: bool | None,
    identified_pain: bool | None,
    champion: bool | None,
    competition: bool | None,
) -> list[Meddpicc]:
    """Give the states of MEDDPICC's eight elements: `metrics: yes`, `metrics: no` or `metrics: unknown`, and so on.

    Those of MEDDIC (see `frameworks.meddic`), and two more:

    - `paper process`: we know how an agreed offer becomes a signed contract: legal, security, purchasing;
    - `competition`: we know who else is in the race, doing nothing and doing it themselves included.

    Always eight texts, in the order of the acronym: metrics, economic buyer, decision criteria, decision
    process, paper process, identified pain, champion, competition.

    Source: MEDDIC as it was extended in enterprise software sales in the 2000s.
    """
    return written(
        [
            ("metrics", metrics),
            ("economic buyer", economic_buyer),
            ("decision criteria", decision_criteria),
            ("decision process", decision_process),
            ("paper process", paper_process),
            ("identified pain", identified_pain),
            ("champion", champion),
            ("competition", competition),
        ]
    )


@criterion(version="1")
def champ(
    challenges: bool | None, authority: bool | None, money: bool | None, prioritization: bool | None
) -> list[Champ]:
    """Give the states of CHAMP's four elements: `money: yes`, `money: no` or `money: unknown`, and so on.

    - `challenges`: they have a challenge that we can solve; it comes first;
    - `authority`: we know who takes part in the decision, and how to reach them;
    - `money`: what they expect to spend, and to gain, fits what we ask;
    - `prioritization`: solving it ranks high enough among all they have to do.

    Always four texts, in this order.

    Source: InsightSquared, as an answer to BANT that begins with the buyer.
    """
    return written(
        [("challenges", challenges), ("authority", authority), ("money", money), ("prioritization", prioritization)]
    )


@criterion(version="1")
def anum(authority: bool | None, need: bool | None, urgency: bool | None, money: bool | None) -> list[Anum]:
    """Give the states of ANUM's four elements: `authority: yes`, `authority: no` or `authority: unknown`, and so on.

    - `authority`: we talk to someone who can decide; it comes first;
    - `need`: they have a problem that we solve;
    - `urgency`: it hurts now;
    - `money`: they have it, or can find it.

    Always four texts, in this order.

    Source: Ken Krogue, InsideSales.com: BANT in the order in which a call finds out.
    """
    return written([("authority", authority), ("need", need), ("urgency", urgency), ("money", money)])


@criterion(version="1")
def gpctba_ci(
    goals: bool | None,
    plans: bool | None,
    challenges: bool | None,
    timeline: bool | None,
    budget: bool | None,
    authority: bool | None,
    consequences: bool | None,
    implications: bool | None,
) -> list[GpctbaCi]:
    """Give the states of the eight elements of GPCTBA/C&I: `goals: yes`, `goals: no` or `goals: unknown`, and so on.

    - `goals`: they have goals in numbers, and we can help to reach them;
    - `plans`: they have a plan for reaching them, and it has room for us;
    - `challenges`: they know what stands in the way, and that their plan is not enough;
    - `timeline`: they know by when, and have the people to begin;
    - `budget`: what they would spend on it is known, and enough;
    - `authority`: we talk to who decides, or that person wants the same;
    - `consequences`: they know what happens when the goal is missed (negative consequences);
    - `implications`: they know what they would do once it is reached (positive implications).

    Always eight texts, in this order.

    Source: HubSpot's qualification of inbound leads.
    """
    return written(
        [
            ("goals", goals),
            ("plans", plans),
            ("challenges", challenges),
            ("timeline", timeline),
            ("budget", budget),
            ("authority", authority),
            ("consequences", consequences),
            ("implications", implications),
        ]
    )


@criterion(version="1")
def faint(
    funds: bool | None, authority: bool | None, interest: bool | None, need: bool | None, timing: bool | None
) -> list[Faint]:
    """Give the states of FAINT's five elements: `funds: yes`, `funds: no` or `funds: unknown`, and so on.

    - `funds`: the organisation is able to pay, whether or not there is a budget yet;
    - `authority`: we talk to someone who can decide to spend them;
    - `interest`: we have made them want to know how things could be better;
    - `need`: we have found a need together;
    - `timing`: we know when they mean to act.

    Always five texts, in this order.

    Source: Mike Schultz, RAIN Group: BANT for buyers who have not set a budget aside yet.
    """
    return written(
        [("funds", funds), ("authority", authority), ("interest", interest), ("need", need), ("timing", timing)]
    )


def _refuse_names(names: list[str]) -> None:
    """Refuse a literal list of elements that a checklist cannot ask for."""
    if len(names) > MOST_ELEMENTS:
        raise ValueError(f"a checklist has at most {MOST_ELEMENTS} elements, and these are {len(names)}")
    if len({name.casefold() for name in names}) < len(names):
        raise ValueError("an element stands in it twice")


def _refuse_places(written: Mapping[str, Written]) -> None:
    """Refuse values that do not stand for the elements: too few, too many, or one at another's place."""
    names = written["names"].value
    if names is ... or not names:
        return
    places = {place: written[place] for place in PLACES if place in written}
    for place in PLACES[len(names) :]:
        if place in places:
            raise ValueError(f"`{places[place].text}` stands for no element: there are {len(names)}")
    last = PLACES[len(names) - 1]
    if last not in places:
        raise ValueError(
            f'the last element, "{names[-1]}", has no value; leave out another by naming what follows, '
            f"such as `{last}: {list(places.values())[-1].text}`"
        )
    own = {place: _plain(name) for place, name in zip(PLACES, names, strict=False)}
    for place, argument in places.items():
        text = _plain(argument.text)
        if text != own[place] and text in own.values():
            name = names[PLACES.index(place)]
            raise ValueError(f'`{argument.text}` stands for "{name}", and is called as another element')


def _plain(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").casefold()


@criterion(version="1", checks={"names": _refuse_names}, together=_refuse_places)
def checklist(  # noqa: PLR0913, PLR0917 - a rule file gives the elements by their place
    names: list[str],
    first: bool | None,
    second: bool | None = None,
    third: bool | None = None,
    fourth: bool | None = None,
    fifth: bool | None = None,
    sixth: bool | None = None,
    seventh: bool | None = None,
    eighth: bool | None = None,
) -> list[str]:
    """Give the states of the elements of a framework of your own, such as SPICED or NEAT.

    `names` are its elements, one to eight, in their order; then comes what is known of each, in the
    same order, for each of them: too few values, too many, and one that is called as another element are
    refused when the rule file is checked. To leave an element unknown, name what follows:
    `checklist({"budget", "champion", "pain"}, budget, third: pain)`. Where `names` comes from a lead, what
    is given beyond the last name is not looked at, and neither are names beyond the eighth.
    """
    given = (first, second, third, fourth, fifth, sixth, seventh, eighth)
    return written(zip(names, given, strict=False))
