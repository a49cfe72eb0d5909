"""What comes out for others to read: as plain data, as canonical JSON, by a JSON Schema, and through pydantic.

Pydantic is loaded when it, or a schema, is asked for.
"""

from __future__ import annotations

from typing import Any

from leadrules.canonical import canonical_json


class Document:
    """Something that has a form as plain data, which the shape of its name in `schemas` describes."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data, in which numbers are decimals."""
        raise NotImplementedError

    def to_json(self) -> str:
        """Write `to_dict` as canonical JSON: compact, keys in a fixed order, numbers exact and minimal."""
        return canonical_json(self.to_dict())

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Give the JSON Schema (draft 2020-12) of what `to_json` writes, a new dict each time."""
        from leadrules import schemas

        return schemas.json_schema_of(cls.__name__)

    @classmethod
    def _from_shape(cls, shape: Any) -> Any:  # noqa: ARG003 - for those that can be read back
        """Make one of what was read; most are only written."""
        reason = f"{_article(cls.__name__)} is made by leadrules, and is not read from JSON"
        raise ValueError(reason)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from leadrules import schemas

        return schemas.core_schema_of(cls, cls._from_shape, handler)


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"
