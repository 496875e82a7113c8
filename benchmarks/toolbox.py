"""What each expert of the toolbox is worth: its score on small inputs beside the score of something trivial.

Run with ``python benchmarks/toolbox.py``; part of ``make bench``. Inputs are generated here, come with scikit-image and
scikit-learn, are spoken by the toolbox itself, or stand in ``data/toolbox.json``. Scores are better when higher. An
expert that does not clearly beat the trivial one does not belong into the registry: the last line says so, and the
exit status is 1.
"""

from __future__ import annotations

import difflib
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import pandas as pd
import skimage
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from jarvis_magic.kinds import WithNotes
from jarvis_magic.media import Audio
from jarvis_magic.toolbox import toolbox_experts

CLEARLY = 1.2  # times the trivial score
DATA: dict[str, Any] = json.loads((Path(__file__).parent / "data" / "toolbox.json").read_text("utf-8"))
EXPERTS = {expert.id: expert for expert in toolbox_experts()}

Measured = tuple[str, float, str, float]  # what is measured, the score, the trivial rival, its score
MEASURES: dict[str, Callable[[], Measured]] = {}


def measures(expert_id: str) -> Callable[[Callable[[], Measured]], Callable[[], Measured]]:
    """Register a function as the measure of an expert."""

    def register(function: Callable[[], Measured]) -> Callable[[], Measured]:
        MEASURES[expert_id] = function
        return function

    return register


def ask(expert_id: str, **arguments: object) -> Any:
    """Call an expert and return its value without notes."""
    result = EXPERTS[expert_id].function(**arguments)
    return result.value if isinstance(result, WithNotes) else result


def commonest_share(labels: Iterable[str]) -> float:
    counts = Counter(labels)
    return counts.most_common(1)[0][1] / counts.total()


# Text -------------------------------------------------------------------------------------------------------------


@measures("toolbox/vader")
def sentiment() -> Measured:
    right = [ask("toolbox/vader", text=text)[0].label == label for text, label in DATA["sentiment"]]
    return "accuracy", fmean(right), "one label for all", commonest_share(label for _, label in DATA["sentiment"])


@measures("toolbox/langid")
def language() -> Measured:
    right = [ask("toolbox/langid", text=text)[0].label == code for text, code in DATA["languages"]]
    return "accuracy", fmean(right), "one label for all", commonest_share(code for _, code in DATA["languages"])


@measures("toolbox/sentence-ranking")
def summary() -> Measured:
    """Two sentences are kept of a text with three strange ones in it: a point for a key sentence, less one for a stranger."""
    rivals: dict[str, list[float]] = {"first sentences": [], "random sentences": [], "longest sentences": []}
    ours = []
    for sentences, key, strange in mixed_texts():
        points = [(s in key) / 2 - (s in strange) / 2 for s in sentences]
        kept = ask("toolbox/sentence-ranking", text=" ".join(sentences), options={"sentences": 2})
        ours.append(sum(point for sentence, point in zip(sentences, points, strict=True) if sentence in kept))
        longest = sorted(range(len(sentences)), key=lambda i: -len(sentences[i]))[:2]
        rivals["first sentences"].append(sum(points[:2]))
        rivals["random sentences"].append(2 * fmean(points))
        rivals["longest sentences"].append(sum(points[i] for i in longest))
    best = max(rivals, key=lambda name: fmean(rivals[name]))
    return "key less strange sentences", fmean(ours), best, fmean(rivals[best])


def mixed_texts() -> Iterator[tuple[list[str], set[str], set[str]]]:
    """Yield each passage's sentences with three of other passages among them, its key sentences, and the strange ones."""
    texts = [sentences_of(passage["text"]) for passage in DATA["passages"]]
    for shift in (1, 2, 3):
        for i, sentences in enumerate(texts):
            strange = [texts[(i + shift * step) % len(texts)][step + shift - 1] for step in (1, 2, 3)]
            mixed = [
                *sentences[:2],
                strange[0],
                *sentences[2:4],
                strange[1],
                *sentences[4:6],
                strange[2],
                *sentences[6:],
            ]
            yield mixed, {sentences[k] for k in DATA["passages"][i]["key"]}, set(strange) - set(sentences)


