"""Pictures that follow another one, in its pose, edges, depth…: hard case 21 of the reference."""

from __future__ import annotations

import pytest

from .test_planning import notes, plan, said


def followed(family: str, shown: str) -> list[tuple[str, dict[str, str]]]:
    """The two tasks of a picture of something that follows @x: their types, and the picture's description."""
    pattern = {
        "openpose": "pose",
        "mlsd": "lines",
        "seg": "segments",
        "normal": "normals",
        "canny": "edges",
        "hed": "edges",
    }
    return [
        (f"{family}-control", {"image": "@x"}),
        (f"{family}-text-to-image", {"image": f"@{pattern.get(family, family)}", "text": shown}),
    ]


@pytest.mark.parametrize(
    ("text", "family", "shown"),
    [
        ("Draw a robot in the pose of @x.", "openpose", "a robot"),
        ("A robot in the pose of @x", "openpose", "A robot"),
        ("same pose as @x but a robot", "openpose", "a robot"),
        ("Same pose as @x, but with a robot.", "openpose", "a robot"),
        ("Keep the pose of @x but make it a robot.", "openpose", "a robot"),
        ("Generate a picture of a girl reading a book in the same pose as the boy in @x.", "openpose", "a girl reading a book"),
        ("Extract the pose of @x, then generate a robot from it.", "openpose", "a robot"),
        ("Paint a knight standing exactly like the man in @x.", "openpose", "a knight"),
        ("Draw a castle with the edges of @x.", "canny", "a castle"),
        ("Take the outline of @x and draw a castle.", "canny", "a castle"),
        ("Use the depth of @x to draw a castle.", "depth", "a castle"),
        ("Draw a castle based on the segmentation of @x.", "seg", "a castle"),
        ("Draw a castle with the HED edges of @x.", "hed", "a castle"),
        ("Draw a castle that keeps the soft edges of @x.", "hed", "a castle"),
        ("Draw a living room with the straight lines of @x.", "mlsd", "a living room"),
        ("Draw a living room from the normal map of @x.", "normal", "a living room"),
        ("Turn the scribble in @x into a picture of a cat.", "scribble", "a cat"),
        ("Zeichne einen Roboter in derselben Pose wie @x.", "openpose", "einen Roboter"),
        ("Gleiche Pose wie @x, aber ein Roboter.", "openpose", "ein Roboter"),
        ("Zeichne ein Schloss mit der Tiefenkarte von @x", "depth", "ein Schloss"),
        ("Male ein Schloss mit den Kanten von @x.", "canny", "ein Schloss"),
        ("Dessine un robot dans la même pose que @x.", "openpose", "un robot"),
        ("Dessine un château avec les contours de @x.", "canny", "un château"),
        ("La misma pose que @x pero un robot.", "openpose", "un robot"),
        ("Dibuja un castillo con los bordes de @x.", "canny", "un castillo"),
        ("画一个机器人，姿势和@x一样。", "openpose", "一个机器人"),
        ("用@x的边缘画一座城堡", "canny", "一座城堡"),
        ("用@x的深度图画一座城堡", "depth", "一座城堡"),
    ],
)  # fmt: skip
def test_case_21_what_is_named_is_followed(text: str, family: str, shown: str) -> None:
    """Hard case 21: pose, edges, depth and the rest are each shown by their own task, and followed by its partner."""
    assert said(plan(text, x="image")) == followed(family, shown)


def test_case_21_hed_asked_is_hed() -> None:
    """Hard case 21: a method that is named comes before what the words are like."""
    planned = said(plan("Draw a robot in the same pose as @x using HED.", x="image"))
    assert planned == followed("hed", "a robot")
    assert [kind for kind, _ in said(plan("Find the HED edges of @x.", x="image"))] == ["hed-control"]


def test_case_21_one_picture_in_the_pose_of_another() -> None:
    """Hard case 21: what one picture shows is described, and drawn in the pose of the other."""
    planned = plan("Draw the content of @girl in the pose of @boy.", girl="image", boy="image")
    assert said(planned) == [
        ("image-to-text", {"image": "@girl"}),
        ("openpose-control", {"image": "@boy"}),
        ("openpose-text-to-image", {"image": "@pose", "text": "@caption"}),
    ]


def test_case_21_a_pose_is_only_told_where_it_is_asked() -> None:
    """Hard case 21: a question about a pose is asked of the picture, and a description describes it."""
    assert [kind for kind, _ in said(plan("What is the pose of the boy in @x?", x="image"))] == [
        "visual-question-answering"
    ]
    assert said(plan("Describe the pose of @x.", x="image")) == [("image-to-text", {"image": "@x"})]
    assert [kind for kind, _ in said(plan("Draw the pose of @x.", x="image"))] == ["openpose-control"]


def test_case_21_poses_are_compared_by_their_pictures() -> None:
    """Hard case 21: what names several poses asks for each, and describes nothing."""
    planned = [kind for kind, _ in said(plan("Compare the poses of @x and @y.", x="image", y="image"))]
    assert planned == ["openpose-control", "openpose-control", "image-text-to-text"]


def test_case_21_what_a_following_picture_cannot_have_is_said() -> None:
    """Hard case 21: it takes the size of the other."""
    planned = plan("Draw a castle with the edges of @x, 512x768.", x="image")
    assert said(planned) == followed("canny", "a castle")
    assert "size" in notes(planned)
