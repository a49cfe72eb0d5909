"""The shapes of what comes out as JSON, for pydantic: to describe it, to check what is read back, to send it.

The class of a name here is the shape of the plain data that the document of the same name gives. Loaded when a
schema is asked for, or something is read back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from leadrules.errors import InputError, Mistake
from leadrules.terms import (
    ChangeKind,
    Deciding,
    DifferingPart,
    EntryKind,
    GapUnit,
    ReplayReasonKind,
    RuleKind,
    Scores,
    SumKind,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_MOST_DIGITS = 10_000
"""Beyond all that leadrules writes; so many are read and written in no time."""
_EXACT = 15
"""So many digits of a decimal number a binary one keeps."""


def _refuse(reason: str) -> PydanticCustomError:
    return PydanticCustomError("leadrules", "{reason}", {"reason": reason})


def _number(value: Any, info: ValidationInfo) -> Decimal:
    """Read a number exactly: a decimal or an integer; of pydantic's own JSON one that a binary number keeps."""
    if isinstance(value, bool):
        raise _refuse("is not a number")
    if isinstance(value, int):
        return _within(Decimal(value))
    if isinstance(value, Decimal) and value.is_finite():
        return _within(value)
    if not isinstance(value, float):
        raise _refuse("is not a number")
    if info.mode != "json":
        raise _refuse("is a binary number, which is not exact (read the JSON with `parse_float=Decimal`)")
    found = Decimal(repr(value))
    if not found.is_finite() or len(found.as_tuple().digits) > _EXACT:
        raise _refuse("has more digits than can be read exactly here (read it by `ScoredLead.from_json`)")
    return found


def _within(number: Decimal) -> Decimal:
    if len(number.as_tuple().digits) > _MOST_DIGITS or abs(number.adjusted()) > _MOST_DIGITS:
        raise _refuse("is a number with too many digits")
    return number


def _plain(value: Any, info: ValidationInfo) -> Any:
    """Read plain data: texts, numbers, yes and no, nothing, and lists and objects of such."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, Mapping):
        return _object(value, info)
    if isinstance(value, list | tuple):
        return [_plain(part, info) for part in value]
    return _number(value, info)


def _object(value: Any, info: ValidationInfo) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise _refuse("is not an object")
    return {key: _plain(part, info) for key, part in value.items()}


Number = Annotated[Decimal, PlainValidator(_number), WithJsonSchema({"type": "number"})]
Plain = Annotated[Any, PlainValidator(_plain), WithJsonSchema({})]
Object = Annotated[dict[str, Any], PlainValidator(_object), WithJsonSchema({"type": "object"})]
Moment = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$", json_schema_extra={"format": "date-time"}),
]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$", json_schema_extra={"format": "date"})]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class RulesetIdentity(_Shape):
    """Which ruleset made a result."""

    name: str | None
    """As declared in the file."""
    version: str | None
    """As declared in the file."""
    fingerprint: str
    """The sha256 of what the rules mean: `sha256:` and 64 digits."""


class Transition(_Shape):
    """A label that differs from the one the lead held."""

    ladder: str
    before: str | None
    """The label held, also one that the ladder does not have; null where none was."""
    after: str
    rule: str | None
    """The id of the first true rule to the new label, where a rule led there."""


class AuditEntry(_Shape):
    """Some points and where they come from."""

    kind: EntryKind
    rule: str
    """The id of the rule, or the name of what is clamped or weighed."""
    alternative: str | None
    """The condition of the alternative that fired, or `else`."""
    points: Number
    """Exact; those of all entries add up to the score."""
    because: str | None
    """The reason that the rule file gives."""
    evidence: Object
    """What the points rest on."""


class ScoredLead(_Shape):
    """A lead's score, labels and marks, and why."""

    lead: str | None
    """The lead's id."""
    as_of: Moment
    """The moment of scoring, in UTC."""
    ruleset: RulesetIdentity
    score: Number
    dimensions: dict[str, Number]
    """The points of each dimension, in order of declaration."""
    grades: dict[str, str]
    """The label of each grade, in order of declaration."""
    stages: dict[str, str]
    """The label of each ladder, in order of declaration."""
    stage: str | None
    """The label of the first ladder; null where there is none."""
    outputs: dict[str, Number | bool | str | list[str] | None] = {}
    """What each `output` of the rules is, in order of declaration, null for unknown; left out if there are none."""
    segments: list[str]
    tags: list[str]
    recommendations: list[str]
    missing: list[str]
    """The reasons of the requirements that are not met."""
    unreadable: list[str] = []
    """The fields and properties with a value that could not be read where the rules allow that; left out if none."""
    transitions: list[Transition]
    """What changed against the labels that the lead held."""
    audit: list[AuditEntry]
    """Entries in order of declaration."""
    environment: Object | None = None
    """The versions of leadrules, tzdata, re2, unicode and plugins that made it, where they were asked for."""