@measures("toolbox/keywords")
def keywords() -> Measured:
    def recall(found: Iterable[str], wanted: Sequence[str]) -> float:
        singular = {word.casefold().removesuffix("s") for word in found}
        return fmean(word.removesuffix("s") in singular for word in wanted)

    ours, frequent = [], []
    for passage in DATA["passages"]:
        words = re.findall(r"[a-z]{4,}", passage["text"].casefold())
        ours.append(recall((k.text for k in ask("toolbox/keywords", text=passage["text"])), passage["keywords"]))
        frequent.append(recall((word for word, _ in Counter(words).most_common(8)), passage["keywords"]))
    return "keywords found in 8", fmean(ours), "most frequent words", fmean(frequent)


@measures("toolbox/patterns")
def patterns() -> Measured:
    ours, capitals_and_digits = [], []
    for text, labelled in DATA["patterns"]:
        wanted = {(part, label) for part, label in labelled}
        ours.append(f1({(t.text, t.label) for t in ask("toolbox/patterns", text=text)}, wanted))
        words = {word.strip(".,;!?") for word in text.split() if word[0].isupper() or any(c.isdigit() for c in word)}
        capitals_and_digits.append(f1(words, {part for part, _ in wanted}))
    return "F1 of parts and labels", fmean(ours), "capitals and digits", fmean(capitals_and_digits)


@measures("toolbox/passage-answers")
def answers() -> Measured:
    ours, first = [], []
    for passage in DATA["passages"]:
        for question, wanted in passage["questions"]:
            ours.append(
                word_f1(ask("toolbox/passage-answers", question=question, context=passage["text"]).answer, wanted)
            )
            first.append(max(word_f1(sentence, wanted) for sentence in sentences_of(passage["text"])))
    return "word F1 of the answer", fmean(ours), "best whole sentence", fmean(first)


@measures("toolbox/wordllama-similarity")
def similarity() -> Measured:
    def right(alike: Callable[[str, str], float]) -> float:
        return fmean(alike(text, same) > alike(text, other) for text, same, other in DATA["similarity"])

    ours = right(lambda a, b: ask("toolbox/wordllama-similarity", text=a, other=b))
    return "paraphrase above decoy", ours, "shared words", right(shared_words)


@measures("toolbox/wordllama")
def vectors() -> Measured:
    """Whether a sentence is nearest to the text it comes from, of eight, by the mean of the text's other sentences."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    origins = [(s, i) for i, passage in enumerate(DATA["passages"]) for s in sentences_of(passage["text"])]
    sentences, texts = zip(*origins, strict=True)
    embedded = np.stack([ask("toolbox/wordllama", text=sentence) for sentence in sentences])
    counted = TfidfVectorizer().fit_transform(sentences).toarray()
    return "sentence put to its text", own_text_nearest(embedded, texts), "TF-IDF", own_text_nearest(counted, texts)


@measures("toolbox/wordllama-zero-shot")
def zero_shot() -> Measured:
    labels, examples = DATA["zero_shot"]
    right = [ask("toolbox/wordllama-zero-shot", text=text, labels=labels)[0].label == label for text, label in examples]
    return "accuracy", fmean(right), "one label for all", commonest_share(label for _, label in examples)


# Sound ------------------------------------------------------------------------------------------------------------

SPOKEN = (
    "the quick brown fox jumps over the lazy dog",
    "please bring the signed papers to the office on monday",
    "the weather will be cold and rainy tomorrow",
    "the children are playing in the garden behind the house",
)


@measures("toolbox/espeak-ng")
def speech() -> Measured:
    """How much of a language's speech a recogniser of English takes for what was said: English should win clearly."""
    return (
        "words understood",
        fmean(understood(language="en-us")),
        "read by German rules",
        fmean(understood(language="de")),
    )


@measures("toolbox/pocketsphinx")
def recognition() -> Measured:
    others = [words_right(SPOKEN[i - 1], said) for i, said in enumerate(SPOKEN)]
    return "words understood", fmean(understood(language="en-us")), "another sentence", fmean(others)


