"""The questions of `earshot init`, in English or Italian; answers are understood in both."""

import re
from collections.abc import Callable, Mapping
from typing import Literal

Language = Literal["en", "it"]
Prompt = Callable[[str, str, bool], str]
"""Shows a question and a default, hides what is typed where it is a secret, and gives the answer."""
Form = Literal["any", "address", "number", "mail", "server", "letters"]
"""What an answer must look like; the words of this name say it."""

_YES = frozenset("y yes s si sì".split())
_NO = frozenset("n no".split())

_FORMS: dict[Form, str] = {
    "any": r".+",
    "address": r"https?://[^/\s@]+(/\S*)?",
    "number": r"[0-9]{1,20}",
    "mail": r"[^@\s]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
    "server": r"[^\s:/@]+(:[0-9]{1,5})?",
    "letters": r"[A-Za-z]{2}",
}

_WORDS: dict[str, tuple[str, str]] = {
    "welcome": (
        "A few questions; Enter takes what is in brackets, and everything can be changed by hand later.",
        "Poche domande; Invio accetta ciò che è tra parentesi, e tutto si può cambiare a mano in seguito.",
    ),
    "company": ("Name of the company, as people write it", "Nome dell'azienda, come lo scrive la gente"),
    "also": (
        "Other spellings and hashtags, with commas between",
        "Altre grafie e hashtag, separati da virgole",
    ),
    "never": (
        "Words that mean something else when they are there, like a street of that name",
        "Parole che indicano tutt'altro, per esempio una via con lo stesso nome",
    ),
    "accounts": ("The company's own accounts, like @acme", "Profili dell'azienda, come @acme"),
    "competitors": ("Competitors", "Concorrenti"),
    "news": ("Listen to Google News?", "Ascoltare Google News?"),
    "news_language": ("  in which language", "  in quale lingua"),
    "news_country": ("  of which country", "  di quale Paese"),
    "feeds": ("Addresses of feeds (RSS, Atom)", "Indirizzi di feed (RSS, Atom)"),
    "apps": (
        "App Store: numbers of your apps, as in …/id123456789",
        "App Store: numeri delle vostre app, come in …/id123456789",
    ),
    "app_countries": ("  of which countries' stores", "  degli store di quali Paesi"),
    "x": ("Listen to X? It bills each post that is read", "Ascoltare X? Ogni post letto si paga"),
    "x_token": ("  bearer token (not shown)", "  bearer token (non viene mostrato)"),
    "webhook": (
        "Do other systems send mentions here (helpdesk, scraper)?",
        "Altri sistemi inviano qui le menzioni (helpdesk, scraper)?",
    ),
    "mail_to": ("Who gets alerts by mail", "Chi riceve gli avvisi per posta"),
    "mail_host": (
        "  SMTP server, or server:port (Enter: no mail)",
        "  server SMTP, o server:porta (Invio: niente posta)",
    ),
    "mail_sender": ("  sender's address", "  indirizzo del mittente"),
    "mail_user": ("  user name there", "  nome utente"),
    "mail_password": ("  password (not shown)", "  password (non viene mostrata)"),
    "notify": ("Address that alerts are posted to, signed", "Indirizzo a cui inviare gli avvisi, firmati"),
    "needed": ("An answer is needed here.", "Qui serve una risposta."),
    "yes_or_no": ("Please answer y or n.", "Rispondere s oppure n."),
    "none": ("none", "nessuno"),
    "any": ("cannot be read", "non si legge"),
    "address": (
        "an address is needed, like https://news.example/feed.xml, without a password in it",
        "serve un indirizzo, come https://news.example/feed.xml, senza password",
    ),
    "number": ("a number is needed, like 123456789", "serve un numero, come 123456789"),
    "mail": ("an address is needed, like press@acme.example", "serve un indirizzo, come stampa@acme.example"),
    "server": (
        "a server is needed, like smtp.acme.example:587",
        "serve un server, come smtp.acme.example:587",
    ),
    "no_mail": (
        "  No server: no mail is set up; the log is told all the same.",
        "  Senza server niente posta: gli avvisi vanno comunque nel log.",
    ),
    "letters": ("two letters are needed, like us", "servono due lettere, come it"),
}


def language_of(environ: Mapping[str, str]) -> Language:
    """Italian where the environment's language is."""
    spoken = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "it" if spoken.lower().startswith("it") else "en"


class Questions:
    """Asks again until an answer can be used."""

    def __init__(self, language: Language, prompt: Prompt, say: Callable[[str], None]) -> None:
        self.language, self.say = language, say
        self._prompt = prompt

    def word(self, what: str) -> str:
        return _WORDS[what][self.language == "it"]

    def text(self, what: str, default: str = "", *, needed: bool = False, form: Form = "any") -> str:
        """An answer; empty only where none is needed and there is no default."""
        while True:
            answer = self._prompt(self.word(what), default, False).strip()
            if not answer and not needed:
                return answer
            if answer and fits(answer, form):
                return answer
            self.say(self.word(form if answer else "needed"))

    def words(self, what: str, default: str = "", *, form: Form = "any") -> tuple[str, ...]:
        """Answers with commas between."""
        nothing = self.word("none")
        while True:
            answer = self._prompt(self.word(what), default or nothing, False).strip()
            found = () if answer == nothing else split(answer)
            wrong = [each for each in found if not fits(each, form)]
            if not wrong:
                return found
            self.say(f"{', '.join(wrong)}: {self.word(form)}")

    def secret(self, what: str) -> str:
        """One word; needed."""
        while True:
            answer = self._prompt(self.word(what), "", True).strip()
            if answer and answer.isprintable():
                return answer
            self.say(self.word("needed"))

    def agree(self, what: str, *, default: bool = False) -> bool:
        yes, no = ("s", "n") if self.language == "it" else ("y", "n")
        while True:
            answer = self._prompt(self.word(what), yes if default else no, False).strip().lower()
            if answer in _YES | _NO:
                return answer in _YES
            self.say(self.word("yes_or_no"))


def fits(answer: str, form: Form) -> bool:
    return bool(re.fullmatch(_FORMS[form], answer))


def split(answer: str) -> tuple[str, ...]:
    """The parts of an answer with commas, each once; a web address may hold commas itself."""
    parts = re.split(r"[,\s]+(?=https?://)" if "://" in answer else ",", answer)
    return tuple(dict.fromkeys(part.strip(" \t,") for part in parts if part.strip(" \t,")))
