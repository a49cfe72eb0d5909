"""Domains of addresses and websites: which part of a host name was registered, and whether two agree."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from urllib.parse import urlsplit

import idna
from email_validator import EmailNotValidError, ValidatedEmail, validate_email
from publicsuffixlist import PublicSuffixList

from leadrules.sdk import criterion, versioned

_LONGEST_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets (RFC 3696, erratum 1690)
_LONGEST_WEBSITE = 2_000
_LIBRARIES = ("email-validator", "idna", "publicsuffixlist")


@criterion(version=versioned("2", *_LIBRARIES))
def registrable_domain(text: str) -> str | None:
    """Give the domain that somebody registered: the public suffix and one label before it.

    Takes an e-mail address, a website or a host name; gives it in small letters, and in the letters
    of its own script: `https://shop.acme.co.uk/a` and `info@mail.acme.co.uk` both give `acme.co.uk`.
    Suffixes under which others let names be made count as public: `acme.github.io` gives itself.

    Unknown for what is none of the three, an IP address, a name under no known top-level domain
    (`localhost`), and a public suffix by itself (`co.uk`).

    Source: the Public Suffix List (publicsuffix.org), as of the release of `publicsuffixlist`.
    """
    host = host_of(text)
    return None if host is None else _shown(registered(host))


@criterion(version=versioned("2", *_LIBRARIES))
def email_matches_website(email: str, website: str) -> bool | None:
    """Tell whether an e-mail address and a website are of one registrable domain.

    `sales@acme.co.uk` matches `https://www.acme.co.uk/about`. The website may be a whole URL or only
    its host. Unknown where one of the two has no registrable domain; see `registrable_domain`.

    Source: the Public Suffix List (publicsuffix.org), as of the release of `publicsuffixlist`.
    """
    read, host = read_address(email), host_of(website)
    if read is None or host is None:
        return None
    one, other = registered(read.ascii_domain), registered(host)
    return None if one is None or other is None else one == other


@functools.lru_cache(maxsize=4_096)
def read_address(email: str) -> ValidatedEmail | None:
    """Read an e-mail address; None where it is malformed. Spaces around it are of its cell. Asks no name server.

    Every option is given, as the library's defaults can be changed by anyone in the process.
    """
    address = email.strip()
    if len(address) > _LONGEST_ADDRESS:
        return None
    try:
        return validate_email(
            address,
            allow_smtputf8=True,
            allow_empty_local=False,
            allow_quoted_local=False,
            allow_domain_literal=False,
            allow_display_name=False,
            strict=False,
            check_deliverability=False,
            test_environment=False,
            globally_deliverable=True,
        )
    except EmailNotValidError:
        return None


def host_of(text: str) -> str | None:
    """Give the ASCII host name of an address, a website or a host; None where there is none."""
    if "@" in text and "/" not in text:
        read = read_address(text)
        return None if read is None else read.ascii_domain
    return _host_of_website(text.strip())


@functools.lru_cache(maxsize=4_096)
def _host_of_website(text: str) -> str | None:
    if len(text) > _LONGEST_WEBSITE:
        return None
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname
        name = idna.encode((host or "").rstrip("."), uts46=True).decode("ascii").lower()
    except (ValueError, UnicodeError):  # no host, or one that no domain name can be
        return None
    return None if name.rpartition(".")[2].isdigit() or "." not in name else name


def domain_and_parents(host: str) -> Iterator[str]:
    """Give an ASCII domain and those above it, up to the one that was registered."""
    top = registered(host) or host
    yield host
    while host != top:
        host = host.partition(".")[2]
        yield host


def shown_domain(host: str) -> str:
    """Write an ASCII domain in the letters of its own script, where it has any."""
    try:
        return str(idna.decode(host))
    except idna.IDNAError:
        return host


def _shown(host: str | None) -> str | None:
    return None if host is None else shown_domain(host)


def registered(host: str) -> str | None:
    """Give the part of an ASCII domain that was registered, or None."""
    return _suffixes().privatesuffix(host)


def can_be_registered(host: str) -> bool:
    """Tell whether somebody can have an ASCII domain: one below a suffix that there is, or for documentation."""
    return _registries().privatesuffix(host) is not None or host.endswith(".example")


@functools.cache
def _suffixes() -> PublicSuffixList:
    """Give the list that comes with the package; nothing is fetched."""
    return PublicSuffixList(accept_unknown=False)


@functools.cache
def _registries() -> PublicSuffixList:
    """Give the part of it that registries have, without the suffixes of hosting companies."""
    return PublicSuffixList(accept_unknown=False, only_icann=True)