@measures("toolbox/wiener")
def noise() -> Measured:
    chance = np.random.default_rng(0)
    before, after = [], []
    for text in SPOKEN:
        clean = ask("toolbox/espeak-ng", text=text, language="en-us")
        power = float(np.mean(clean.samples**2))
        for decibels in (0, 10):
            hiss = chance.normal(0, np.sqrt(power / 10 ** (decibels / 10)), clean.samples.shape)
            noisy = Audio((clean.samples + hiss).astype(np.float32), clean.rate)
            before.append(signal_to_noise(clean, noisy))
            after.append(signal_to_noise(clean, ask("toolbox/wiener", audio=noisy)))
    return "signal to noise, dB", fmean(after), "the noisy sound", fmean(before)


# Pictures ---------------------------------------------------------------------------------------------------------


@measures("toolbox/rapidocr")
def reading() -> Measured:
    ours = [alike_letters(ask("toolbox/rapidocr", image=page(lines)), "\n".join(lines)) for lines in PAGES]
    return (
        "letters right",
        fmean(ours),
        "another page",
        fmean(alike_letters("\n".join(PAGES[i - 1]), "\n".join(p)) for i, p in enumerate(PAGES)),
    )


@measures("toolbox/document-answers")
def documents() -> Measured:
    ours, any_field = [], []
    for rows, questions in DATA["documents"]:
        form = page([f"{name}\t{value}" for name, value in rows])
        for question, wanted in questions:
            answer = ask("toolbox/document-answers", question=question, image=form).answer
            ours.append(answer.replace(" ", "") == wanted.replace(" ", ""))
            any_field.append(1 / len(rows))
    return "answers right", fmean(ours), "a random field", fmean(any_field)


@measures("toolbox/picture-facts")
def facts() -> Measured:
    """Whether the colour that fills most of a picture is named first."""
    from jarvis_magic.toolbox.colours import NAMED_COLOURS

    right = []
    for name, shades in NAMED_COLOURS.items():
        grain = Image.effect_noise((120, 90), 12).convert("RGB")
        picture = Image.blend(Image.new("RGB", grain.size, shades[0]), grain, 0.05)
        picture.paste("#cc2222" if name == "black" else "black", (0, 0, 30, 30))
        right.append(
            re.search(rf"(?:It is|colours? (?:is|are)) {name}\b", ask("toolbox/picture-facts", image=picture))
            is not None
        )
    return "main colour named", fmean(right), "one name for all", 1 / len(NAMED_COLOURS)


@measures("toolbox/pillow-edits")
def edits() -> Measured:
    """How near an edit comes to what Pillow does when called by its functions, as 1 less the mean difference."""
    photo = Image.open(Path(skimage.__file__).parent / "data" / "chelsea.png")
    wanted = {
        "make it black and white": ImageOps.grayscale(photo).convert("RGB"),
        "turn it 90 degrees to the left": photo.transpose(Image.Transpose.ROTATE_90),
        "mirror it, then turn it upside down": ImageOps.mirror(photo).transpose(Image.Transpose.ROTATE_180),
        "crop it to 200x100 at the centre": photo.crop((125, 100, 325, 200)),
        "invert the colours": ImageOps.invert(photo),
        "blur it with a radius of 6 pixels": photo.filter(ImageFilter.GaussianBlur(6)),
        "add a 12 px red border": ImageOps.expand(photo, 12, "red"),
        "shrink it to half its size": photo.resize((226, 150), Image.Resampling.LANCZOS),
    }
    ours = [nearness(ask("toolbox/pillow-edits", image=photo, text=text), result) for text, result in wanted.items()]
    return (
        "nearness to the edit",
        fmean(ours),
        "the picture as it was",
        fmean(nearness(photo, result) for result in wanted.values()),
    )


@measures("toolbox/felzenszwalb")
def segments() -> Measured:
    return agreement("toolbox/felzenszwalb")


@measures("toolbox/felzenszwalb-masks")
def masks() -> Measured:
    return agreement("toolbox/felzenszwalb-masks")


