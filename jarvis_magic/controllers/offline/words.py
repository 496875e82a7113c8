"""The words of the lexicon: what people call each action, in English, German, French, Spanish and Chinese.

Each action has its name, the task type that does it by the kind of the source (the first for sources of other kinds, which
are turned into that one), the noun its result is called by, the phrases that ask for it, and those that name its result.
How phrases are written, `lexicon` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    """Something a clause can ask for.

    Parameters
    ----------
    name
        Its name here.
    types
        The task type that does it, by the kind of the source; the first is used for sources that must be turned into
        another kind, and for none.
    result
        The noun its result is called by: the id of its task.
    does
        Phrases that ask for it ("translate").
    results
        Phrases that name its result ("translation"): they ask for it too, unless such a result is there already.
    """

    name: str
    types: Mapping[str, str]
    result: str
    does: str = ""
    results: str = ""


ACTIONS: dict[str, Action] = {}


def _action(name: str, types: str, result: str, does: str = "", results: str = "") -> None:
    pairs = (pair.split(": ") for pair in types.split(", "))
    ACTIONS[name] = Action(name, dict(pairs), result, does, results)


_action(
    "describe",
    "image: image-to-text, video: video-classification, audio: audio-classification, text: summarization",
    "caption",
    r"""
        explain what(?: is|'s) (?:going on|happening|shown|to be seen|there|in|on)\b | alt[- ]?text\b
        write (?:an |the )?alt[- ]?text\b | descri(?:be|bes|bing)\b | depict(?:s|ed)?\b | write a description | give a description
        tell me about <image>
        tell me what <image> shows | what <image> (?:shows|depicts)
        what(?: do(?:es)?| can) (?:you|<image>) (?:see|show|depict).. <image> | what (?:does|do) .. show\b
        what(?: is|'s)(?: there)?(?: to be seen)? (?:on|in) (?:it|<image>|(?:the|this|that|my) (?:picture|image|photo|photograph)(?: <image>)?)\s*(?=$|[?.!,]|and\b)
        what (?:you|i|we|one) (?:can )?sees?\b(?=[^.?!\n]{0,40}<image>) | what it (?:shows|depicts) | find out what(?: is|'s) (?:in|on) <image>
        what(?: is|'s) (?:in|on) <image>\s*(?=$|[?.!,])
        tell me what(?: is|'s) (?:in|on) it | beschreib\w* | decri(?:s|re|vez|t)\b
        descri(?:be|bir|ba|beme|bela|belo)\b
        was (?:ist|siehst du|sieht man) (?:auf|in) (?:dem |diesem )?(?:bild |foto )?<image>\s*(?=$|[?.!])
        was zeigt <image>
        que (?:montre|voit-on sur) <image> | que (?:hay|se ve|muestra) (?:en )?(?:la (?:imagen|foto) )?<image>
        写一?(?:段|个|句)?(?:说明|描述) | 描述 | 描写 | <image> ?(?:里|中|上)?(?:有|是)什么(?=\s*(?:$|[？?。，,!！]))
    """,
    r"""
        (?:image|picture|photo|textual|text) (?:description|caption)s?\b | descriptions?\b | beschreibung(?:en)?\b
        descripcion(?:es)?\b | 图片说明
    """,
)
_action(
    "caption",
    "image: image-to-text",
    "caption",
    r"""
        caption(?=\s+(?:it\b|this|that|each|every|all|both|the\b|my|these|those|<any>)) | write a caption
        subtitle the (?:picture|image|photo) | give <image> (?:an? )?(?:\w+ )?(?:title|caption)\b
        legende[rz]?(?=\s+<any>)
    """,
    r"""
        captions?\b | bildunterschrift(?:en)?\b | legendes?\b | pie de foto | 标题 | 字幕
    """,
)
_action(
    "read_text",
    "image: image-to-text",
    "text",
    r"""
        (?:pull|grab|copy|lift|take)\b(?: out)? (?:the |all |any )?(?:text|words|writing)\b
        extract (?:the )?(?:table|data|information|numbers|details)\b(?=[^.?!\n]{0,20}<image>) | ocr\b
        optical character recognition
        (?:read|get)(?: me)?(?: out)? (?:the |any |all |its )?(?:(?:printed|handwritten|written) )?(?:text|words|writing|handwriting|letters)\b(?! aloud)
        extract(?:s|ing)? (?:the |any |all )?(?:(?:printed|handwritten|written|textual) )?(?:text|words|writing|content)\b
        get (?:me )?(?:the )?text\b | read(?:s|ing)? (?:the |this |that )?(?:sign|label|plate|page|scan)\b
        digiti[sz]e\b
        recogni[sz]e (?:the |any )?(?:text|words|handwriting) | what(?: is|'s) (?:written|printed)\b
        find out what(?: is|'s) written\b
        what (?:does|do) .. (?:say|read)\b(?! the same)(?!.{0,3}(?:about|on)\b) | what (?:<image>|(?:it|the \w+) (?=(?:says|reads) [^.?!\n]{0,30}<image>)) ?(?:says|reads)\b
        lies (?:den|allen) text | lese? (?:den|allen) text | erkenne (?:den|allen) text | was steht\b
        text ?erkennung
        lis le texte | lire le texte | extrai\w* le texte | extraire le texte | reconna\w+ le texte
        que dit (?:le|la) (?:panneau|affiche|texte|pancarte) | qu'est-ce qui est ecrit
        lee el texto | leer el texto | extrae\w* el texto | que dice (?:el|la) (?:cartel|letrero|texto|senal)
        que pone (?:en )? | que (?:dice|pone) (?:en )?<image> | que dit <image>
        识别(?=.{0,12}(?:文字|文本|字)) | 提取(?=.{0,12}(?:文字|文本|字)) | 读取(?=.{0,12}(?:文字|文本|字)) | 写(?:着|了)什么
    """,
    r"""
        (?:printed|handwritten|extracted|recogni[sz]ed) text\b | ocr text
        text (?:inside|in|on|from|of|within|contained in) (?=<image>|the (?:picture|image|photo|scan|poster|sign|slide|page|screenshot))
    """,
)
_action(
    "transcribe",
    "audio: automatic-speech-recognition, video: automatic-speech-recognition, image: image-to-text",
    "transcript",
    r"""
        transcri(?:be|bes|bing|bed)\b | automatic speech recognition | asr\b
        write (?:down|out) (?:what|everything|the words) | take down what | type (?:up|out)\b
        (?:speech|audio|voice)(?: back)? (?:in)?to (?:written )?text | recogni[sz]e (?:the )?speech
        speech recognition | dictat(?:e|ion) to text
        (?:give|get|show|tell) me (?:the )?(?:text|words|wording) (?:of|in|from) <(?:audio|video)>
        convert .. (?:in|back )?to (?:written )?text\b | turn .. (?:in|back )?to (?:written )?text\b
        what (?:is|was|'s) (?:being )?(?:said|spoken) | what (?:it|he|she|they) says?\b(?! (?:in|on|at|about)\b)
        hore? (?:dir )?<audio> an\b | ecoute[rz]? <audio> | escucha <audio> | listen to\b | record what | transkribier\w* | schreib(?:e)? (?:auf|nieder|mit)\b.. gesagt
        schreib(?:e)? auf,? was | verschriftlich\w* | was wird gesagt
        transcri(?:s|re|vez|t)\b | retranscri\w+ | transcrib(?:e|ir|elo|ela|eme|a)\b | que se dice en | 说了(?:些)?什么
        转写 | 转录 | 听写 | 语音识别 | 转(?:成|换成|为|换为)文字
    """,
    r"""
        transcribed (?:text|audio|speech|content)\b | transcripts?\b | transcriptions?\b | transkript(?:e|ion)?\b
        abschrift\b | transcripcion(?:es)?\b | 转写稿 | 文字稿
    """,
)
_action(
    "speak",
    "text: text-to-speech",
    "speech",
    r"""
        read(?:ing)? .. (?:aloud|out loud|out|to me|back)\b | read(?:ing)? (?:aloud|out)\b
        read (?:it|this|that|them|both|the \w+) (?:slowly|quickly|to me|aloud)
        speak(?:s|ing)?\b(?! (?:with|to)\b)
        say (?=<quote>|<any>|it\b(?! in <language>)|this\b|that\b(?!\s+\w+ (?:is|are))|the\b(?! same))
        say .. (?:aloud|out loud) | pronounc(?:e|es|ing)\b | narrat(?:e|es|ing)\b | voice (?:it|this|the|over)
        text[- ]to[- ]speech | tts\b | hear (?:it\b|that\b|this\b|the\b|<any>)
        listen to (?:it|the (?:summary|translation|result|answer))\b | vocali[sz]e
        (?:convert|turn|change|transform|synthesi[sz]e) .. (?:in)?to (?:an? )?(?:\w+[ -]){0,2}(?:audio ?book|podcast|speech|spoken \w+|voice|audio\b(?! video)|sound file)
        synthesi[sz]e\b
        make an audio ?book | record (?:it|this|the) as audio | as (?:an )?audio\b
        spoken\b(?= and| or|,|\.|$| in (?:an? )?\w+ voice)
        lies .. vor\b | lese? .. vor\b | vorlesen | sprich\b | sprech\w*\b | vertone\w*
        sag(?:e)? (?=<quote>|<any>)
        lis-l(?:e|a|es)\b | lis .. (?:a voix haute|a haute voix) | lire .. (?:a voix haute|a haute voix) | prononce\w*
        dis (?=<quote>|<any>) | convertis .. en (?:voix|audio|parole)
        lee(?:me|lo|la)?\b(?! el texto) | leer en voz alta | en voz alta | pronuncia\w*
        convierte .. en (?:voz|audio|habla) | di (?=<quote>|<any>)
        朗读 | 读出 | 念(?:出|给) | 大声读 | (?:转换成|转成|转为)(?:语音|声音) | 配音
    """,
    r"""
        speech\b(?! recognition| in| to| of| back)
        audio (?:version|reading|file|book|clip|answer|output|response|description|summary|form|format|message|narration|recording)s?\b(?! (?:quality|classification))
        spoken (?:answer|response|summary|version|description)\b | audio\b(?= of| for| from(?! (?:before|earlier|above|the (?:first|second|last|previous))\b)| based)
        audio ?books?\b | voice[- ]?overs?\b | spoken version | readings?\b(?! of)
        sprachausgabe\b | horbuch\b | version audio | audiolibro\b | 语音 | 音频版
    """,
)
_action(
    "read",
    "image: image-to-text, text: text-to-speech, audio: automatic-speech-recognition",
    "text",
    r"""
        read\b(?: me\b)?(?=\s+(?:<any>|it\b|this\b|that\b|them\b|the\b|both\b|each\b|every\b|all\b)) | lies\b(?=\s+<any>)
        lis\b(?=\s+<any>) | lire\b(?=\s+<any>) | lee\b(?=\s+<any>)
    """,
)
_action(
    "translate",
    "text: translation",
    "translation",
    r"""
        translat(?:e|es|ed|ing)\b | trnaslat\w+ | tranlat\w+
        (?:put|render|bring|turn|convert|say|tell)\b.. (?:in|into|to) <language>\b | localis?ze\b
        <any> (?:->|=>|to|into) <language>\b | (?:need|want|have|like)\b.. in <language>\b
        auf <language>\b(?!\s+\w) | ins <language>\b | en <language>\b(?!\s+(?!(?:y|et)\b)\w)
        in <language>(?:(?:,| and| und| et| y)(?: in)? <language>){0,6}\b(?!\s+(?!(?:and|then|und|et|y|please|too)\b)\w) | <language>(?= (?:summary|description|caption|transcript|abstract)) | 用<language> | ubersetz\w*
        tradui\w*\b | tradu[cz]\w*\b | 翻译 | 译(?:成|为)
    """,
    r"""
        translations?\b | translated (?:text|version|sentence|answer|summary|article|content)s?\b
        <language> (?:version|translation)s?\b | (?:versions?|translations?) in <language> | ubersetzung(?:en)?\b
        traductions?\b | traduccion(?:es)?\b | 译文 | 翻译稿
    """,
)
_action(
    "summarise",
    "text: summarization",
    "summary",
    r"""
        shorter (?:version|text) | brief (?:overview|version)
        make .. (?:shorter|briefer|more concise|more compact)\b | cut .. down\b | the essence of
        what(?: is|'s) <(?:text|audio)> about | what .. is about\b | summar[iy][sz](?:e|es|ed|ing)?\b
        sumar[iy][sz]\w*\b | condens(?:e|es|ed|ing)\b | shorten(?:s|ed|ing)?\b | boil .. down | tl;?dr\b | abridge\b
        sum up\b | recap\b | worum geht e?s\b | de quoi parle\b | de que (?:trata|va|habla)\b | <text>(?:讲|说|写)了(?:些)?什么
        in short\b | give me the gist | main points | key points | in one sentence\b(?=$|\.)
        fasse? .. zusammen | zusammenfassen | kurze?\b(?= <any>) | resume[rzs]?(?:lo|la|los|las)?\b | resumir\w*\b
        sintetiza\w*\b | 总结 | 概括 | 摘要(?=.{0,3}<any>) | 归纳
    """,
    r"""
        summari[sz]ed (?:text|version|content|answer|description|information|article|form)s?\b | summari[sz]ation\b
        summar(?:y|ies)\b | short versions? | abstracts?\b(?= of) | gist\b
        minutes\b(?<!\d\sminutes)(?<!two\sminutes)(?<!three\sminutes)(?<!five\sminutes)(?<!ten\sminutes)(?<!few\sminutes)(?! of)(?! (?:long|later|ago|video|clip)) | minutes\b(?= of <any>) | synopsis\b
        zusammenfassung(?:en)?\b | resumen(?:es)?\b | resumes?\b(?=\s+(?:de|du)\b) | (?:le|un|les|des) resumes?\b
        摘要 | 概要
    """,
)
_action(
    "sentiment",
    "text: text-classification",
    "sentiment",
    r"""
        sentiment (?:analysis|classification) | analy[sz]e the (?:sentiment|mood|tone)
        (?:is|are|was|sounds?) .. (?:positive|negative)\b.. (?:or|and) .. (?:positive|negative|neutral)\b
        positive[/ ](?:or )?negative
        emotion (?:analysis|classification|detection) (?:of|in|on) | how .. feels? about | check the tone
        is <text> spam | spam\b
        ist .. (?:positiv|negativ) oder | stimmungsanalyse | est .. (?:positi(?:f|ve)|negati(?:f|ve)) ou
        es .. (?:positiv[oa]|negativ[oa]) o | es (?:positiv[oa]|negativ[oa]) o | which of .. (?:positive|negative|happy|unhappy|angry)\b | (?:正面|积极|负面|消极)还是 | 情感分析 | 情绪分析
    """,
    r"""
        sentiments?\b | mood\b | tone\b(?= of)| polarity\b | opinions? polarity | stimmung(?:en)?\b | sentimiento\b
        humeur\b | 情感 | 情绪
    """,
)
_action(
    "entities",
    "text: token-classification",
    "entities",
    r"""
        named[- ]entit\w+ | entity (?:recognition|extraction) | ner\b | pos[- ]tag\w*
        tag(?:ging)? the parts of speech | part[- ]of[- ]speech\b | parts of speech | token classification
        classify (?:the |each |its )?tokens
        (?:list|find|extract|name|pull out|get|identify|spot|mark|highlight|recogni[sz]e|look for|search for|pick out|give me|show)\b(?:(?! (?:text|objects?|image)\b| (?:average|mean|median|total|sum|maximum|minimum|highest|lowest|largest|smallest)\b[^.?!\n]{0,60}<table>)[^.?!\n,]){0,30}\b(?:names?|people|persons?|places|locations?|compan(?:y|ies)|organi[sz]ations?|dates?|amounts?|prices?|addresses|e-?mails?|(?:tele)?phone numbers?|entities|urls?|links|nouns|verbs|adjectives|tokens|(?:invoice|order|account|serial|reference|customer) numbers?|locations)\b
        which (?:names|people|persons|places|companies|organi[sz]ations|dates|cities|countries)\b.. (?:mention|occur|appear|named|contain)\w*
        names? the (?:persons?|people|places|companies) | extrai\w* les (?:noms|dates|personnes|lieux|montants)
        trouve\w* les (?:noms|dates|personnes|lieux|montants)
        nenne (?:die |alle )?(?:namen|personen|orte|daten)
        finde (?:die |alle )?(?:namen|personen|orte|daten|firmen)
        (?:extrae|encuentra)\w* (?:los|las) (?:nombres|fechas|personas|lugares|importes)
        (?:提取|找出|列出|识别)(?=.{0,10}(?:人名|地名|日期|实体|名字|金额))
    """,
    r"""
        entit(?:y|ies)\b | 实体
    """,
)
_action(
    "keywords",
    "text: token-classification",
    "keywords",
    r"""
        key ?words? extraction | (?:find|extract|get|list|identify|give me|show) (?:the |its |all )?(?:main |most important )?key ?(?:words|phrases|terms)\b
    """,
    r"""
        key ?words?\b | key ?phrases?\b | key terms\b | schlusselworter\b | stichw(?:o|oe)rter\b | mots[- ]cles?\b
        palabras clave\b | 关键词
    """,
)
_action(
    "classify",
    "text: text-classification, image: image-classification, audio: audio-classification, video: video-classification, table: tabular-classification, json: text-classification",
    "labels",
    r"""
        tag\b(?= (?:each|every|all\b|the (?!parts)|<any>|them)) | rate\b(?= (?:each|every|<any>))
        what (?:can|do) (?:you|i|we) hear\b | who (?:speaks?|talks?|sings?)\b(?=[^.?!\n]{0,30}<audio>) | (?:what|which) sounds? (?:is|are|do|does|can)\b | (?:what|which) (?:emotions?|genre|instruments?)\b(?=[^.?!\n]{0,30}<audio>) | which .. (?:be )?heard\b | wer spricht\b | qui parle\b | quien habla\b | 谁在说话 | classif(?:y|ies|ied|ying)\b(?! (?:the |each |its )?tokens) | categori[sz]e\b | sort <any> into
        sort (?:them|it|these|those) into | label\b(?=\s+(?:<any>|each|every|them|it\b|the\b(?! in))) | mark each
        (?:know|determine|find out|tell me|identify|recogni[sz]e|predict|get|provide)\b(?: me)? (?:to )?(?:which|what|the|its) (?:class|category|type|label|command|emotion|speaker|genre|language|species|classification)\b
        (?:class|category) (?:label|name)s?\b | belongs? to\b(?=\s*(?:$|[.,?!]|and\b))
        detect(?:s|ing|ed)? (?:the )?(?:language|emotion|speaker|genre)
        which (?:emotion|category|class|topic|genre|label)\b | what (?:kind|sort|type|category|class) of
        is (?:the sound in )?<any>,? (?:an? )?[a-z ]{1,40}, .. or\b | is <(?:image|audio|text)>,? (?:an? )?\w+ or\b
        who is (?:speaking|talking|singing) | what language is
        identify the (?:bird|animal|speaker|language|emotion|song|genre|species|command)
        recogni[sz]e the (?:bird|animal|speaker|language|emotion|song|genre|species|command|class)
        whether <any> is
        (?:determine|understand|detect|recogni[sz]e|identify|classify|analy[sz]e)\b(?: the| its| any)?(?: \w+)? (?:emotions?|commands?|genre|speaker)\b
        audio classification | image classification | whether the \w+ (?:sounds|is|are|seems) | what animal sound
        welcher? sprache\b | in welcher sprache\b | sprache von <any> | quelle (?:est la )?langue\b | la langue de\b
        (?:cual es el|que|en que) idioma\b | 什么语言 | 哪种语言 | sortier\w*\b(?=[^.?!\n]{0,60}\bin\b) | klassifizier\w* | ordne .. (?:zu|ein)\b
        classe[rz]?\b(?=\s+<any>) | clasifica\w* | 分类 | 归类
    """,
    r"""
        classifications?\b(?! (?:tool|model|result)) | klassifikation\b | clasificacion\b
    """,
)
_action(
    "detect",
    "image: object-detection",
    "objects",
    r"""
        identif(?:y|ies|ying)\b(?=[^.?!\n,]{0,25}objects?\b) | recogni[sz]e\b(?=[^.?!\n,]{0,25}objects?\b)
        show me where\b
        detect(?:s|ing|ed)?\b(?! the (?:pose|language|emotion|sentiment|mood|tone|speaker|genre|edges)| language| edges)
        object detection
        find (?:every|all|all the|the|any) (?:objects?|things?|cars?|people|faces?|dogs?|cats?|animals?)\b | find <quote>(?= (?:in|on) <image>)
        find (?:\w+ ){0,2}(?:faces?|cars?|people|persons?|children|dogs?|cats?|birds?|horses?|animals?|trees?|bikes?|bicycles?|trucks?|bus(?:es)?|boats?|chairs?|bottles?|cups?|windows?|signs?)(?= (?:in|on) <image>)
        finde (?:alle |die )?(?:autos|menschen|leute|personen|gesichter|hunde|katzen|tiere|vogel|baume)\b(?=[^.?!\n]{0,20}<image>)
        trouve[rz]? (?:toutes les |tous les |les )(?:voitures|gens|personnes|visages|chiens|chats|animaux|oiseaux|arbres)\b(?=[^.?!\n]{0,20}<image>)
        encuentra (?:todos los |todas las |los |las )(?:coches|carros|personas|caras|perros|gatos|animales|pajaros|arboles)\b(?=[^.?!\n]{0,20}<image>)
        locat(?:e|es|ing)\b | count\b(?= (?:the|all|how many)\b)(?! how often) | bounding boxes | draw boxes
        identify (?:the |all |any )?objects | look for .. in <image> | which objects
        erkenne (?:die |alle )?(?:objekte|gegenstande) | finde (?:die |alle )?(?:objekte|gegenstande)
        welche (?:objekte|gegenstande) | zahle (?:die|alle)
        detecte[rz]?\b | trouve[rz]? (?:les|tous les) objets | detecta\w* | encuentra (?:los|todos los) objetos | 检测
        找出(?=.{0,10}物体) | 识别(?=.{0,10}物体)
    """,
    r"""
        objects\b | detections?\b | boxes\b | objekte\b | objets\b | objetos\b
    """,
)
_action(
    "segment",
    "image: image-segmentation",
    "segments",
    r"""
        segment(?:s|ing|ed)?\b(?! is| are) | outline (?:every|each|all|the) .. pixel | pixel by pixel
        segmentier\w* | segmente[rz]?\b | segmenta\w*\b | 分割
    """,
    r"""
        segmentations?\b | segments\b | segmentierung\b | segmentacion\b
    """,
)
_action(
    "mask",
    "image: mask-generation",
    "masks",
    r"""
        (?:generate|make|create|compute|produce|get) (?:the |some |all )?masks? | mask generation | segment anything
        mask every
    """,
    r"""
        masks\b
    """,
)
_action(
    "depth",
    "image: depth-estimation",
    "depth",
    r"""
        depth[- ]estimat\w+
        (?:predict|get|obtain|analy[sz]e|determine|know|evaluate|calculate|measure)\b(?:ing)?(?: the)? depths?\b
        estimat\w+ .. depth | how far away | tiefenschatzung | 深度估计
    """,
    r"""
        depth(?: ?maps?| estimates?| images?)?\b | distances\b | tiefe\b | tiefenkarte\b
        carte de profondeur | profondeur\b | mapa de profundidad | profundidad\b | 深度图 | 深度
    """,
)
_action(
    "canny",
    "image: canny-control",
    "edges",
    r"""
        (?:show|find|extract|detect|compute|trace|draw|get|mark)\b(?: me)? (?:the |all |its )?edges\b
    """,
    r"""
        canny(?: edges?)?\b | edge (?:map|drawing|image|detection)s?\b | edges\b(?= (?:of|from|in|as) .{0,30}<image>)
        (?:outlines?|contours?)\b(?= (?:of|from|in|as) .{0,30}<image>) | (?:kanten|umrisse)\b(?= (?:von|aus|in) .{0,30}<image>)
        (?:contours|bordes|contornos)\b(?= (?:de|en|dans) .{0,30}<image>)
    """,
)
_action(
    "hed", "image: hed-control", "edges", "", r"hed(?: edges?)?\b | holistically[- ]nested(?: edges?)? | soft edges?\b"
)
_action("mlsd", "image: mlsd-control", "lines", "", r"mlsd\b | straight lines")
_action(
    "openpose",
    "image: openpose-control",
    "pose",
    "",
    r"open ?pose\b | poses?\b(?! for) | body keypoints | skeletons?\b | (?:posing|standing|sitting) (?:exactly |just )?(?:like|as)\b(?=.{0,30}<image>)",
)
_action("normal", "image: normal-control", "normals", "", r"surface normals? | normal maps? | normals\b")
_action("scribble", "image: scribble-control", "scribble", "", r"scribbles?\b")
_action(
    "edit",
    "image: image-to-image",
    "edited",
    r"""
        straighten\w* | deskew\w* | enlarg\w* | shrink\b | zoom\b | tint\w* | soften\w* | vignette\b | thumbnail\b
        watermark\b | variations? (?:of|on) <image> | apply (?:an? |the |some )?(?:\w+ )?(?:filter|effect|style)s?\b
        give <image> (?:an? )?\w+ (?:look|style|touch|frame|border) | colou?r\b(?= (?:it\b|<image>))
        sketch <image> | paint <image> | draw <image> as | transforme\w* <image> | convierte <image> en | verwandle <image> | schneide <image> | blur(?:s|red|ring)?\b | sharpen\w* | rotat(?:e|es|ed|ing)\b | flip(?:s|ped)?\b
        mirror(?:ed)?\b(?= it| the| <any>| this) | crop(?:s|ped)?\b | resiz(?:e|es|ed|ing)\b
        scale (?:it|<any>|the|this|up|down) | upscal\w* | invert(?:ed)?\b | brighten\w* | darken\w* | lighten\w*
        colou?ri[sz]e\w* | recolou?r\w* | pixelate\w* | posteri[sz]e\w* | denoise (?:the )?(?:picture|image|photo)
        denoise <image>
        (?:increase|reduce|raise|lower|boost|adjust|decrease) the (?:contrast|brightness|saturation|sharpness|exposure)\b
        (?:remove|replace|change|erase|cut out|hide|swap|delete|add)\b(?!(?:(?<=delete)|(?<=remove)|(?<=erase)) (?:<any>|it\b|them\b)\s*(?:$|[.,;]|and\b))(?=[^.?!\n]{0,80}(?:<image>|\bit\b|background|picture|image|photo|colou?r|sky|with\b|by\b))
        make (?:the\b|my\b|this\b|that\b|these\b|those\b|both\b|it\b|<image>|all\b|every\b|each\b)(?!.{0,25}(?:summary|video|audio|sound|poem|spoken|caption|description))(?=[^.?!\n]{0,100}\b(?:black|white|gr[ae]y|sepia|red|green|blue|purple|yellow|orange|pink|brown|bright\w*|dark\w*|light\w*|sharp\w*|small\w*|big\w*|large\w*|square|blurr\w*|transparent|look\w*|warmer|cooler|colou?rful|night|day|winter|summer|cartoon\w*|vintage|contrast\w*|pixels?|px|wide\w*|narrow\w*|tall\w*|half|twice)\b)
        (?:convert|turn|change|transform) .. (?:in)?to (?:an? )?(?:black|gr[ae]y\w*|sepia|pencil|sketch|cartoon|oil|watercolou?r|negative|anime|drawing|line|comic)
        make <image> (?:look )?(?:better|nicer|prettier|more beautiful|good|great)\b | improve <image> | enhance <image>
        black and white | gr[ae]yscale | sepia\b | restyle\b | stylis?ze?\w*\b | in the (?:manner|style) of
        style transfer | retouch\w* | edit(?:s|ed|ing)?\b(?= (?:the |my |this |that |an? |it\b|<image>)) | be edited
        modif(?:y|ies|ied|ying)\b | image editing | alter(?:s|ed|ing)?\b | adjust(?:s|ed|ing)?\b
        transform\b(?= (?:the |this |my |it\b|<image>)(?!.{0,30}(?:text|speech|audio)))
        (?:write|put|add) <quote> (?:on|over|across|to|in|into) <image> | image[- ]to[- ]image
        mach(?:e)? (?:das |dieses |mein )?(?:bild |foto )?<image>
        mach(?:e)? es (?=\w*(?:hell|dunk|schar|klein|gros|bunt|schwarz|gr)) | schwarz-?weis | drehe?\b
        weichzeichne\w* | verpixel\w* | spiegel(?:e|n)\b | zuschneiden | vergroser\w* | verkleiner\w*
        entferne (?:den|die|das) (?:hintergrund|person\w*|objekt\w*) | scharfe (?:das|<image>)
        mets? <image> | rends? (?:la |cette |l')?(?:photo |image )?<image> | haz (?:la )?(?:foto |imagen )?<image>
        pon <image> | convierte(?:lo|la) en (?:blanco|negro|gris) | noir et blanc | en noir et blanc | floute[rz]?\b
        tourne[rz]? <image> | pivote[rz]?\b | recadre[rz]?\b | redimensionne\w*
        enleve[rz]? (?:le|l') ?(?:fond|arriere)
        blanco y negro | desenfoca\w* | gira\w*\b(?= <image>| la) | recorta\w*
        cambia (?:el|la) (?:tamano|color|fondo) | elimina el fondo | quita el fondo
        skaliere?n?\b | zeichne <image> weich | rotiere?n?\b(?= <image>| das| es) | invertier\w* | fuge <image> | gib <image> (?:einen|eine)
        (?:erhohe|verringere|verstarke|reduziere|steigere|senke) (?:den|die) (?:kontrast|helligkeit|sattigung|scharfe)
        wand(?:le|eln) <image> .. um\b | mach aus <image> | beschneide <image> | helle <image> auf | dunkle <image> ab
        passe[rz]? <image> (?:en|au) | retourne[rz]? <image> | reduis <image> | reduire <image> | agrandi(?:s|r|ssez) <image>
        ajoute[rz]? .. <image> | augmente[rz]? (?:le|la) (?:contraste|luminosite|saturation|nettete)
        diminue[rz]? (?:le|la) (?:contraste|luminosite|saturation) | inverse[rz]? (?:les couleurs|<image>) | eclairci(?:s|r|ssez) <image>
        assombri(?:s|r|ssez) <image> | applique[rz]? (?:un|le) (?:effet|filtre) | pixelise[rz]?\b | change[rz]? la taille
        aclara(?:r)?\b(?= <image>| la) | oscurece(?:r)?\b(?= <image>| la) | rota(?:r)?\b(?= <image>| la) | voltea(?:r)?\b(?= <image>| la)
        reduce <image> | ampli[ae]\w*\b(?= <image>| la) | agranda(?:r)?\b(?= <image>| la) | anade .. <image> | agrega .. <image>
        (?:aumenta|disminuye|sube|baja)\b (?:el|la) (?:contraste|brillo|saturacion|nitidez) | invierte (?:los colores|<image>) | aplica un (?:efecto|filtro)
        redimensiona(?:r)?\b | pixela(?:r)?\b(?= <image>| la) | convierte <image> a\b
        变成(?=.{0,8}(?:黑白|灰|红|蓝|绿|素描|卡通|油画|复古)) | 转(?:为|成)(?=.{0,6}(?:黑白|灰)) | 模糊 | 旋转 | 裁剪 | 调(?:亮|暗) | 去(?:掉|除)背景 | 背景(?:去掉|去除|删除|移除|删掉) | 锐化
        缩放 | 缩小 | 放大 | (?:水平|垂直|左右|上下)翻转 | 翻转 | 反色 | 像素化 | 加(?:上)?一?个?(?=.{0,6}(?:边框|相框))
        (?:增加|提高|降低|减少|增强)(?=.{0,16}(?:对比度|亮度|饱和度))
    """,
    r"""
        (?:edited|modified|transformed|enhanced|changed|stylized|updated|resulting) (?:image|picture|photo)s?\b
    """,
)
_action(
    "enhance",
    "audio: audio-to-audio",
    "cleaned",
    r"""
        (?:improve|increase|raise|boost)\b.. (?:audio|sound|recording|quality)\b | speech enhancement
        audio enhancement | (?:turn up|increase|raise|lower|reduce|normali[sz]e) (?:the )?(?:volume|loudness)\b
        turn the volume | amplif\w+ | make .. (?:louder|quieter) | trim (?:the )?silence
        split .. (?:speakers|voices|tracks|stems|instruments)\b | denois\w+ | clean(?:s|ed|ing)?(?: up)?\b
        remov\w+ .. (?:noise|hiss|hum|echo)\b | enhanc(?:e|es|ed|ing)\b | noise (?:reduction|removal|suppression)
        reduce .. noise | suppress .. noise | separat(?:e|es|ing)\b | source separation
        isolate .. (?:voice|vocals|speaker|instrument)s? | improve .. (?:sound|audio|quality)
        make .. sound (?:clear\w*|loud\w*|better|crisp\w*) | audio[- ]to[- ]audio
        entferne .. (?:rauschen|storgerausch\w*|larm)\b | entrausch\w* | rausch(?:en)? .. entfern\w*
        nettoie[rz]? .. (?:bruit|audio|son|enregistrement)\b | enleve[rz]? le bruit | supprime[rz]? le bruit
        debruite\w*
        limpia\w* .. (?:ruido|audio|grabacion)\b | limpia (?:el )?ruido | quita\w* el ruido | elimina\w* el ruido
        降噪 | 去噪 | 去除噪
    """,
    r"""
        cleaned (?:recording|audio|sound)\b | enhanced (?:recording|audio|sound)\b
    """,
)
_action(
    "draw",
    "text: text-to-image",
    "image",
    r"""
        (?:image|picture|illustration)s? (?:generated|created|drawn|produced)\b | generate a visual
        draw(?:s|n|ing)?\b(?! boxes| a box| bounding) | paint(?:s|ed|ing)?\b | illustrat(?:e|es|ed)\b
        sketch\b(?= (?:a|an|the|me)\b) | visuali[sz]e\b | text[- ]to[- ]image
        (?:convert|turn) .. into (?:an? )?(?:\w+ )?(?:image|picture|illustration|painting)\b
        design (?:a|an|me a) (?:logo|poster|image|picture|banner|cover)
        (?:generate|create|make|produce|render|imagine|give me|show me|want|need)\b(?! (?:each|every|all)\b)(?!(?<=make) (?:this|that|these|those|both|my|its)\b)(?!(?<=make) the (?:\w+ ){0,2}(?:image|picture|photo)s?\b(?! (?:of|from|for|showing) (?:an?|the|my|some)\b))(?: me)?(?: an?| the| another| one| some)?(?: \w+){0,2} (?:image|picture|photo|illustration|drawing|painting|poster|artwork|portrait|logo|sketch)s?\b(?= of| from| for| show| with| in which| that| where| based|\b)
        zeichne\w*\b | mal(?:e|en)?\b(?= (?:mir |ein|eine|einen|das|die|den|<any>))
        (?:erzeuge|erstelle|generiere) (?:mir )?ein (?:bild|foto|gemalde)
        dessine\w*\b | peins\b | (?:genere|cree)[rz]? une? (?:image|dessin|illustration) | dibuja\w*\b | pinta\w*\b
        (?:genera|crea)\w* una? (?:imagen|dibujo|ilustracion) | 画(?!面) | 绘制 | 生成(?=.{0,6}(?:图|画))
    """,
    r"""
        illustrations?\b | (?:new|generated) (?:image|picture)s?\b
        a (?:picture|poster|painting|drawing|logo)\b(?= of| from| for|,| and|\.|$)
    """,
)
_action(
    "film",
    "text: text-to-video, image: image-to-video",
    "video",
    r"""
        video (?:generated|created|produced)\b
        (?:generate|create|make|produce|render|give me|want|get|need)\b(?: me)?(?: an?| the| another)?(?: new| short| little)?(?: \d+[ -](?:second|sec|minute)s?)? (?:video|clip|film|movie)s?\b
        text[- ]to[- ]video | animat(?:e|es|ed|ing)\b | bring .. to life | film\b(?= a\b)
        (?:erzeuge|erstelle|generiere) (?:mir )?ein (?:kurzes )?video | animier\w* | (?:genere|cree)[rz]? une? video
        anime[rz]?\b(?= <any>) | (?:genera|crea)\w* un video | 生成(?=.{0,6}视频) | 制作(?=.{0,6}视频)
    """,
    r"""
        (?:a|short|new|generated) (?:short )?(?:video|clip|film|animation)s?\b
    """,
)
_action(
    "sound",
    "text: text-to-audio",
    "sound",
    r"""
        compos(?:e|es|ing)\b
        (?:generate|create|make|produce)\b(?: me)?(?: an?| the| some)? (?:\w+ ){0,2}(?:music|melody|tune|song|soundtrack|sound effects?|jingle)\b
        (?:generate|create|make|produce) (?:the |a )?sounds? of | text[- ]to[- ](?:audio|music)
        komponier\w* | compose[rz]?\b | compon\w*\b | 作曲 | 生成(?=.{0,6}音乐)
    """,
    r"""
        a (?:melody|tune|soundtrack)\b
    """,
)
_action(
    "generate",
    "text: text-generation",
    "writing",
    r"""
        (?:generate|create|produce|compose|craft|provide)\b(?: me)?(?: with)?(?: an?| some| the| another)?(?: \w+){0,2} (?:text|sentence|paragraph|content|caption text|narrative|description)s?\b(?! (?:from|in|of) (?:the )?(?:image|picture|audio|<image>))
        writ(?:e|es|ing) (?:an? |the )?(?:\w+ ){0,2}(?:reply|response|answer) to\b
        writ(?:e|es|ing)\b(?! (?:down|out|a caption|a description|<quote> (?:on|over)|one summary|a summary))
        (?:generate|compose|create|make up|invent|draft|tell me|turn|make|give me|convert|expand|develop) .. (?:story|poem|haiku|article|essay|letter|paragraph|joke|blog post|tweet|title|headline|slogan|lyrics|limerick|song lyrics|recipe|email|e-mail|list of)s?\b
        complete\b(?= (?:<any>|the (?:text|sentence|story|paragraph)))
        continue\b(?= (?:<any>|the (?:text|sentence|story|paragraph))) | explain\b(?= <any>| it\b| this\b| the\b)
        text generation | finish the (?:text|sentence|story)
        schreib(?:e)?\b(?! (?:auf|nieder|mit)) | erzahl(?:e)? | ecri(?:s|re|vez)\b | redige\w*\b | escribe\w*\b
        redacta\w*\b | 写(?!着|了) | 续写
    """,
    r"""
        action list\b | title\b(?= for)
    """,
)
_action(
    "rewrite",
    "text: text2text-generation",
    "rewritten",
    r"""
        make <text> (?:\w+ ){1,2}and (?:more )?\w+\b | (?:give me|put|say|show me|want|need) <text> in (?:simple|simpler|plain|easy) \w+
        make <text> (?:more \w+|friendlier|politer|simpler|clearer|formal|polite|better)\b
        make it (?:more (?:polite|formal|casual|friendly|concise)|friendlier|politer|simpler|clearer|formal)\b
        anonymi[sz]\w* | redact\w* | expand <text> | improve <text> | rewrit(?:e|es|ing)\b | rephras\w+
        paraphras\w+ | reword\w* | simplif(?:y|ies)\b
        correct (?:the |all |any )?(?:grammar|spelling|mistakes|errors)\b
        fix (?:the |all |any )?(?:grammar|spelling|typos|mistakes)\b | proofread\w* | polish\b(?= <any>| the| this)
        umformulier\w* | formulier\w* .. um\b | vereinfach\w* | korrigier\w* | reformule\w* | simplifie\w*
        corrige[rz]?\b | reescribe\w* | simplifica\w* | 改写 | 润色
    """,
    r"""
        paraphrase\b | corrected (?:text|version) | simplified (?:text|version)
    """,
)
_action(
    "reply",
    "text: conversational",
    "reply",
    r"""
        (?:generate|create|get|provide|have|start|initiate|hold|simulate)\b(?: me)?(?: with)?(?: an?| the)?(?: \w+){0,2} (?:conversational|conversation|dialogue|chat)\b
        converse\b | repl(?:y|ies) (?:to)\b | respond to\b | answer <text> (?:as|like|politely)
        continue the (?:conversation|chat|dialogue) | chat about\b | have a conversation | antworte (?:auf)\b
        reponds a\b | responde a\b | 回复
    """,
    r"""
        conversational (?:response|reply)\b | conversational \w+ (?:response|reply)\b
        (?:relevant|appropriate|friendly|suitable) (?:response|reply)\b | polite reply\b | reply\b
    """,
)
_action(
    "fill",
    "text: fill-mask",
    "filled",
    r"""
        fill (?:in )?(?:the )?(?:blanks?|gaps?|masks?|missing words?) | fill[- ]mask
        guess the (?:missing|masked) word | luckentext | fulle die lucke
    """,
)
_action(
    "embed",
    "text: feature-extraction, image: image-feature-extraction",
    "embedding",
    r"""
        embed(?:s|ded|ding)?\b(?! of|s) | vectori[sz]e\b | feature (?:vectors?|extraction)
        extract (?:the )?features
    """,
    r"""
        embeddings?\b | feature vectors?\b | vektor\b | vecteur\b
    """,
)
_action(
    "compare",
    "text: sentence-similarity, image: image-text-to-text",
    "similarity",
    r"""
        vs\.?\s | versus\b | similar (?:sentences?|texts?|passages?|paragraphs?)\b | how well\b.. (?:match|fit|agree|correspond)\w*\b | (?:difference|differences) between\b | compar(?:e|es|ed|ing)\b
        know how (?:similar|close) | find out how (?:similar|close) | analy[sz]e how (?:similar|close)
        tell me how (?:similar|close) | how (?:similar|close|alike|related|different)\b
        (?:sentence|semantic|text) similarity
        (?:measur\w+|comput\w+|calculat\w+|determin\w+|check) (?:the |their |how )?(?:\w+ )?similar\w*\b
        (?:are|is) .. (?:similar|alike|the same)\b | mean the same | (?:do|does) .. (?:fit|match) <any>
        (?:do|does) .. say the same | match(?:es)?\b.. <any> | supported by\b | in common\b
        wie ahnlich | vergleich\w* | ahnlichkeit | compare[rz]?\b | similitude | ressembl\w+ | compara\w*\b
        similitud | parecid[oa]s? | 比较 | 相似
    """,
    r"""
        similarit(?:y|ies)\b | comparison\b
    """,
)
_action(
    "predict",
    "table: tabular-classification",
    "predictions",
    r"""
        predict(?:s|ed|ing)?\b | forecast\w*\b | train a (?:classifier|model|regression\w*) | fit a\b
        regress(?:ion)?\b | estimat(?:e|es|ing) (?:the )?\w+ (?:in|of|from) <table> | classify .{0,12}<table>
        classif(?:y|ies) (?=\w+\.?$) | tabular (?:classification|regression)
        vorhersag\w* | sag(?:e|t)? .. (?:vorher|voraus)\b | prognostizier\w* | predi(?:s|re|t|ce|ga|cir)\b | pronostica\w* | 预测
    """,
    r"""
        predictions?\b | forecast\b | vorhersage\b
    """,
)
_action(
    "ask",
    "text: question-answering, image: visual-question-answering, table: table-question-answering",
    "answer",
    r"""
        the number of\b(?=[^.?!\n]{0,40}<(?:image|table|text)>) | list (?:all |the |all the )?\w+(?: \w+)? (?:in|on) <(?:image|table)>
        answer(?:s|ing)?\b(?! (?:is|are|to it)\b) | (?:check|see) (?:whether|if)\b | find where\b | find the (?:total|sum|amount|balance|due date|deadline|sender|recipient)\b
        (?:find|get|give me|show me|calculate|compute|work out|determine) (?:the )?(?:average|mean|median|total|sum|maximum|minimum|highest|lowest|largest|smallest|number of)\b(?=[^.?!\n]{0,60}<table>)
        ask <any>(?= (?:who|what|when|where|how|why|which|if|whether)\b) | tell me (?:who|when|where|why|whether|if|the|how(?! (?:similar|close|alike)))\b
        (?:tell me|say) (?:what|which) (?:(?:kind|sort|type) of )?(?!(?:is|are|was|were|it|you|they|this|that|the|can|do|does|did|should|would)\b|<)\w+\b
        (?:tell me|say) what the (?!(?:picture|image|photo|video|clip|recording|audio|caller|speaker|text|sign|page|label|table)\b)\w+ (?:is|are|was|were|has|have|had|does|did|wears?|holds?)\b
        find out (?:who|when|where|why|whether|if|what|which|how)\b
        know (?:who|when|where|why|whether|if|what|which|how(?! (?:similar|close|alike)))\b
        (?:sum|average|total|median|mean|maximum|minimum)\b(?=[^.?!\n]{0,60}<table>) | find the answer
        according to\b | beantworte\w* | repond(?:s|re|ez)\b | responde\b | contesta\w* | 回答
    """,
    r"""
        answers?\b(?! the) | antwort(?:en)?\b | reponses?\b | respuestas?\b
    """,
)
