"""A rule file, ready to score leads: the face of the package.

The engines, explanations, forecasts and warnings are loaded when they are first asked for: who only
loads rules, or only evaluates, does not wait for the rest.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from leadrules import versions
from leadrules.as_of import read_as_of
from leadrules.audit import RulesetIdentity, ScoredLead
from leadrules.bundles import bundle_of, read_bundle, refuse_other_plugins
from leadrules.check.checker import Checked
from leadrules.errors import (
    Diagnostic,
    InputError,
    LeadError,
    Mistake,
    PluginError,
)
from leadrules.lead import LeadReader
from leadrules.leadlike import Leadlike
from leadrules.loading import DEFAULT_LIMITS, catalogue_of, check_files, error_of, fingerprint_of, program_asked, review
from leadrules.plugins import Catalogue, PickledCatalogue
from leadrules.program import Program
from leadrules.shape import shape_of
from leadrules.stack import with_room
from leadrules.syntax import tree
from leadrules.syntax.files import Files
from leadrules.syntax.parser import Limits
from leadrules.unknown_names import Known

if TYPE_CHECKING:
    from leadrules import contents
    from leadrules.engine.compiler import Evaluate
    from leadrules.engine.incremental import LeadState, Scorer
    from leadrules.engine.reference.conditions import Reading
    from leadrules.engine.spans.foresight import Foresight
    from leadrules.engine.spans.search import Course
    from leadrules.explain.explanation import Explanation
    from leadrules.explain.forecast import Forecast
    from leadrules.explain.replay import Replay

REMEMBERED = dt.timedelta(days=7)
"""How long a state remembers events and their ids from when they came in, where the host says nothing else."""

AsOf: TypeAlias = "dt.datetime | Callable[[Leadlike], dt.datetime]"
"""The moment of scoring, for all leads or by a function of each."""

OnError: TypeAlias = "Literal['raise'] | Callable[[int, Leadlike, InputError | PluginError], object]"
"""What to do with a lead that cannot be scored: raise, or call a function with its place, itself and the error."""


class Ruleset:
    """A checked rule file: a pure function of a lead and a moment.

    Immutable, hashable by its fingerprint, safe to share between threads; pickles as its source.
    Made by :meth:`from_file` or :meth:`from_text`.

    >>> rules = Ruleset.from_text("email_open +5")
    >>> lead = {"id": "1", "events": [{"type": "email_open", "at": "2026-11-01T10:00:00Z"}]}
    >>> rules.evaluate(lead, as_of=dt.datetime(2026, 11, 21, tzinfo=dt.UTC)).score
    Decimal('5')
    """

    __slots__ = (
        "__weakref__",
        "_catalogue",
        "_checked",
        "_compiled",
        "_files",
        "_foresight",
        "_identity",
        "_lenient",
        "_limits",
        "_params",
        "_program",
        "_reader",
        "_scorer",
        "_warnings",
    )

    _files: Files
    _params: Mapping[str, Any]
    _limits: Limits
    _lenient: bool
    _catalogue: Catalogue
    _program: Program
    _identity: RulesetIdentity
    _reader: LeadReader
    _foresight: Foresight | None
    _compiled: Evaluate | None
    _checked: Checked
    _scorer: Scorer | None
    _warnings: tuple[Diagnostic, ...] | None

    def __init__(self) -> None:
        raise TypeError("a ruleset is made by Ruleset.from_file or Ruleset.from_text")

    @classmethod
    def from_file(
        cls,
        path: str | Path,
        *,
        params: Mapping[str, Any] | None = None,
        root: str | Path | None = None,
        limits: Limits = DEFAULT_LIMITS,
        plugins: Iterable[str] | None = None,
        criteria: Mapping[str, Any] | None = None,
        lenient: bool = False,
    ) -> Ruleset:
        """Load a rule file.

        `params` gives values for the params that the file declares. Files that it names are read
        beside it and never from outside `root`, by default the file's own folder. `plugins` names
        the installed plugins and packs that the file may use (None: all); `criteria` hands over
        plugins that are not installed, by name: a module, or any object or mapping with functions
        marked by `@criterion`. With `lenient` every field and property is read as if it said
        `else unknown`: a value that cannot be read costs no lead, and the fingerprint is another.
        Raises `RuleFileError` where the file cannot be opened or is no text,
        `RuleSyntaxError` or `RuleCheckError` with every mistake of the file; where a plugin is the
        culprit, the error is a `PluginError` too.
        """
        catalogue = catalogue_of(plugins, criteria)
        files = Files.on_disk(path, root=root, packs=catalogue.pack_text, most=limits.file_bytes)
        return with_room(lambda: cls._from_files(files, params or {}, limits, catalogue, lenient=lenient))

    @classmethod
    def from_text(
        cls,
        text: str,
        name: str = "rules.leadrules",
        *,
        params: Mapping[str, Any] | None = None,
        files: Mapping[str, str] | None = None,
        limits: Limits = DEFAULT_LIMITS,
        plugins: Iterable[str] | None = None,
        criteria: Mapping[str, Any] | None = None,
        lenient: bool = False,
    ) -> Ruleset:
        """Load rules from a text; `name` stands for the file in diagnostics.

        `files` gives the texts of the files that the rules name, by the path written there; no disk
        is read. `plugins`, `criteria` and `lenient`, and what is raised, are as with `from_file`.
        """
        if not isinstance(text, str):
            raise TypeError("the text of rules is a str; read bytes as UTF-8, or use Ruleset.from_file")
        catalogue = catalogue_of(plugins, criteria)
        found = Files.of_text(text, name, files or {}, packs=catalogue.pack_text)
        return with_room(lambda: cls._from_files(found, params or {}, limits, catalogue, lenient=lenient))

    @classmethod
    def from_bundle(
        cls,
        text: str | bytes,
        *,
        limits: Limits = DEFAULT_LIMITS,
        plugins: Iterable[str] | None = None,
        criteria: Mapping[str, Any] | None = None,
    ) -> Ruleset:
        """Load rules from a text that `bundle` wrote, with the same fingerprint; no disk is read.

        `plugins` and `criteria` are as with `from_file`. Raises BundleError for a text that is no bundle, was changed,
        is too large, or means something else to this version of leadrules, and PluginError where a plugin is missing
        or another than the one that the bundle names.
        """
        bundle, catalogue = read_bundle(text, limits.bundle_bytes), catalogue_of(plugins, criteria)
        files = Files(bundle.name, dict(bundle.texts))
        rules = with_room(lambda: cls._from_files(files, bundle.params, limits, catalogue, lenient=bundle.lenient))
        bundle.refuse_others(rules.fingerprint, rules._program.identities)  # noqa: SLF001 - of its own kind
        return rules

    @classmethod
    def _from_files(
        cls, files: Files, params: Mapping[str, Any], limits: Limits, catalogue: Catalogue, *, lenient: bool
    ) -> Ruleset:
        checked = check_files(files, params, limits, catalogue, lenient=lenient)
        errors = [d for d in checked.diagnostics if d.severity == "error"]
        if checked.program is None:
            raise error_of(errors)
        ruleset = object.__new__(cls)
        program = checked.program
        set_ = functools.partial(object.__setattr__, ruleset)
        set_("_files", files)
        set_("_params", dict(params))
        set_("_limits", limits)
        set_("_lenient", lenient)
        set_("_catalogue", catalogue)
        set_("_program", program)
        made_by = versions.environment_of(program.identities)
        set_("_identity", RulesetIdentity(program.name, program.version, fingerprint_of(program), made_by))
        set_("_reader", LeadReader(program.scope))
        set_("_foresight", None)
        set_("_compiled", None)
        set_("_checked", checked)
        set_("_scorer", None)
        set_("_warnings", None)
        return ruleset

    # -------------------------------------------------------------- identity

    @property
    def name(self) -> str | None:
        """The name declared by `ruleset`, if there is one."""
        return self._identity.name

    @property
    def version(self) -> str | None:
        """The version declared by `ruleset`, if there is one."""
        return self._identity.version

    @property
    def fingerprint(self) -> str:
        """The sha256 of the canonical program, its params and lists: `sha256:` and 64 digits."""
        return self._identity.fingerprint

    @property
    def lenient(self) -> bool:
        """Whether every field and property is read as if it said `else unknown`: what `from_file` was asked for."""
        return self._lenient

    @property
    def state_fingerprint(self) -> str:
        """The sha256 of what states keep of leads: rules of one can go on with each other's states."""
        return self._states.fingerprint

    @property
    def environment(self) -> dict[str, str]:
        """The versions of the tables that are part of the meaning: tzdata, re2, unicode."""
        return versions.tables()

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What is allowed in the file but hardly meant, in order of the file.

        The first access analyses the rules, so that loading does not wait for it.
        """
        if self._warnings is None:
            object.__setattr__(self, "_warnings", with_room(lambda: review(self._checked)).diagnostics)
        return self._warnings or ()

    # -------------------------------------------------------------- contents

    def sources(self) -> tuple[contents.Source, ...]:
        """Give the texts that the rules were made of: the main file, included files, lists, files of packs."""
        from leadrules.contents import sources_of

        return sources_of(self._files, self._catalogue)

    def bundle(self) -> str:
        """Write all that the rules were made of as one text: to keep, to send, and for `from_bundle`.

        Canonical JSON with the texts, the params that the host gave, what tells each plugin apart, the fingerprint
        and the version of leadrules; plugins themselves are no part of it.
        """
        return bundle_of(self._files, self._params, self._program, self.fingerprint, lenient=self._lenient)

    @property
    def params(self) -> Mapping[str, contents.ParamValue]:
        """The values of the params by name, those that the host gave in place of the file's."""
        return self._contents.params

    @property
    def fields(self) -> Mapping[str, contents.Field]:
        """The fields that the rules know by name, declared or standard; `read` marks those that rules look at."""
        return self._contents.fields

    @property
    def events(self) -> Mapping[str, contents.EventType]:
        """The types of events that the rules know by name, declared or standard; `read` marks those looked at."""
        return self._contents.events

    @property
    def ladders(self) -> Mapping[str, contents.Ladder]:
        """The ladders by name with their labels, in order of declaration; the first is that of `stage`."""
        return self._contents.ladders

    @property
    def grades(self) -> Mapping[str, contents.Grade]:
        """The grades by name with their labels, in order of declaration."""
        return self._contents.grades

    @property
    def dimensions(self) -> Mapping[str, contents.Dimension]:
        """The dimensions by name with their bounds, in order of declaration."""
        return self._contents.dimensions

    @property
    def outputs(self) -> Mapping[str, contents.Output]:
        """The outputs by name with the kind of their values, in order of declaration; results have them all."""
        return self._contents.outputs

    @property
    def rules(self) -> tuple[contents.Rule, ...]:
        """The scoring rules in order of declaration, and what a state keeps for each."""
        return self._contents.rules

    @property
    def segments(self) -> tuple[str, ...]:
        """The names of the segments, in order of declaration."""
        return tuple(segment.name for segment in self._program.segments)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that rules may give, each once, in order of declaration."""
        return self._contents.marks("tag")

    @property
    def recommendations(self) -> tuple[str, ...]:
        """The recommendations that rules may give, each once, in order of declaration."""
        return self._contents.marks("recommend")

    @property
    def criteria(self) -> tuple[contents.PluginCriterion, ...]:
        """The criteria of plugins that the rules use, and what brings them."""
        return self._contents.criteria

    @property
    def timezone(self) -> str:
        """The timezone of the rules, by its IANA name."""
        return self._program.timezone

    @property
    def _contents(self) -> contents.Contents:
        from leadrules.contents import Contents

        return Contents(self._program)

    # ------------------------------------------------------------ evaluation

    def evaluate(self, lead: Leadlike, *, as_of: dt.datetime, pii: bool = False) -> ScoredLead:
        """Score a lead as of a timezone-aware moment.

        Values of `pii` fields stand in evidence as `[pii]` unless `pii` asks for them. Raises
        `InputError` for a lead that the rules cannot read, and for a naive `as_of`. The first call
        compiles the rules. The lead stays the host's: whatever is changed in place once it is scored, its
        values, its events or those of a list, the result and its evidence tell what was scored.
        """
        evaluate = self._compiled
        if evaluate is None:
            evaluate = with_room(self._compile)
        try:
            return evaluate(lead, as_of, pii)
        except RecursionError:
            return with_room(functools.partial(evaluate, lead, as_of, pii))  # no closure, which each call would pay for

    def _compile(self) -> Evaluate:
        from leadrules.engine.compiler import compile_program

        valid_until = self._ahead.valid_until
        evaluate = compile_program(self._program, self._identity, self._reader, valid_until=valid_until)
        object.__setattr__(self, "_compiled", evaluate)
        return evaluate

    def check_lead(self, lead: Leadlike) -> tuple[Mistake, ...]:
        """Tell all that is wrong with a lead, each name in it that the rules do not know, and datetimes without offset.

        `evaluate` raises the first, but for events that are later than its moment; names that are neither
        declared nor standard it passes over, and it reads a datetime without offset in the timezone of the
        rules. For tests of a host's own code, and to look at what comes in.
        An iterator of events is used up.

        >>> rules = Ruleset.from_text("employees > 5 +5")
        >>> [mistake.message for mistake in rules.check_lead({"id": "1", "attributes": {"employes": 7}})]
        ['the rules know no field `employes` (did you mean `employees`?)']
        """
        try:
            shape = shape_of(lead, self._reader.most_events)
            wrong = self._reader.mistakes_of(shape)
        except LeadError as error:
            return error.mistakes
        program, scope = self._program, self._program.scope
        known = Known(program.fields, scope.events, scope.ladders, program.timezone, scope.held_names)
        return (*wrong, *known.unknown_in(shape))

    def explain(self, lead: Leadlike, *, as_of: dt.datetime, pii: bool = False) -> Explanation:
        """Explain every rule's answer about a lead, fired or not. Raises as `evaluate` does."""
        from leadrules.engine.reference.conditions import Reading

        instant = read_as_of(as_of)
        reading = Reading(self._program, self._reader.read(lead, instant), instant)
        return with_room(lambda: self._account(reading, pii=pii, at_hand=True))

    def _account(self, reading: Reading, *, pii: bool, at_hand: bool) -> Explanation:
        from leadrules.explain.explanation import explain

        valid_until = self._ahead.valid_until
        return explain(reading, self._identity, show_pii=pii, at_hand=at_hand, valid_until=valid_until)

    @overload
    def score_many(
        self, leads: Iterable[Leadlike], *, as_of: AsOf, pii: bool = False, on_error: OnError = "raise"
    ) -> Iterator[ScoredLead]: ...

    @overload
    def score_many(
        self, leads: Iterable[Leadlike], *, as_of: AsOf, pii: bool = False, on_error: Literal["yield"]
    ) -> Iterator[ScoredLead | InputError | PluginError]: ...

    def score_many(
        self,
        leads: Iterable[Leadlike],
        *,
        as_of: AsOf,
        pii: bool = False,
        on_error: OnError | Literal["yield"] = "raise",
    ) -> Iterator[ScoredLead | InputError | PluginError]:
        """Score leads one after the other, in their order.

        `as_of` is one moment for all, or a function that gives a lead's. A lead that cannot be scored
        raises as `evaluate` does, at its turn and with a note of its place, which ends the iteration; with
        `on_error="yield"` its error stands in its place, so that there are as many answers as leads; a function
        is called with the lead's place, from 0, the lead and the error, and the lead is left out.
        """
        if not callable(as_of):
            read_as_of(as_of)  # what the host gets wrong is no error of a lead
        for index, lead in enumerate(leads):
            try:
                yield self.evaluate(lead, as_of=as_of(lead) if callable(as_of) else as_of, pii=pii)
            except (InputError, PluginError) as error:
                if on_error == "raise":
                    error.add_note(f"It is the lead at place {index:,}, from 0, of those given.")
                    raise
                if on_error == "yield":
                    yield error
                else:
                    on_error(index, lead, error)

    def forecast(self, lead: Leadlike, *, as_of: dt.datetime, days: int = 90) -> Forecast:
        """Say when the lead's labels will change within some days if nothing else happens.

        Exact: only what decay, windows and dates do; events after `as_of` do not happen. Raises as
        `evaluate` does, and InputError where `days` is no whole number, 1 or more.
        """
        instant = read_as_of(as_of)
        return with_room(lambda: _foresee(self._course(lead, instant), days))

    def forecast_many(self, leads: Iterable[Leadlike], *, as_of: dt.datetime, days: int = 90) -> Iterator[Forecast]:
        """Forecast leads one after the other, in their order. Raises as `forecast` does, at the lead concerned."""
        return (self.forecast(lead, as_of=as_of, days=days) for lead in leads)

    def next_change(self, lead: Leadlike, *, as_of: dt.datetime) -> dt.datetime | None:
        """Say until when the lead's result is valid if nothing else happens: when it will first be another.

        Until then, and not from then on, `evaluate` gives the same score, dimensions, grades, stages, outputs,
        segments, tags, recommendations and missing requirements for the same lead, of which events after `as_of` are
        left out. In UTC; None where time alone never changes it. Where each day must be looked at, that is done
        for 20 years ahead, or a year where criteria of plugins see the clock: if nothing changed by then, and it is
        not sure that nothing will, that moment is given. Raises as `evaluate` does.
        """
        from leadrules.engine.spans.search import next_moment

        instant = read_as_of(as_of)
        return with_room(lambda: next_moment(self._course(lead, instant)))

    def replay(self, result: ScoredLead, lead: Leadlike) -> Replay:
        """Say whether a stored result comes out again of the lead, as of its moment, and if not, why.

        The lead is to be as it was: events that are later than the moment may have come since, and `stages` are
        the labels that it held then. Raises as `evaluate` does, and TypeError for what is no result.
        """
        from leadrules.explain.replay import replay

        if not isinstance(result, ScoredLead):
            raise TypeError("a result to replay is a ScoredLead; of its text, `ScoredLead.from_json` makes one")

        shape: Any = shape_of(lead, self._reader.most_events)  # its events can be gone through again
        evaluate = functools.partial(self.evaluate, shape, as_of=result.as_of)
        return replay(result, lambda pii: evaluate(pii=pii), self._program, fingerprint_of)

    def _course(self, lead: Leadlike, as_of: int) -> Course:
        from leadrules.engine.spans.search import course_of

        facts = self._reader.read(lead, as_of)
        return course_of(self._ahead.movement, facts, as_of, lambda known, at: self.evaluate(known, as_of=at))

    @property
    def _ahead(self) -> Foresight:
        from leadrules.engine.spans.foresight import Foresight

        if self._foresight is None:
            object.__setattr__(self, "_foresight", Foresight(self._program))
        assert self._foresight is not None
        return self._foresight

    def start(
        self, lead: Leadlike, *, remember: dt.timedelta = REMEMBERED, received: dt.datetime | None = None
    ) -> LeadState:
        """Begin to score a lead event by event.

        The state takes in events in any order of time and forgets those that the rules no longer
        need; `remember` says for how long events and their ids are kept all the same from when they
        came in, so that a repeated event is recognised. The lead's own events came in at the first
        moment that is asked for, unless `received` says when the last of them did. Raises InputError
        for a lead that the rules cannot read.
        """
        return self._states.start(lead, remember, received)

    def resume(self, state: str | bytes | Mapping[str, Any]) -> LeadState:
        """Go on with a state that `LeadState.to_json` wrote: its text, or what a database read of it.

        Raises StateError for a state that was made by rules of another `state_fingerprint`, and for what is no state.
        """
        return self._states.resume(state)

    @property
    def _states(self) -> Scorer:
        from leadrules.engine.incremental import Retention, Scorer

        if self._scorer is None:
            retention = with_room(lambda: Retention.of(self._program, self._reader))
            scorer = Scorer(self._identity, retention, self.environment, self._ahead, _foresee, self._account)
            object.__setattr__(self, "_scorer", scorer)
        assert self._scorer is not None
        return self._scorer

    def run_examples(self) -> tuple[contents.ExampleResult, ...]:
        """Score the leads of the file's examples, and judge what is expected of them."""
        from leadrules.contents import example_result
        from leadrules.engine.reference.examples import run_example

        program, identity = self._program, self._identity
        ran = with_room(lambda: [run_example(program, example, identity) for example in program.examples])
        return tuple(map(example_result, ran))

    # ---------------------------------------------------------------- object

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a ruleset does not change; load another")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ruleset) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        return f"<Ruleset {self._files.name} {self.fingerprint[:19]}>"

    def __reduce__(self) -> tuple[Any, ...]:
        handed = PickledCatalogue.of(self._catalogue)
        return _restored, (
            self._files.frozen(),
            dict(self._params),
            self._limits,
            handed,
            self.fingerprint,
            dict(self._program.identities),
            self._lenient,
        )


