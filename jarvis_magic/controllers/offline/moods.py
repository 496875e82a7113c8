"""What kind of thing a stretch of a request says: a question, a statement, a wish nobody here can grant, or what is not wanted.

Everything here works on folded words (see `reading`).
"""

from __future__ import annotations

import re

from .reading import MARKS

_A = re.ASCII
_QUESTION = re.compile(
    r"[\s¿¡]*(?:please\s+|and\s+|but\s+)*(?:who|whom|whose|what|which|when|where|why|how"
    r"|is|are|was|were|do|does|did|can|could|has|have|will|would|should"
    r"|wer|wen|wem|was|welche[rsnm]?|wann|wo|warum|wie|wieviele?|ist|sind|gibt"
    r"|qui|que|quoi|quel(?:le)?s?|quand|ou|pourquoi|comment|combien|est-ce|y a-t-il"
    r"|quien|cual(?:es)?|cuando|donde|por que|como|cuant[oa]s?|hay|es|son|de que)\b",
    _A,
)
_NO_QUESTION = re.compile(
    r"[\s¿]*(?:please\s+)*(?:do (?:something|anything|everything|not|the same|this|that|it|your|so|nothing)|(?:what|how) about)\b",
    _A,
)
_CHINESE_QUESTION = re.compile(r"[几吗谁哪]|多少|什么|怎么")
_POLITE = re.compile(
    r"\s*(?:would like\b|(?:can|could|would|will|kannst|konntest|peux|pouvez|pourrais|puedes|podrias)[- ](?:you|du|sie|tu|vous|i)\b)",
    _A,
)
_STATEMENT = re.compile(
    r"\s*(?:hi|hello|hey)?[\s,!]*(?:(?:i|we)(?:'ve|'m| have| had| took| recorded| uploaded| got| am| was| attached| just)\b(?! to\b)"
    r"|(?:here|this|that|these|there) (?:is|are|'s)\b|here's\b|(?:the|my) (?:\w+ ){1,3}(?:is|are)\b|given\b|this \w+ is\b"
    r"|ich habe\b|wir haben\b|j'ai\b|tengo\b)",
    _A,
)
_CANNOT = re.compile(
    r"\s*(?:(?:please|then|and|also|bitte|dann|puis|luego)\s+)*(?:"
    r"e-?mail|mail|play|send|post|publish|upload|download|save|store|delete|erase all|book|buy|order|pay|call|phone|ring|search|look up|google|browse|open"
    r"|print|schedule|remind|share|tweet|submit|install|run|execute|deploy|commit|push|copy|move|rename|notify|invite|(?:wait|sleep|pause)(?: for)? (?:an?|\d+|\w+) (?:second|minute|hour|day)s?|create jira|put (?:it|them) (?:next|on|in)"
    r"|schick\w*|sende\w*|losch\w*|speicher\w*|buch\w*|kauf\w*|such\w*|lade\w*|drucke?"
    r"|envoie\w*|supprime\w*|enregistre[rz]?|achete\w*|cherche\w*|telecharge\w*|imprime[rz]?"
    r"|envia\w*|borra\w*|guarda\w*|compra\w*|busca\w*|descarga\w*|reserva\w*)\b|\s*(?:发送|删除|保存|购买|下载|上传|预订)",
    _A,
)
_NEGATED_BEFORE = re.compile(
    r"(?:\b(?:don'?t|do not|doesn'?t|not|no|without|never|nor|neither|weder|instead of|rather than|kein(?:e|en)?|ohne|nicht|sans|pas de|ne|no|sin)|不要|别|不用)"
    r"(?:\s+(?:need|want|have|to|any|an?|the|be|zu|me|le|la|lo|es))*\s*$",
    _A,
)
_NEGATED_BEHIND = re.compile(r"[^.,;!?\n]{0,20}\b(?:nicht|pas)\b(?!\s+seulement|\s+nur)", _A)
_TAKES_BACK = re.compile(
    r"\s*(?:(?:oh|ah|er|um|hm+|sorry|actually)[,\s]+)*(?:(?:no|nein|non|wait|no wait|no sorry|wait no|no actually|nein warte|non attends|no espera)\s*(?=$|,)"
    r"|(?:no wait|no sorry|wait no|no actually|scratch that|forget (?:that|it)|i meant?|or rather|nein doch|ich meine|je veux dire|quiero decir|o mejor)\b)"
    r"|\s*(?:不对|算了)",
    _A,
)
_GOES_FIRST = re.compile(r"\s*(?:before|prior to|bevor|ehe|avant d|antes de)\b", _A)
_SAYS_QUESTION = re.compile(r"\b(?:questions?|query|ask|asking|asked|answer|wonder|know|frage|question|pregunta)\b", _A)
_GIVEN_BEHIND = re.compile(rf"\s*(?:text|below|is|called|named|file)?\s*:?\s*{MARKS['quote']}", _A)
_GIVEN_BEFORE = re.compile(
    r"\b(?:following|given|provided|specified|reference|source|target|original|user|input|text)\s+(?:text\s+)?$", _A
)