@measures("toolbox/canny")
def edge_map() -> Measured:
    ours, steep = [], []
    for regions, picture in scenes():
        truth = borders(regions)
        ours.append(edge_f1(np.asarray(ask("toolbox/canny", image=picture).convert("L")) > 0, truth))
        slope = slope_of(picture)
        steep.append(edge_f1(slope > np.quantile(slope, 0.95), truth))
    return "F1 of edges, 1 pixel", fmean(ours), "steepest 5 % of pixels", fmean(steep)


@measures("toolbox/soft-edges")
def soft_edge_map() -> Measured:
    """Average precision: whether the brighter a pixel is, the more surely a border is within 2 pixels."""
    from scipy.ndimage import binary_dilation
    from sklearn.metrics import average_precision_score

    ours, slopes = [], []
    for regions, picture in scenes():
        truth = binary_dilation(borders(regions), iterations=2).ravel()
        drawn = np.asarray(ask("toolbox/soft-edges", image=picture).convert("L"))
        ours.append(average_precision_score(truth, drawn.ravel()))
        slopes.append(average_precision_score(truth, slope_of(picture).ravel()))
    return "average precision", fmean(ours), "the slope of the light", fmean(slopes)


@measures("toolbox/hough-lines")
def line_map() -> Measured:
    """F1 within 2 pixels of the straight sides, in scenes with as many ellipses, whose outlines are none."""
    ours, canny = [], []
    for straight, picture in sides():
        lines = np.asarray(ask("toolbox/hough-lines", image=picture).convert("L")) > 0
        ours.append(edge_f1(lines, straight, 2))
        canny.append(edge_f1(np.asarray(ask("toolbox/canny", image=picture).convert("L")) > 0, straight, 2))
    return "F1 of straight sides", fmean(ours), "all edges (canny)", fmean(canny)


@measures("toolbox/scribble")
def scribbled() -> Measured:
    ours, steep = [], []
    for regions, picture in scenes():
        truth = borders(regions)
        ours.append(edge_f1(np.asarray(ask("toolbox/scribble", image=picture).convert("L")) > 127, truth, 3))
        slope = slope_of(picture)
        steep.append(edge_f1(slope > np.quantile(slope, 0.95), truth, 3))
    return "F1 of outlines, 3 pixels", fmean(ours), "steepest 5 % of pixels", fmean(steep)


# Tables -----------------------------------------------------------------------------------------------------------


@measures("toolbox/sklearn-classes")
def classes() -> Measured:
    from sklearn.datasets import load_breast_cancer, load_iris, load_wine

    ours, majority = [], []
    for load in (load_iris, load_wine, load_breast_cancer):
        table = ask("toolbox/sklearn-classes", table=load(as_frame=True).frame, target="target")
        ours.append(float((table["target_predicted"] == table["target"]).mean()))
        majority.append(float(table["target"].value_counts(normalize=True).iloc[0]))
    return "accuracy, unseen rows", fmean(ours), "commonest class", fmean(majority)


@measures("toolbox/sklearn-numbers")
def numbers() -> Measured:
    from sklearn.datasets import load_diabetes

    table = ask("toolbox/sklearn-numbers", table=load_diabetes(as_frame=True).frame, target="target")
    off = (table["target_predicted"] - table["target"]).abs().mean()
    always = (table["target"] - table["target"].mean()).abs().mean()
    return "100 / error, unseen rows", 100 / float(off), "the mean", 100 / float(always)


@measures("toolbox/table-answers")
def table_answers() -> Measured:
    table = pd.DataFrame(DATA["table"]["rows"])
    cells = [str(value) for value in table.to_numpy().ravel()]
    ours, chance = [], []
    for question, wanted in DATA["table"]["questions"]:
        ours.append(ask("toolbox/table-answers", question=question, table=table).answer == wanted)
        chance.append(cells.count(wanted) / len(cells))
    return "answers right", fmean(ours), "a random cell", fmean(chance)


# Scores -----------------------------------------------------------------------------------------------------------


def sentences_of(text: str) -> list[str]:
    from jarvis_magic.toolbox.sentences import split_sentences

    return split_sentences(text)


