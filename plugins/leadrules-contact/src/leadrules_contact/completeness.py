"""How much is known of a contact."""

from __future__ import annotations

from decimal import Decimal

from leadrules.sdk import LeadView, criterion

FIELDS = (
    "email",
    "phone",
    "first_name",
    "last_name",
    "job_title",
    "company",
    "website",
    "city",
    "country",
    "language",
)
"""The standard fields that make a contact complete: ten, so that each is a tenth."""


@criterion(version="1", fields=dict.fromkeys(FIELDS, str), events={})
def completeness(lead: LeadView) -> Decimal:
    """Give the share of a contact's standard fields that are known, 0 to 1, in tenths.

    Counted are `email`, `phone`, `first_name`, `last_name`, `job_title`, `company`, `website`, `city`,
    `country` and `language`, all alike. A value counts when it is there; whether it is any good, ask
    `is_email`, `is_valid_phone` and the others.

    Source: the standard vocabulary of leadrules.
    """
    known = sum(lead.attributes[name] is not None for name in FIELDS)
    return Decimal(known) / len(FIELDS)