class Gap(_Shape):
    """How far a number is from where a test wants it."""

    of: str
    """What is counted, as it stands in the rule file."""
    amount: Number
    unit: GapUnit
    over: bool
    """Whether there is too much."""


class Unmet(_Shape):
    """A part of a condition that is not true."""

    text: str
    truth: bool | None
    """False, or null for unknown."""
    found: Object
    """The values that it reads, by their texts."""
    gap: Gap | None
    members: list[Unmet]
    """Its own parts that are not true."""


class AlternativeExplanation(_Shape):
    """A condition (`else` for the last) and its points, both as in the rule file."""

    text: str
    points: str


class RuleExplanation(_Shape):
    """One rule and what it says of the lead."""

    id: str
    kind: RuleKind
    line: int
    text: str
    """Its canonical condition."""
    fired: bool | None
    """Null where only unknown values keep it from firing."""
    name: str | None
    part: str | None
    """The dimension or ladder that it belongs to."""
    group: str | None
    outcome: str | None
    """What it gives: a label, a tag, a recommendation, the text of a requirement, an output in words."""
    because: str | None
    scores: Scores | None
    alternatives: list[AlternativeExplanation]
    alternative: int | None
    """Which of them counted, from 1."""
    when: str | None
    season: str | None
    decay: str | None
    selected: int | None
    """How many events it selects."""
    kept: int | None
    """How many of them its limits leave."""
    event_limits: list[str]
    points_limits: list[str]
    points: Number | None
    """Before `cap`."""
    cap: Number | None
    """What its limits took."""
    evidence: Object
    """What it rests on where it fired."""
    unmet: list[Unmet]
    """The parts of its condition that are not true."""
    file: str | None


class SumExplanation(_Shape):
    """A step on the way from the rules' points to the score."""

    kind: SumKind
    name: str
    part: str | None
    before: Number
    after: Number
    how: str
    """What was done, as written; empty where nothing was."""


class LadderExplanation(_Shape):
    """How a ladder's label came about."""

    name: str
    line: int
    labels: list[str]
    """From the lowest."""
    exits: list[str]
    held: str | None
    label: str
    decided: Deciding
    by: str | None
    """The id of the rule that decided, where one did."""


class Explanation(_Shape):
    """Every rule of a ruleset and what it says of one lead."""

    result: ScoredLead
    gate: list[str]
    """Why nothing was scored; empty where it was."""
    rules: list[RuleExplanation]
    sums: list[SumExplanation]
    ladders: list[LadderExplanation]
    unknown: dict[str, Number]
    """On each field that the lead does not supply: the points that hang on it."""
    ignored: int
    """How many events are of types that no rule looks at."""
    ignored_by: dict[str, int]
    """How many events each `ignore` of the rules left out, by its reason."""


class WhyNot(_Shape):
    """What keeps a lead from a label."""

    lead: str | None
    label: str
    reached: bool
    """Whether the lead has the label."""
    ladder: LadderExplanation
    missing: list[RuleExplanation]
    """The requirements that are not met."""
    exit: RuleExplanation | None
    """The true rule to an exit that wins."""
    rules: list[RuleExplanation]
    """The rules to the label, the closest first."""


class Cause(_Shape):
    """What moved at a change."""

    what: str
    """A condition or value as it is written, or the id of a rule."""
    before: Plain
    after: Plain