def shared_words(one: str, other: str) -> float:
    a, b = ({w.casefold() for w in re.findall(r"\w+", text)} for text in (one, other))
    return len(a & b) / len(a | b)


def own_text_nearest(vectors: NDArray[Any], texts: Sequence[int]) -> float:
    right = []
    for i, own in enumerate(texts):
        means = {t: np.mean([v for j, v in enumerate(vectors) if texts[j] == t and j != i], axis=0) for t in set(texts)}
        right.append(max(means, key=lambda t: float(vectors[i] @ means[t] / np.linalg.norm(means[t]))) == own)
    return fmean(right)


def f1(found: set[Any], wanted: set[Any]) -> float:
    if not found and not wanted:
        return 1.0
    return 2 * len(found & wanted) / (len(found) + len(wanted))


def word_f1(found: str, wanted: str) -> float:
    a, b = ([w for w in re.findall(r"\w+", text.casefold()) if w not in {"a", "an", "the"}] for text in (found, wanted))
    common = sum((Counter(a) & Counter(b)).values())
    return 2 * common / (len(a) + len(b)) if common else 0.0


def words_right(heard: str, said: str) -> float:
    blocks = difflib.SequenceMatcher(None, heard.split(), said.split()).get_matching_blocks()
    return sum(block.size for block in blocks) / len(said.split())


def understood(language: str) -> Iterator[float]:
    for said in SPOKEN:
        sound = ask("toolbox/espeak-ng", text=said, language=language, voice="female", options={"speed": 150})
        yield words_right(ask("toolbox/pocketsphinx", audio=sound), said)


def signal_to_noise(clean: Audio, sound: Audio) -> float:
    noise_power = float(np.mean((sound.samples - clean.samples) ** 2))
    return 10 * float(np.log10(np.mean(clean.samples**2) / noise_power))


def alike_letters(found: str, wanted: str) -> float:
    return difflib.SequenceMatcher(None, found, wanted, autojunk=False).ratio()


def nearness(found: Image.Image, wanted: Image.Image) -> float:
    if found.size != wanted.size:
        return 0.0
    return 1 - float(np.abs(np.asarray(found, dtype=float) - np.asarray(wanted, dtype=float)).mean()) / 255


def agreement(expert_id: str) -> Measured:
    from sklearn.metrics import adjusted_rand_score

    ours, tiles = [], []
    for regions, picture in scenes():
        found = np.zeros(regions.shape, int)
        for number, mask in enumerate(ask(expert_id, image=picture), start=1):
            found[np.asarray(mask.mask) > 0] = number
        ys, xs = np.indices(regions.shape)
        tile = ys * 3 // regions.shape[0] * 3 + xs * 3 // regions.shape[1]
        ours.append(adjusted_rand_score(regions.ravel(), found.ravel()))
        tiles.append(adjusted_rand_score(regions.ravel(), tile.ravel()))
    return "agreement of regions", fmean(ours), "nine tiles", fmean(tiles)


def borders(regions: NDArray[Any]) -> NDArray[np.bool_]:
    from skimage.segmentation import find_boundaries

    found: NDArray[np.bool_] = find_boundaries(regions, mode="inner")
    return found


def edge_f1(found: NDArray[np.bool_], wanted: NDArray[np.bool_], reach: int = 1) -> float:
    from scipy.ndimage import distance_transform_edt

    precision = float((distance_transform_edt(~wanted)[found] <= reach).mean()) if found.any() else 0.0
    recall = float((distance_transform_edt(~found)[wanted] <= reach).mean()) if found.any() else 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def slope_of(picture: Image.Image) -> NDArray[np.float64]:
    """How fast the light changes from pixel to pixel."""
    slope: NDArray[np.float64] = np.hypot(*np.gradient(np.asarray(picture.convert("L"), dtype=float)))
    return slope


# Inputs -----------------------------------------------------------------------------------------------------------