def _foresee(course: Course, days: int) -> Forecast:
    from leadrules.explain.forecast import forecast

    return forecast(course, days)


def _restored(
    files: Files,
    params: Mapping[str, Any],
    limits: Limits,
    handed: PickledCatalogue,
    fingerprint: str,
    identities: Mapping[str, Mapping[str, Any]],
    lenient: bool,
) -> Ruleset:
    """Load a ruleset that was pickled; refuses one whose plugins are others here than they were there."""
    catalogue = handed.catalogue()
    rules = with_room(lambda: Ruleset._from_files(files, params, limits, catalogue, lenient=lenient))  # noqa: SLF001
    if rules.fingerprint != fingerprint:
        refuse_other_plugins(files.name, "pickled", identities, program_of(rules).identities)
    return rules


def statements_of(rules: Ruleset) -> tuple[tree.Statement, ...]:
    """Give the statements of a ruleset's file, with those of the files that it includes in their place."""
    return rules._checked.statements  # noqa: SLF001


def remarks_of(rules: Ruleset) -> tuple[str, ...]:
    """Say how the files of lists were read that rules name, as far as they do not say so themselves."""
    return rules._checked.remarks  # noqa: SLF001


def program_of(rules: Ruleset) -> Program:
    """Give the checked program that the engines run."""
    return rules._program  # noqa: SLF001


def asked_of(rules: Ruleset, condition: str, name: str) -> Program:
    """Give the program of rules with a last example that expects a condition, and a scope that has all it reads.

    `name` stands for the file in diagnostics, which show the condition as it was given. Raises RulesetError.
    """
    return program_asked(
        rules._checked,  # noqa: SLF001
        condition,
        name,
        rules._files,  # noqa: SLF001
        rules._catalogue,  # noqa: SLF001
        params=rules._params,  # noqa: SLF001
        limits=rules._limits,  # noqa: SLF001
        lenient=rules._lenient,  # noqa: SLF001
    )


def files_of(rules: Ruleset) -> tuple[Path, ...]:
    """Give the paths of the files that rules were loaded from: lists and included files too; none for a text."""
    return rules._files.paths()  # noqa: SLF001
