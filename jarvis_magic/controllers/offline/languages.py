"""Names of languages, in English, German, French, Spanish and Chinese, folded; arguments name a language in English."""

from __future__ import annotations

import re

# English name | its code | what else people call it
_TABLE = """
Afrikaans   | af | afrikaans
Arabic      | ar | arabisch\\w* arabe 阿拉伯语 阿拉伯文
Bengali     | bn | bengalisch\\w* bengali 孟加拉语
Bulgarian   | bg | bulgarisch\\w* bulgare bulgaro 保加利亚语
Catalan     | ca | katalanisch\\w* catalan
Chinese     | zh | mandarin chinesisch\\w* chinois chino 中文 汉语 简体中文
Croatian    | hr | kroatisch\\w* croate croata
Czech       | cs | tschechisch\\w* tcheque checo 捷克语
Danish      | da | danisch\\w* danois danes 丹麦语
Dutch       | nl | niederlandisch\\w* hollandisch\\w* neerlandais neerlandes holandes 荷兰语 荷兰文
English     | en | englisch\\w* anglais ingles 英语 英文
Esperanto   | eo | esperanto
Estonian    | et | estnisch\\w* estonien estonio
Finnish     | fi | finnisch\\w* finnois finlandes fines 芬兰语
French      | fr | franzosisch\\w* francais frances 法语 法文
German      | de | deutsch\\w* allemand aleman 德语 德文
Greek       | el | griechisch\\w* grec griego 希腊语
Hebrew      | he | hebraisch\\w* hebreu hebreo 希伯来语
Hindi       | hi | hindi 印地语
Hungarian   | hu | ungarisch\\w* hongrois hungaro 匈牙利语
Icelandic   | is | islandisch\\w* islandais islandes
Indonesian  | id | indonesisch\\w* indonesien indonesio 印尼语
Irish       | ga | irisch\\w* irlandais irlandes
Italian     | it | italienisch\\w* italien italiano 意大利语 意大利文
Japanese    | ja | japanisch\\w* japonais japones 日语 日文
Korean      | ko | koreanisch\\w* coreen coreano 韩语 韩文
Latin       | la | lateinisch\\w* latein latino 拉丁语
Latvian     | lv | lettisch\\w* letton leton
Lithuanian  | lt | litauisch\\w* lituanien lituano
Malay       | ms | malaiisch\\w* malais malayo 马来语
Norwegian   | no | norwegisch\\w* norvegien noruego 挪威语
Persian     | fa | farsi persisch\\w* persan persa 波斯语
Polish      | pl | polnisch\\w* polonais polaco 波兰语
Portuguese  | pt | portugiesisch\\w* portugais portugues 葡萄牙语 葡萄牙文
Romanian    | ro | rumanisch\\w* roumain rumano 罗马尼亚语
Russian     | ru | russisch\\w* russe ruso 俄语 俄文
Serbian     | sr | serbisch\\w* serbe serbio
Slovak      | sk | slowakisch\\w* slovaque eslovaco
Spanish     | es | spansh spanisch\\w* espagnol espanol castellano 西班牙语 西班牙文
Swahili     | sw | suaheli swahili
Swedish     | sv | schwedisch\\w* suedois sueco 瑞典语
Tamil       | ta | tamil
Thai        | th | thailandisch\\w* thai tailandes 泰语
Turkish     | tr | turkisch\\w* turc turco 土耳其语
Ukrainian   | uk | ukrainisch\\w* ukrainien ucraniano 乌克兰语
Urdu        | ur | urdu
Vietnamese  | vi | vietnamesisch\\w* vietnamien vietnamita 越南语
Welsh       | cy | walisisch\\w* gallois gales
"""

_NAMES: list[tuple[re.Pattern[str], str]] = []
CODES: dict[str, str] = {}
_words: list[str] = []
for _row in _TABLE.strip().splitlines():
    _english, _code, _others = (cell.strip() for cell in _row.split("|"))
    _forms = [_english.lower(), *_others.split()]
    _NAMES.append((re.compile("|".join(_forms), re.ASCII), _english))
    CODES[_code] = _english
    _words += _forms

LANGUAGE_PATTERN = "(?:" + "|".join(sorted(set(_words), key=len, reverse=True)) + ")"
"""A regular expression for any language's name in a skeleton."""


def language_named(folded: str) -> str | None:
    """The English name of the language that a folded word names, or whose code it is."""
    return next((english for pattern, english in _NAMES if pattern.fullmatch(folded)), CODES.get(folded))
