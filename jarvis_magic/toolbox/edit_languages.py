"""Picture edits in German, French, Spanish and Chinese, brought into the words of the phrases: "drehe um 90 Grad nach links".

Not a translator: the words people use for the edits there are, in the spelling that is left of them in lower case and
without accents. What is longer comes first, so that "schwarzweiss" is not "black", "white".
"""

from __future__ import annotations

import functools
import re
import unicodedata

# what it becomes | how it is said; \1 stands for the first group
_TABLE = r"""
black and white | schwarz-? ?(?:und )?weiss(?:es|e)?|(?:en )?noir et blanc|(?:en )?blanco y negro|黑白
rotate \2 degrees to the \1 | 向?(左|右)(?:旋?转)(\d+)度
rotate \1 degrees to the \2 | 旋转(\d+)度向(左|右)
rotate \1 degrees clockwise | 顺时针(?:方向)?旋?转(\d+)度
rotate \1 degrees counterclockwise | 逆时针(?:方向)?旋?转(\d+)度
rotate \1 degrees | 旋转(\d+)度
flip horizontally | (?:水平|左右)(?:翻转|镜像)
flip vertically | (?:垂直|上下)(?:翻转|镜像)
shrink to half | (?:verkleinere?n?|reduis|reduire|reduce|reducir)(?: (?:das|le|la|el|es|bild|image|foto)){0,2} (?:auf die halfte|um die halfte|de moitie|a la mitad)|缩小(?:到|为)?一半
enlarge 2x | (?:vergrossere?n?|agrandis|agrandir|amplia|ampliar|agranda)(?: (?:das|le|la|el|es|bild|image|foto)){0,2} (?:auf das doppelte|um das doppelte|deux fois|au double|al doble|el doble)|放大(?:到|为)?(?:两|二|2)倍
\2 border | (cadre|bordure|borde|marco) (noire?|blanc(?:he)?|rouge|bleue?|verte?|jaune|grise?|negro|blanco|rojo|azul|verde|amarillo|gris)
to the left | nach links|a gauche|vers la gauche|a la izquierda|hacia la izquierda|向左
to the right | nach rechts|a droite|vers la droite|a la derecha|hacia la derecha|向右
counterclockwise | gegen den uhrzeigersinn|dans le sens (?:anti-?horaire|inverse des aiguilles d'une montre)|en sentido anti-?horario|逆时针
clockwise | im uhrzeigersinn|dans le sens (?:horaire|des aiguilles d'une montre)|en sentido horario|顺时针
horizontally | waagerecht|horizontalement|horizontalmente|水平
vertically | senkrecht|vertikal|verticalement|verticalmente|垂直
a bit | etwas|ein bisschen|ein wenig|leicht|un peu|legerement|un poco|ligeramente|一点儿?|稍微|一些
much | viel|deutlich|stark|sehr|beaucoup|nettement|mucho|muy|很多|大幅
degrees | grad|degres|grados
grey | graustufen?|grau|niveaux de gris|en gris|gris(?:e|es)?|escala de grises|灰度图?|灰色?
sepia | 复古色?调?|怀旧
brighter | heller|aufhellen|plus (?:claire?|lumineu(?:x|se))|eclairci(?:s|r|ssez)|mas (?:clar[oa]|brillante|luminos[oa])|aclara(?:r|lo|la)?|ilumina|(?:调|变|更)亮
darker | dunkler|abdunkeln|plus (?:sombre|foncee?)|assombri(?:s|r|ssez)|mas oscur[oa]|oscurece(?:r|lo|la)?|(?:调|变|更)暗
sharper | scharfer|plus nette?|mas nitid[oa]|更清晰|更锐利
more colourful | farbenfroher|bunter|farbiger|plus coloree?|mas colorid[oa]|更鲜艳
warmer | plus chaude?|mas calid[oa]|更暖
cooler | kuhler|kalter|plus froide?|mas fri[oa]|更冷
smaller | kleiner|plus petite?|mas pequen[oa]|更小
bigger | grosser|plus grande?|mas grande|更大
blur | weichzeichnen|zeichne weich|weichgezeichnet|unscharf|verschwommen|floute[rz]?|floue?|desenfoca(?:r|lo|la)?|borros[oa]|模糊(?:处理)?
sharpen | scharfe?n?|nachscharfen|enfoca(?:r|lo|la)?|锐化
pixelate | verpixele?n?|pixelise[rz]?|pixela(?:r|lo|la)?|像素化|马赛克
invert | invertiere?n?|inverse[rz]?|invierte|invertir|反色|反相
negative | negativ|negatif|negativo|负片
contrast | kontrast|contraste|对比度
brightness | helligkeit|luminosite|brillo|亮度
saturation | sattigung|saturacion|饱和度
increase | erhohe?n?|verstarke?n?|augmente[rz]?|aumenta(?:r)?|增加|提高|增强
decrease | verringere?n?|reduziere?n?|senke|diminue[rz]?|baisse[rz]?|disminuye|baja(?:r)?|降低|减少
rotate | drehe?n?|rotiere?n?|tourne[rz]?|pivote[rz]?|gira(?:r|lo|la)?|rota(?:r|lo|la)?|旋转
flip | spiegel[en]?n?|spiegle|retourne[rz]?|voltea(?:r|lo|la)?|翻转|镜像
crop | zuschneiden|schneide|beschneide|recadre[rz]?|recorta(?:r|lo|la)?|裁剪成?|剪裁成?
square | quadrat(?:isch)?|carree?|cuadrad[oa]|正方形
resize | skaliere?n?|redimensionne[rz]?|redimensiona(?:r)?|cambia(?:r)? el tamano|change[rz]? la taille|(?:andere|verandere) die grosse|缩放|调整大小
shrink | verkleinere?n?|reduis|reduire|reduce|reducir|缩小
enlarge | vergrossere?n?|vergroessern|agrandis|agrandir|amplia(?:r)?|agranda(?:r)?|放大
border | rahmen|rand|cadre|bordure|borde|marco|边框|相框
add | fuge|gib|ajoute[rz]?|anade|agrega|加上?|添加
black | schwarze?[nrms]?|noire?s?|negr[oa]s?|黑色?的?
white | weisse?[nrms]?|blanc(?:he)?s?|blanc[oa]s?|白色?的?
red | rote?[nrms]?|rouges?|roj[oa]s?|红色?的?
green | grune?[nrms]?|vert(?:e)?s?|verdes?|绿色?的?
blue | blaue?[nrms]?|bleue?s?|azul(?:es)?|蓝色?的?
yellow | gelbe?[nrms]?|jaunes?|amarill[oa]s?|黄色?的?
make | mache?n?|mets|rends|passe[rz]?|transforme[rz]?|haz|pon|pasa|convierte|(?:ver)?wandle|变成|变为|改成|转为|转成|弄|变
apply | wende|applique[rz]?|aplica(?:r)?|应用
effect | effekt|effet|efecto|效果
colours | farben?|couleurs?|colores|颜色
with | mit|avec|con|用
it | es|ihn|sie|le|la|lo|les|das|den|die|der|dem|el|los|las|al
picture | bild(?:es)?|l'image|imagen|foto|图片|照片|图像|画面
a | ein(?:e[nrms]?)?|une?|una?|一个
wide | breite[nrms]?
and | und|dann|danach|et|puis|ensuite|y|luego|despues|然后|接着|并|和
by | um|de|von|du|del
to | auf|zu|en|到|成|为
please | bitte|s'il (?:te|vous) plait|por favor|请
it | hinzu|aus|把|将|给|的|得|让
left | 左
right | 右
"""
_NOT_WITHIN_A_WORD = r"(?<![^\W\u4e00-\u9fff])(?:{})(?![^\W\d\u4e00-\u9fff])"


@functools.cache
def _rows() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = (line.split(" | ") for line in _TABLE.strip().splitlines())
    return tuple((f" {english} ", re.compile(_NOT_WITHIN_A_WORD.format(said))) for english, said in rows)


def in_english(text: str) -> str:
    """An instruction in lower case, without accents, with the words that are known in English."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    words = "".join(char for char in folded if not unicodedata.combining(char))
    for english, said in _rows():
        words = said.sub(english, words)
    return words
