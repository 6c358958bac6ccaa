"""Links from the web: only http(s) ones live, each in one form, without what only says where it was clicked."""

import re
from urllib.parse import parse_qs, quote, urljoin, urlsplit, urlunsplit

_LONGEST = 8_000
_TRACKING = re.compile(
    r"(utm_\w*|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_hs(enc|mi)|wt_mc|cmpid|ocid)(=.*)?",
    re.IGNORECASE,
)
_DEFAULT_PORT = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff\"<>\\^`{|}]")
_HOST = re.compile(r"[\w.-]{1,253}|[0-9a-f:.]{2,45}")
_GOOGLE = re.compile(r"(www\.)?google\.[a-z.]{2,6}")


def canonical(link: str, base: str = "") -> str:
    """The one form of a link: absolute, http(s), no login, fragment or tracking; empty where it is no such link.

    >>> canonical("HTTPS://News.Example:443/a?id=1&utm_source=x#top")
    'https://news.example/a?id=1'
    """
    try:
        parts = urlsplit(urljoin(base, _UNSAFE.sub(_escaped, link.strip())))
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError:
        return ""
    if scheme not in _DEFAULT_PORT or not _HOST.fullmatch(host) or not host.strip("."):
        return ""
    place = f"[{host}]" if ":" in host else host
    if port and port != _DEFAULT_PORT[scheme]:
        place += f":{port}"
    query = "&".join(part for part in parts.query.split("&") if part and not _TRACKING.fullmatch(part))
    found = urlunsplit((scheme, place, parts.path or "/", query, ""))
    return found if len(found) <= _LONGEST else ""


def unwrapped(link: str) -> str:
    """Where a redirect link of Google's (`google.com/url?...&url=`) leads; others stay."""
    parts = urlsplit(link)
    if parts.path != "/url" or not _GOOGLE.fullmatch(parts.hostname or ""):
        return link
    asked = parse_qs(parts.query, max_num_fields=100) if parts.query.count("&") < 100 else {}
    inner = (asked.get("url") or asked.get("q") or [""])[0]
    return canonical(inner) or link


def host_of(link: str) -> str:
    """The site behind a canonical link."""
    return (urlsplit(link).hostname or "").removeprefix("www.")


def _escaped(sign: "re.Match[str]") -> str:
    return quote(sign[0].encode("utf-8", "replace"))