_LONGEST_LOOKED_AT = 10_000
_CODE = re.compile(
    r"\s*(?:(?:import|from) [\w.]+(?: import [\w, *()]+| as \w+)?\s*$|(?:async )?def \w+\(|class \w+[(:]|@\w+\($|return\b.*[\[(.]|(?:for|while|if|elif|with|try|else|except)\b.*:\s*(?:#.*)?$"
    r"|[\w.\[\]\"']+\s*(?:=|\+=|-=|==)\s*\S|[\w.]+\([^)]*\)?\s*;?\s*$|select\b.+\bfrom\b|insert into\b|(?:const|let|var|function|public|private|static|void|int|#include)\s+\S"
    r"|\$ \w|>>> |[{}\[\]();]+,?\s*$|</?\w+[^>]*>|\{\s*\"\w+\"\s*:|\[\s*\{|\"\w+\"\s*:|traceback \(most|file \".*\", line \d+|\w+error: )",
    re.ASCII | re.IGNORECASE,
)
_VAGUE = re.compile(
    r"[\s,.;:!?]*(?:(?:please|can you|could you|would you|now|just|i want you to|bitte|kannst du|peux-tu|por favor|puedes|请)\b\s*)*"
    r"(?:do (?:something|anything|your thing|this|that|it)(?: with| to| on)?|(?:what|how) about|tell me(?: something| anything| more| all)?(?: about)?"
    r"|analy[sz]e|process|check|handle|examine|inspect|evaluate|look(?: at| into)?|go through|work(?: on| with)?|deal with|explore|understand|use|take|start(?: with)?"
    r"|mach (?:et)?was mit|was ist mit|analysiere|verarbeite|prufe|untersuche|erzahl mir (?:et)?was (?:uber|von)|analyse[rz]?|traite[rz]?|examine[rz]?|parle-moi de|fais quelque chose (?:avec|de)"
    r"|analiza|procesa|revisa|examina|hablame de|haz algo con|分析|处理|看看|说说|介绍)?(?: (?:this|that|the|my) (?:picture|image|photo|text|file|data|recording))?[\s,.;:!?。！？]*(?:please|thanks|bitte|merci|por favor)?[\s,.;:!?。]*",
    _A,
)


def is_question(words: str, *, marked: bool = False) -> bool:
    """Whether words are a question, by how they begin; `marked` ones, with a question mark behind, need only be several."""
    if _POLITE.match(words) or _NO_QUESTION.match(words):
        return False
    several = " " in words.strip() or _CHINESE_QUESTION.search(words) is not None
    return _QUESTION.match(words) is not None or (marked and several)


def is_statement(words: str) -> bool:
    """Whether words say what there is ("I have a recording"), rather than ask for something."""
    return _STATEMENT.match(words) is not None


def cannot(words: str) -> bool:
    """Whether words ask for something no task type does: to send, to buy, to delete."""
    return _CANNOT.match(words) is not None


def is_negated(skeleton: str, start: int, end: int) -> bool:
    """Whether what is said at a place is not wanted: "don't translate", "übersetze es nicht"."""
    before = skeleton[max(0, start - 30) : start]
    return _NEGATED_BEFORE.search(before) is not None or _NEGATED_BEHIND.match(skeleton, end) is not None


def takes_back(words: str) -> bool:
    """Whether words begin by taking back what stands before them: "no wait, …"."""
    return _TAKES_BACK.match(words) is not None


def goes_first(skeleton: str, start: int) -> bool:
    """Whether what stands at a place is to be done after what comes next: "before you summarise it, …"."""
    return _GOES_FIRST.match(skeleton, start) is not None


def is_code(text: str) -> bool:
    """Whether a request is pasted code, or what a program printed: half of its lines, or more, read so."""
    lines = [line for line in text[:_LONGEST_LOOKED_AT].splitlines() if line.strip()]
    return bool(lines) and 2 * sum(_CODE.match(line) is not None for line in lines) >= len(lines)


def is_vague(words: str) -> bool:
    """Whether words, from which references are left out, ask for nothing in particular: "do something with"."""
    return _VAGUE.fullmatch(words) is not None


def announces_question(words: str) -> bool:
    """Whether words speak of a question, which then stands in quotation marks."""
    return _SAYS_QUESTION.search(words) is not None


def is_given(skeleton: str, start: int, end: int) -> bool:
    """Whether a noun says what a text of the request is ("the description 'a red car'"), rather than asking for one."""
    before = skeleton[max(0, start - 20) : start]
    return _GIVEN_BEHIND.match(skeleton, end) is not None or _GIVEN_BEFORE.search(before) is not None
