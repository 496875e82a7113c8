"""Edits of pictures asked for in other languages than English, from the request to what the embedded editor does."""

from __future__ import annotations

import pytest

from jarvis_magic.toolbox.instructions import Edit, read_instruction

from .test_planning import plan

GREY, BLUR = Edit("grey"), Edit("blur", {"radius": None, "strength": 1.0})
BRIGHTER, DARKER = (Edit("tone", {"quality": "brightness", "factor": factor}) for factor in (1.3, 1 / 1.3))
LEFT, FLIPPED = Edit("rotate", {"degrees": 270}), Edit("flip", {"vertically": False, "horizontally": True})
SQUARE, HALF, TWICE = (
    Edit("crop_ratio", {"ratio": (1, 1)}),
    Edit("resize", {"scale": 0.5}),
    Edit("resize", {"scale": 2}),
)
SIZED = Edit("resize", {"width": 300, "height": 200})
FRAMED = Edit("border", {"colour": "black", "width": None, "strength": 1})
CONTRAST, INVERTED = Edit("tone", {"quality": "contrast", "factor": 1.4}), Edit("invert")


@pytest.mark.parametrize(
    ("requests", "edit"),
    [
        (["Mach @p schwarzweiß.", "Mets @p en noir et blanc.", "Haz @p en blanco y negro.", "把@p变成黑白。"], GREY),
        (["Wandle @p in Graustufen um.", "Passe @p en niveaux de gris.", "Pon @p en escala de grises.", "把@p转为灰度。"], GREY),
        (["Mach @p heller.", "Rends @p plus lumineuse.", "Aclara @p.", "把@p调亮。"], BRIGHTER),
        (["Mach @p dunkler.", "Rends la photo @p plus sombre.", "Haz @p más oscura.", "把@p调暗。"], DARKER),
        (["Drehe @p um 90 Grad nach links.", "Tourne @p de 90 degrés à gauche.", "Gira @p 90 grados a la izquierda.", "把@p向左旋转90度。"], LEFT),
        (["Spiegele @p horizontal.", "Retourne @p horizontalement.", "Voltea @p horizontalmente.", "水平翻转@p。"], FLIPPED),
        (["Schneide @p quadratisch zu.", "Recadre @p en carré.", "Recorta @p en cuadrado.", "把@p裁剪成正方形。"], SQUARE),
        (["Verkleinere @p auf die Hälfte.", "Réduis @p de moitié.", "Reduce @p a la mitad.", "把@p缩小一半。"], HALF),
        (["Vergrößere @p auf das Doppelte.", "Agrandis @p deux fois.", "Amplía @p al doble.", "把@p放大两倍。"], TWICE),
        (["Skaliere @p auf 300x200.", "Redimensionne @p à 300x200.", "Cambia el tamaño de @p a 300x200.", "把@p缩放到300x200。"], SIZED),
        (["Mach @p unscharf.", "Floute @p.", "Desenfoca @p.", "模糊@p。"], BLUR),
        (["Füge @p einen schwarzen Rahmen hinzu.", "Ajoute un cadre noir à @p.", "Añade un borde negro a @p.", "给@p加一个黑色边框。"], FRAMED),
        (["Erhöhe den Kontrast von @p.", "Augmente le contraste de @p.", "Aumenta el contraste de @p.", "增加@p的对比度。"], CONTRAST),
        (["Invertiere die Farben von @p.", "Inverse les couleurs de @p.", "Invierte los colores de @p.", "把@p反色。"], INVERTED),
    ],
)  # fmt: skip
def test_an_edit_in_four_languages(requests: list[str], edit: Edit) -> None:
    """German, French, Spanish and Chinese ask for the same edit, and the editor that needs no key understands it."""
    for request in requests:
        (task,) = plan(request, p="image").tasks
        assert task.type == "image-to-image"
        assert read_instruction(str(task.arguments["text"])) == (edit,)