PAGES = (
    ["Invoice number: INV-2041", "Date: 12 March 2024", "Total: 27.70 EUR", "Thank you for your order"],
    ["The ferry leaves at 7:45 from pier 3.", "Dogs must be kept on a lead.", "Bicycles cost 4.50 extra."],
    ["WARNING: high voltage", "Do not open this door", "Call +41 44 632 11 11"],
)


def page(lines: Sequence[str]) -> Image.Image:
    """Print lines on a page, a tab leading to a second column."""
    paper = Image.new("RGB", (760, 70 + 50 * len(lines)), "white")
    draw, font = ImageDraw.Draw(paper), ImageFont.load_default(22)
    for i, line in enumerate(lines):
        for column, text in enumerate(line.split("\t")):
            draw.text((40 + 330 * column, 35 + 50 * i), text, fill="black", font=font)
    return paper


def scenes(count: int = 6) -> Iterator[tuple[NDArray[Any], Image.Image]]:
    """Draw discs and rectangles in random colours under noise and uneven light, and say which pixel is of which."""
    for seed in range(count):
        chance = np.random.default_rng(seed)
        drawing = Image.new("L", (300, 220), 0)
        draw = ImageDraw.Draw(drawing)
        for number in range(1, int(chance.integers(3, 7))):
            x, y, width, height = (int(v) for v in (*chance.integers(0, (240, 160)), *chance.integers(40, 130, 2)))
            shape = draw.ellipse if chance.random() < 0.5 else draw.rectangle
            shape((x, y, x + width, y + height), fill=number)
        regions = np.asarray(drawing)
        colours = chance.integers(20, 235, (8, 3))[regions].astype(float)
        light = np.linspace(-25, 25, 300)[None, :, None]
        pixels = (colours + light + chance.normal(0, 18, colours.shape)).clip(0, 255).astype(np.uint8)
        yield regions, Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(0.7))


def sides(count: int = 6) -> Iterator[tuple[NDArray[np.bool_], Image.Image]]:
    """Draw turned rectangles and ellipses in random colours under noise, and say where the rectangles' sides are."""
    for seed in range(count):
        chance = np.random.default_rng(seed)
        drawing, straight = Image.new("RGB", (400, 300), "grey"), Image.new("1", (400, 300))
        pen, truth = ImageDraw.Draw(drawing), ImageDraw.Draw(straight)
        for number, (x, y) in enumerate(((90, 80), (300, 80), (90, 220), (300, 220))):
            colour = tuple(int(c) for c in chance.integers(0, 255, 3))
            across, down = (int(v) for v in chance.integers(35, 60, 2))
            if number in (seed % 4, (seed + 3) % 4):
                pen.ellipse((x - across, y - down, x + across, y + down), fill=colour)
                continue
            turn = complex(np.exp(1j * chance.uniform(0, np.pi)))
            corners = [complex(x, y) + turn * complex(sx * across, sy * down) for sx, sy in ((1, 1), (1, -1), (-1, -1), (-1, 1))]  # fmt: skip
            pen.polygon([(c.real, c.imag) for c in corners], fill=colour)
            truth.line([(c.real, c.imag) for c in (*corners, corners[0])], fill=1)
        noise = chance.normal(0, 12, (300, 400, 3))
        pixels = (np.asarray(drawing, dtype=float) + noise).clip(0, 255).astype(np.uint8)
        yield np.asarray(straight), Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(0.7))


def main() -> int:
    """Print the table and return how many experts are not worth their place."""
    print(f"{'expert':30} {'measure':26} {'score':>7} {'baseline':>9} {'ratio':>6}   baseline is")
    weak = []
    for expert_id in EXPERTS:
        measure, score, rival, baseline = MEASURES[expert_id]()
        ratio = score / baseline if baseline > 0 else float("inf")
        print(f"{expert_id:30} {measure:26} {score:7.3f} {baseline:9.3f} {ratio:6.2f}   {rival}", flush=True)
        if ratio < CLEARLY:
            weak.append(expert_id)
    print(
        f"Not clearly better than trivial: {', '.join(weak)}."
        if weak
        else f"All {len(EXPERTS)} clearly beat the trivial."
    )
    return min(len(weak), 1)


if __name__ == "__main__":
    sys.exit(main())
