"""Criteria about how a lead can be reached: addresses, phones, company numbers.

All of them are pure and work offline: no name server, no register and no mail server is asked. What
they know comes with the libraries they stand on, whose versions are part of each criterion's own.
"""

from leadrules_contact.companies import is_company_number, is_vat_number, vat_country
from leadrules_contact.completeness import completeness
from leadrules_contact.domains import email_matches_website, registrable_domain
from leadrules_contact.emails import (
    email_domain,
    is_business_email,
    is_disposable,
    is_email,
    is_free_mail,
    is_role_based,
)
from leadrules_contact.phones import is_possible_phone, is_valid_phone, phone_country, phone_type

__all__ = [
    "completeness",
    "email_domain",
    "email_matches_website",
    "is_business_email",
    "is_company_number",
    "is_disposable",
    "is_email",
    "is_free_mail",
    "is_possible_phone",
    "is_role_based",
    "is_valid_phone",
    "is_vat_number",
    "phone_country",
    "phone_type",
    "registrable_domain",
    "vat_country",
]
