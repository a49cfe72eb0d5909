"""What comes out as JSON, by its schema, back again, and through pydantic and FastAPI."""

import asyncio
import copy
import json
import pickle
import subprocess
import sys
import typing
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

import leadrules
from leadrules import Explanation, Forecast, InputError, Ruleset, ScoredLead, WhyNot, schemas, terms
from leadrules.canonical import canonical_json
from leadrules.document import Document
from leadrules.errors import ResultError
from leadrules.sdk import criterion

NOON = datetime(2026, 11, 21, 12, 0, 0, 5, tzinfo=UTC)
RULES = Ruleset.from_text("""ruleset acme version "3"
precision 6
field interests: list of text
segment big = employees > 100
criterion weight = employees / 7

dimension fit max 31
  group size max 30
    employees >= 500 +40 | >= 50 +30 because "a good size"
  interests contains "crm" +2
  weight > 1 +(weight / 9)
dimension behaviour
  email_open +5 half-life 30 days max 25 per month

persona buyer +5 in fit
  employees > 100  weight 2
  budget           weight 1

total = 0.5 * fit + behaviour + 1

grade profile = fit: A >= 30, B

stages new < mql < sql
  score >= 10 -> mql
  email_open within 40 days and authority and big -> sql

stages heat: cold < warm
  score > 5 -> warm

require email is known because "no way to reach them"
score > 20 -> tag "hot"
score > 20 -> recommend "call"
""")
LEAD = {
    "id": "zażółć",
    "attributes": {"employees": 300, "interests": ["crm"], "authority": True},
    "events": [{"type": "email_open", "at": datetime(2026, 11, 20 - k // 2, 1 + k % 2, tzinfo=UTC)} for k in range(30)],
    "stages": {"stage": "new"},
}
REACHED = LEAD | {"attributes": LEAD["attributes"] | {"email": "a@example.com"}}
DOCUMENTS = {
    "result": lambda: RULES.evaluate(REACHED, as_of=NOON),
    "result of the reference": lambda: RULES.explain(LEAD, as_of=NOON).result,
    "result without audit": lambda: RULES.evaluate(LEAD, as_of=NOON).without_audit(),
    "explanation": lambda: RULES.explain(LEAD, as_of=NOON),
    "why not": lambda: RULES.explain(LEAD, as_of=NOON).why_not("sql"),
    "why not, reached": lambda: RULES.explain(REACHED, as_of=NOON).why_not("sql"),
    "forecast": lambda: RULES.forecast(REACHED, as_of=NOON),
}
EACH = pytest.mark.parametrize("made", DOCUMENTS.values(), ids=DOCUMENTS)
RESULTS = pytest.mark.parametrize("made", list(DOCUMENTS.values())[:3], ids=list(DOCUMENTS)[:3])


def validator(kind):
    jsonschema = pytest.importorskip("jsonschema")
    schema = kind.json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


PARTS = "result rules alternatives sums ladders unmet members gap changes causes ruleset audit transitions"


def parts_of(document):
    """Give a document, and the documents in it."""
    yield document
    for name in PARTS.split():
        found = getattr(document, name, None)
        for part in found if isinstance(found, tuple) else (found,):
            if isinstance(part, Document):
                yield from parts_of(part)


@EACH
def test_json_is_what_its_schema_says(made):
    seen = set()
    for part in parts_of(made()):
        validator(type(part)).validate(json.loads(part.to_json()))
        seen.add(type(part).__name__)
    assert seen


def test_every_document_has_a_shape_and_every_shape_a_document():
    shapes = {name for name, one in vars(schemas).items() if isinstance(one, type) and issubclass(one, schemas._Shape)}
    shapes -= {"_Shape", "ScoreThen"}
    public = {name for name in leadrules.__all__ if isinstance(getattr(leadrules, name), type)}
    documents = {name for name in public if issubclass(getattr(leadrules, name), Document)} - {"Document"}
    assert shapes == documents


@EACH
def test_a_schema_refuses_what_lacks_or_has_more(made):
    found = validator(type(made()))
    plain = json.loads(made().to_json())
    for key in plain:
        assert not found.is_valid({name: part for name, part in plain.items() if name != key}), key
        assert not found.is_valid(plain | {key: {"no": ["such"]}}), key
    assert not found.is_valid(plain | {"more": 1})


@EACH
def test_json_is_canonical(made):
    document = made()
    assert document.to_json() == canonical_json(document.to_dict())
    exact = json.loads(document.to_json(), parse_float=Decimal, parse_int=Decimal)
    assert exact == document.to_dict()
    assert list(exact) == list(document.to_dict())


def test_schemas_are_new_each_time_and_name_their_dialect():
    schema = ScoredLead.json_schema()
    assert (schema["$schema"], schema["title"]) == ("https://json-schema.org/draft/2020-12/schema", "ScoredLead")
    schema.clear()
    assert ScoredLead.json_schema()["properties"]["score"]["type"] == "number"


# ------------------------------------------------------------------------- back


@RESULTS
def test_a_result_is_read_back_as_it_was(made):
    result = made()
    for text in (result.to_json(), result.to_json().encode()):
        again = ScoredLead.from_json(text)
        assert again == result
        assert hash(again) == hash(result)
        assert (again.digest, again.to_json()) == (result.digest, result.to_json())
        assert (again.as_of, again.stage, again.transitions) == (NOON, result.stage, result.transitions)
        assert [(e.evidence, e.line, e.file) for e in again.audit] == [(e.evidence, None, None) for e in result.audit]
        assert [[type(e) for e in entry.evidence.get("earlier", {}).values()] for entry in again.audit] == [
            [type(e) for e in entry.evidence.get("earlier", {}).values()] for entry in result.audit
        ]


def test_a_result_from_a_column_that_sorts_keys_is_equal():
    result = DOCUMENTS["result"]()
    assert list(result.stages) == ["stage", "heat"]
    sorted_ = json.dumps(json.loads(result.to_json(), parse_float=Decimal), sort_keys=True, default=float)
    again = ScoredLead.from_json(sorted_)
    assert again == result
    assert (list(again.stages), again.stage) == (["heat", "stage"], result.stage)


def changed(**parts):
    plain = DOCUMENTS["result"]().to_dict()
    return canonical_json({key: part for key, part in (plain | parts).items() if part is not ...})


def with_entry(**parts):
    audit = DOCUMENTS["result"]().to_dict()["audit"]
    return changed(audit=[audit[0] | parts, *audit[1:]])


@pytest.mark.parametrize(
    ("text", "field", "sentence"),
    [
        ("", None, "this is no result of leadrules: it is not JSON"),
        (b"\xff", None, "this is no result of leadrules: it is not JSON"),
        ("{", None, "this is no result of leadrules: it is not JSON"),
        ('{"score": NaN}', None, "this is no result of leadrules: it is not JSON"),
        ('{"lead": "1", "lead": "2"}', None, "this is no result of leadrules: it is not JSON"),
        ("[" * 100_000, None, "this is no result of leadrules: it is nested too deeply"),
        ("[]", None, "this is no result of leadrules: what was given is not an object"),
        (None, None, "this is no result of leadrules: it is not JSON"),
        (changed(score=...), "score", "this is no result of leadrules: `score` is missing"),
        (changed(more=1), "more", "this is no result of leadrules: `more` is not known here"),
        (changed(score="7"), "score", "this is no result of leadrules: `score` is not a number"),
        (changed(score=True), "score", "this is no result of leadrules: `score` is not a number"),
        (changed(lead=7), "lead", "this is no result of leadrules: `lead` is not a text"),
        (changed(tags="hot"), "tags", "this is no result of leadrules: `tags` is not a list"),
        (changed(tags=[1]), "tags.0", "this is no result of leadrules: `tags.0` is not a text"),
        (changed(grades=[]), "grades", "this is no result of leadrules: `grades` is not an object"),
        (changed(ruleset={}), "ruleset.name", "this is no result of leadrules: `ruleset.name` is missing"),
        (changed(as_of="today"), "as_of", "this is no result of leadrules: `as_of` is not what stands there"),
        (
            changed(as_of="2026-02-30T00:00:00Z"),
            "as_of",
            "this result was changed after it was written: there is no moment 2026-02-30T00:00:00Z",
        ),
        (with_entry(kind="gift"), "audit.0.kind", "this is no result of leadrules: `audit.0.kind` is not what stands"),
        (with_entry(evidence=[]), "audit.0.evidence", "this is no result of leadrules: `audit.0.evidence` is not an"),
        (with_entry(points=1000), "score", "this result was changed after it was written: the points of its audit add"),
        (changed(stage="sql2"), "stage", "this result was changed after it was written: the stage is sql2"),
        (changed(stage=None), "stage", "this result was changed after it was written: the stage is none"),
    ],
)
def test_what_is_no_result_is_refused(text, field, sentence):
    with pytest.raises(ResultError) as caught:
        ScoredLead.from_json(text)
    assert isinstance(caught.value, InputError)
    assert (caught.value.code, caught.value.field) == ("not_a_result", field)
    assert caught.value.mistakes[0].message.startswith(sentence)


def test_numbers_without_end_are_refused():
    for number in ("1e999999999", "1e-999999999", "9" * 20_000):
        text = changed(dimensions={"fit": 1}).replace('"dimensions":{"fit":1}', f'"dimensions":{{"fit":{number}}}')
        with pytest.raises(ResultError, match=r"`dimensions\.fit` is a number with too many digits"):
            ScoredLead.from_json(text)


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(ResultError) as caught:
        ScoredLead.from_json(changed(score=..., tags="hot", lead=7))
    assert [mistake.field for mistake in caught.value.mistakes] == ["lead", "score", "tags"]


# ------------------------------------------------------------------ environment


@RESULTS
def test_a_result_says_what_made_it_where_it_is_asked(made):
    result = made()
    here = {"leadrules": leadrules.__version__, **RULES.environment, "plugins": {}}
    assert result.environment == here
    assert list(result.environment) == ["leadrules", "tzdata", "re2", "unicode", "plugins"]
    text = result.to_json(environment=True)
    assert text == result.to_json()[:-1] + f',"environment":{canonical_json(here)}}}'
    assert result.to_dict(environment=True) == result.to_dict() | {"environment": here}
    assert "environment" not in result.to_dict()
    validator(ScoredLead).validate(json.loads(text))


@RESULTS
def test_what_made_a_result_goes_with_it_and_is_no_part_of_it(made):
    result = made()
    silent = ScoredLead.from_json(result.to_json())
    told = ScoredLead.from_json(result.to_json(environment=True))
    assert (silent.environment, told.environment) == (None, result.environment)
    assert silent == told == result
    assert silent.digest == told.digest == result.digest
    assert hash(silent) == hash(told) == hash(result)
    assert told.to_json(environment=True) == result.to_json(environment=True)
    assert silent.to_json(environment=True) == result.to_json()[:-1] + ',"environment":null}'
    assert ScoredLead.from_json(silent.to_json(environment=True)).environment is None
    for copied in (pickle.loads(pickle.dumps(told)), copy.deepcopy(told), told.without_audit()):  # noqa: S301
        assert copied.environment == result.environment
    with pytest.raises(TypeError, match="does not change"):
        told.environment["leadrules"] = "9"


class Lab:
    """Criteria of a host."""

    @staticmethod
    @criterion(version="7")
    def big(employees: Decimal) -> bool:
        """Tell whether a company is big."""
        return employees > 100


def test_plugins_are_told_by_what_tells_them_apart():
    rules = Ruleset.from_text("use lab\nlab.big(employees) +1", criteria={"lab": Lab})
    (lab,) = rules.evaluate(LEAD, as_of=NOON).environment["plugins"].values()
    assert (lab["plugin"], lab["criteria"]) == ("lab", {"big": "7"})
    assert lab["source"].startswith("sha256:")


# --------------------------------------------------------------------- pydantic


class Answer(BaseModel):
    """What a host sends: a field of each kind."""

    result: ScoredLead
    explanation: Explanation | None = None
    forecast: Forecast | None = None
    why_not: WhyNot | None = None


def answer():
    explanation = RULES.explain(REACHED, as_of=NOON)
    return Answer(
        result=explanation.result,
        explanation=explanation,
        forecast=RULES.forecast(REACHED, as_of=NOON),
        why_not=explanation.why_not("sql"),
    )


def test_a_field_of_a_model_takes_what_it_is_and_sends_it_as_json():
    found = answer()
    assert found.result == DOCUMENTS["result"]()
    sent = json.loads(found.model_dump_json())
    assert sent["result"] == json.loads(found.result.to_json())
    assert sent["explanation"] == json.loads(found.explanation.to_json())
    assert sent["forecast"] == json.loads(found.forecast.to_json())
    assert sent["why_not"] == json.loads(found.why_not.to_json())
    assert found.model_dump()["result"] == found.result.to_dict()
    assert type(found.model_dump()["result"]["score"]) is Decimal
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator(Answer.model_json_schema(mode="serialization")).validate(sent)
    jsonschema.Draft202012Validator(Answer.model_json_schema(mode="validation")).validate(sent)


def test_a_field_reads_a_result():
    result = RULES.evaluate(LEAD | {"events": LEAD["events"][:1]}, as_of=datetime(2026, 11, 20, 1, tzinfo=UTC))
    plain = Answer.model_validate({"result": result.to_dict()}).result
    assert (plain, plain.digest) == (result, result.digest)
    simple = Ruleset.from_text("email_open +0.1").evaluate(LEAD, as_of=NOON)
    again = Answer.model_validate_json(Answer(result=simple).model_dump_json()).result
    assert (again, again.digest) == (simple, simple.digest)


@pytest.mark.parametrize(
    ("read", "value", "sentence"),
    [
        ("validate_json", changed(score=1).replace('"score":1', '"score":0.12345678901234567'), "more digits than can"),
        ("validate_python", {"score": 1.5}, "is a binary number, which is not exact"),
        ("validate_json", changed(stage="sql2"), "the stage is sql2, and that of no ladder"),
        ("validate_json", with_entry(rule="{x}", points=1000), "the points of its audit add up to"),
    ],
)
def test_a_field_refuses_what_is_no_result_or_not_exact(read, value, sentence):
    with pytest.raises(ValidationError, match=sentence):
        getattr(TypeAdapter(ScoredLead), read)(value)


@pytest.mark.parametrize("kind", [Explanation, Forecast, WhyNot])
def test_what_is_only_written_is_not_read(kind):
    made = {Explanation: "explanation", Forecast: "forecast", WhyNot: "why not"}[kind]
    with pytest.raises(ValidationError, match=f"{kind.__name__} is made by leadrules, and is not read from JSON"):
        TypeAdapter(kind).validate_python(DOCUMENTS[made]().to_dict())


def test_a_web_framework_returns_them():
    fastapi = pytest.importorskip("fastapi")
    app = fastapi.FastAPI()

    @app.post("/result")
    def result(lead: leadrules.Lead) -> ScoredLead:
        return RULES.evaluate(lead, as_of=NOON)

    @app.post("/many")
    def many(lead: leadrules.Lead) -> list[ScoredLead]:
        return [RULES.evaluate(lead, as_of=NOON)]

    @app.post("/explanation", response_model=Explanation)
    def explanation(lead: leadrules.Lead):
        return RULES.explain(lead, as_of=NOON)

    @app.post("/forecast")
    def forecast(lead: leadrules.Lead) -> Forecast:
        return RULES.forecast(lead, as_of=NOON)

    @app.post("/answer")
    def all_of_it(lead: leadrules.Lead) -> Answer:  # noqa: ARG001
        return answer()

    body = json.loads(canonical_json(REACHED | {"events": []}))
    lead = leadrules.Lead(**body)
    sent = asyncio.run(posted(app, "/result", body))
    assert sent == json.loads(RULES.evaluate(lead, as_of=NOON).to_json())
    assert asyncio.run(posted(app, "/many", body)) == [sent]
    assert asyncio.run(posted(app, "/explanation", body)) == json.loads(RULES.explain(lead, as_of=NOON).to_json())
    assert asyncio.run(posted(app, "/forecast", body)) == json.loads(RULES.forecast(lead, as_of=NOON).to_json())
    assert asyncio.run(posted(app, "/answer", body))["result"]["lead"] == "zażółć"
    described = app.openapi()["components"]["schemas"]
    assert {"ScoredLead", "AuditEntry", "Explanation", "Unmet", "Forecast"} <= described.keys()
    assert described["ScoredLead"]["properties"]["score"]["type"] == "number"


async def posted(app, path, body):
    """Send JSON to an application by the protocol that such have, and give the JSON that comes back."""
    sent = []
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }

    async def receive():
        return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    assert sent[0]["status"] == 200, sent
    return json.loads(b"".join(message.get("body", b"") for message in sent[1:]))


# ------------------------------------------------------------------- what it costs


def test_pydantic_is_loaded_when_a_schema_is_asked_for():
    script = (
        "import sys\nfrom leadrules import Explanation, Forecast, Ruleset, ScoredLead\n"
        "from datetime import datetime, UTC\nresult = Ruleset.from_text('email_open +5')"
        ".evaluate({'id': '1'}, as_of=datetime(2026, 1, 1, tzinfo=UTC))\nresult.to_json()\n"
        "assert 'pydantic' not in sys.modules\nScoredLead.json_schema()\nassert 'pydantic' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_each_set_of_words_stands_in_a_schema():
    known = [typing.get_args(one) for name, one in vars(terms).items() if typing.get_origin(one) is typing.Literal]
    written = json.dumps([kind.json_schema() for kind in (Explanation, Forecast, leadrules.Replay)])
    assert known
    assert [words for words in known if json.dumps(list(words)) not in written] == []