class Change(_Shape):
    """What will change, and when."""

    at: Moment
    """In UTC."""
    day: Day
    """In the timezone of the rules."""
    kind: ChangeKind
    name: str
    before: str | None
    after: str | None
    rule: str | None
    """The id of the first true rule to a new stage, where a rule leads there."""
    score: Number
    """From then on."""
    causes: list[Cause]


class ScoreThen(_Shape):
    """What is left at the end of a forecast."""

    score: Number
    stages: dict[str, str]


class Forecast(_Shape):
    """What will change about a lead if nothing else happens."""

    lead: str | None
    as_of: Moment
    until: Moment
    score: Number
    stages: dict[str, str]
    changes: list[Change]
    """In order of time."""
    then: ScoreThen
    open_ended: list[str]
    """Criteria of plugins that see the clock, and are asked at each midnight only."""
    restless: list[str]
    """Ladders whose rules move a lead on from every label, and that are followed no further."""


class Difference(_Shape):
    """A part of a result that is another now."""

    part: DifferingPart
    name: str | None
    """That of the dimension, grade or ladder, or the rule of an entry of the audit."""
    before: Plain
    """What stands in the stored result."""
    after: Plain
    """What came out now."""


class ReplayReason(_Shape):
    """Why another result came out."""

    kind: ReplayReasonKind
    text: str
    """A sentence for people."""
    before: Plain
    after: Plain


class Replay(_Shape):
    """Whether a stored result comes out again."""

    lead: str | None
    as_of: Moment
    same: bool
    stored: str
    """The digest of the stored result."""
    result: str
    """The digest of the result that came out."""
    reasons: list[ReplayReason]
    """Empty where the same came out."""
    differences: list[Difference]
    """What is other besides the fingerprint of the rules."""


# ---------------------------------------------------------------- describing


def json_schema_of(name: str) -> dict[str, Any]:
    """Give the JSON Schema of a document by the name of its shape."""
    return {"$schema": DIALECT, **_shape(name).model_json_schema(mode="serialization")}


def _shape(name: str) -> type[_Shape]:
    found: type[_Shape] = globals()[name]
    return found


# ------------------------------------------------------------------- reading


def read(name: str, value: Any, wrong: Callable[[list[Mistake]], InputError]) -> Any:
    """Read plain data of a shape. Raises what `wrong` makes of the mistakes."""
    try:
        return _shape(name).model_validate(value)
    except ValidationError as error:
        raise wrong([_mistake(one) for one in error.errors(include_url=False)]) from None


_SENTENCES = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "string_type": "is not a text",
    "bool_type": "is not true or false",
    "list_type": "is not a list",
    "dict_type": "is not an object",
    "model_type": "is not an object",
}


def _mistake(error: Any) -> Mistake:
    place = ".".join(str(part) for part in error["loc"])
    sentence = (
        error["msg"] if error["type"] == "leadrules" else _SENTENCES.get(error["type"], "is not what stands there")
    )
    about = f"`{place}`" if place else "what was given"
    return Mistake("not_a_result", f"{about} {sentence}", field=place or None)


# ------------------------------------------------------------------ pydantic


def core_schema_of(kind: type, made_of: Callable[[Any], Any], handler: GetCoreSchemaHandler) -> CoreSchema:
    """Say to pydantic how a document is validated, sent and described: as it is, or by what is `made_of` its shape.

    What pydantic writes as JSON has numbers of double precision, as those who read JSON mostly have.
    """
    shape = handler.generate_schema(_shape(kind.__name__))

    def validate(value: Any, read_shape: core_schema.ValidatorFunctionWrapHandler) -> Any:
        if isinstance(value, kind):
            return value
        try:
            return made_of(read_shape(value))
        except (InputError, ValueError) as error:
            if isinstance(error, ValidationError):
                raise
            raise _refuse(str(error)) from None

    def write(value: Any, info: core_schema.SerializationInfo) -> Any:
        plain = value.to_dict()
        return _in_doubles(plain) if info.mode_is_json() else plain

    return core_schema.no_info_wrap_validator_function(
        validate,
        shape,
        serialization=core_schema.plain_serializer_function_ser_schema(write, info_arg=True),
    )


def _in_doubles(value: Any) -> Any:
    """Give plain data whose decimals are whole or binary numbers."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: _in_doubles(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_in_doubles(part) for part in value]
    return value
