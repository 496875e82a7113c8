"""Languages, as users name them and as models of translation name them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TABLE = """
Afrikaans af afr|Arabic ar arb ara|Bengali bn ben|Bulgarian bg bul|Catalan ca cat|Chinese zh zho cmn|Croatian hr hrv
Czech cs ces|Danish da dan|Dutch nl nld|English en eng|Esperanto eo epo|Estonian et est|Finnish fi fin|French fr fra
German de deu|Greek el ell|Hebrew he heb|Hindi hi hin|Hungarian hu hun|Icelandic is isl|Indonesian id ind|Irish ga gle
Italian it ita|Japanese ja jpn|Korean ko kor|Latin la lat|Latvian lv lvs lav|Lithuanian lt lit|Malay ms zsm msa
Norwegian no nob nor|Persian fa pes fas|Polish pl pol|Portuguese pt por|Romanian ro ron|Russian ru rus|Serbian sr srp
Slovak sk slk|Slovenian sl slv|Spanish es spa|Swahili sw swh swa|Swedish sv swe|Tamil ta tam|Thai th tha|Turkish tr tur
Ukrainian uk ukr|Urdu ur urd|Vietnamese vi vie|Welsh cy cym
"""
_KNOWN = [row.split() for row in re.split(r"[|\n]", _TABLE.strip())]


@dataclass(frozen=True)
class Language:
    """A language: its English name, and its codes (ISO 639-1 and 639-3), if they are known."""

    name: str
    codes: frozenset[str]

    def is_called(self, code: str) -> bool:
        """Whether a model's code means this language: ``de``, ``deu``, ``de_DE``, ``deu_Latn``, ``__de__``."""
        written = code.strip("_<>").casefold()
        return written in self.codes or re.split(r"[_-]", written)[0] in self.codes


def language(named: str) -> Language:
    """Return the language of a name or code; one that is not known here is called as it was written."""
    folded = named.strip().casefold()
    for name, *codes in _KNOWN:
        if folded == name.casefold() or re.split(r"[_-]", folded)[0] in codes:
            return Language(name, frozenset({*codes, folded}))
    return Language(named.strip(), frozenset({folded}))
