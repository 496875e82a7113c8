"""Tiny models with random weights, one for each way a task is done, saved as the real ones are: JSON and safetensors.

Each function makes a model in a folder. What they answer means nothing; how they are loaded and called is the real way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

SMALL: dict[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
}
PICTURE: dict[str, Any] = {**SMALL, "image_size": 32, "patch_size": 16, "num_channels": 3}
SIZE = {"height": 32, "width": 32}

WORDS = re.findall(
    r"\S+",
    """a an and answer are at big blue by cat day describe dog entailment first for from german green happy how in is it
    last many name of on one or person photo picture question red see small some summarize text that the this to total
    translate two what where which white who with word yellow english example . , ? ! :""",
)


def tokenizer(kind: str = "bert", **more: Any) -> Any:
    """A tokenizer of whole words, with the special tokens of a family."""
    import tokenizers
    from transformers import PreTrainedTokenizerFast

    special = {
        "unk_token": "[UNK]",
        "pad_token": "[PAD]",
        "cls_token": "[CLS]",
        "sep_token": "[SEP]",
        "mask_token": "[MASK]",
    }
    if kind == "t5":
        special = {"unk_token": "<unk>", "pad_token": "<pad>", "eos_token": "</s>"}
    elif kind == "gpt":
        special = {"unk_token": "<unk>", "pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>"}
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys([*special.values(), *WORDS, *more.pop("words", ())]))}
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token=special["unk_token"]))
    made.normalizer = tokenizers.normalizers.Lowercase()
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.decoder = tokenizers.decoders.Fuse()
    if kind == "bert":
        made.post_processor = tokenizers.processors.TemplateProcessing(
            single="[CLS] $A [SEP]",
            pair="[CLS] $A [SEP] $B:1 [SEP]:1",
            special_tokens=[("[CLS]", vocabulary["[CLS]"]), ("[SEP]", vocabulary["[SEP]"])],
        )
    elif kind == "t5":
        made.post_processor = tokenizers.processors.TemplateProcessing(
            single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", vocabulary["</s>"])]
        )
    return PreTrainedTokenizerFast(tokenizer_object=made, model_max_length=64, **special, **more)


def _bert(**more: Any) -> Any:
    from transformers import BertConfig

    return BertConfig(**SMALL, vocab_size=200, max_position_embeddings=64, **more)


def _save(folder: Path, *parts: Any) -> None:
    import transformers

    level = transformers.logging.get_verbosity()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    for part in parts:
        part.save_pretrained(folder)
    transformers.logging.set_verbosity(level)


def _with_bert(name: str, **config: Any) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        import transformers

        _save(folder, getattr(transformers, name)(_bert(**config)), tokenizer())

    return make


text_classifier = _with_bert("BertForSequenceClassification", id2label={0: "bad", 1: "good"})
NLI = ["contradiction", "neutral", "entailment"]
entailment = _with_bert(
    "BertForSequenceClassification", id2label=dict(enumerate(NLI)), label2id={name: i for i, name in enumerate(NLI)}
)
token_classifier = _with_bert("BertForTokenClassification", id2label={0: "B-PER", 1: "I-PER", 2: "B-LOC"})
masked = _with_bert("BertForMaskedLM")
extractive = _with_bert("BertForQuestionAnswering")
encoder = _with_bert("BertModel")


def sentence_encoder(folder: Path) -> None:
    """As ``sentence-transformers`` saves one that takes the first token."""
    import json

    encoder(folder)
    kinds = ["models.Transformer", "models.Pooling", "models.Normalize"]
    modules = [{"idx": i, "type": f"sentence_transformers.{kind}"} for i, kind in enumerate(kinds)]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_cls_token": true}')


CHAT = "{% for m in messages %}{{ m['content'] }} {% endfor %}{% if add_generation_prompt %}:{% endif %}"


def writer(folder: Path, chat_template: str | None = None) -> None:
    """A causal language model."""
    from transformers import LlamaConfig, LlamaForCausalLM

    words = tokenizer("gpt", **({"chat_template": chat_template} if chat_template else {}))
    config = LlamaConfig(
        **SMALL, vocab_size=len(words), max_position_embeddings=256, eos_token_id=3, bos_token_id=2, pad_token_id=1
    )
    model = LlamaForCausalLM(config)
    model.generation_config.max_new_tokens = 6
    _save(folder, model, words)


def chatter(folder: Path) -> None:
    """One that can be talked to."""
    writer(folder, CHAT)


def _t5(words: Any) -> Any:
    from transformers import T5Config, T5ForConditionalGeneration

    config = T5Config(
        vocab_size=len(words), d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2, decoder_start_token_id=1,
        pad_token_id=1, eos_token_id=2,
    )  # fmt: skip
    model = T5ForConditionalGeneration(config)
    model.generation_config.max_new_tokens = 6
    return model


def t5(folder: Path) -> None:
    """A model of texts from texts."""
    words = tokenizer("t5")
    _save(folder, _t5(words), words)


def _sentencepiece(folder: Path, name: str, kind: str = "unigram") -> list[str]:
    """A vocabulary of pieces, saved as ``name.model``; returns the pieces."""
    import sentencepiece

    folder.mkdir(parents=True, exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(WORDS[i : i + 9]) for i in range(60)]), model_prefix=str(folder / name),
        vocab_size=70, model_type=kind, hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    (folder / f"{name}.vocab").unlink()
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / f"{name}.model"))
    return [processor.id_to_piece(i) for i in range(processor.get_piece_size())]


SEQUENCES: dict[str, Any] = {
    "d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16,
    "encoder_attention_heads": 2, "decoder_attention_heads": 2, "max_position_embeddings": 64,
}  # fmt: skip


def _many_languages(folder: Path, words: Any) -> None:
    from transformers import M2M100Config, M2M100ForConditionalGeneration

    config = M2M100Config(
        **SEQUENCES, vocab_size=400, pad_token_id=1, eos_token_id=2, bos_token_id=0, decoder_start_token_id=2
    )
    model = M2M100ForConditionalGeneration(config)
    model.generation_config.max_new_tokens = 4
    _save(folder, model, words)


def m2m(folder: Path) -> None:
    """A translator of many languages, M2M100."""
    import json

    from transformers import M2M100Tokenizer

    pieces = _sentencepiece(folder, "sentencepiece.bpe")
    vocabulary = {piece: i for i, piece in enumerate(dict.fromkeys(["<s>", "<pad>", "</s>", "<unk>", *pieces]))}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    words = M2M100Tokenizer(str(folder / "vocab.json"), str(folder / "sentencepiece.bpe.model"), model_max_length=64)
    _many_languages(folder, words)


def nllb(folder: Path) -> None:
    """A translator of many languages, NLLB."""
    from transformers import NllbTokenizer

    vocabulary = {
        word: i for i, word in enumerate(["<s>", "<pad>", "</s>", "<unk>", "\u2581", *"abcdefghijklmnopqrstuvwxyz"])
    }
    _many_languages(folder, NllbTokenizer(vocab=vocabulary, merges=[], model_max_length=64))


def marian(folder: Path) -> None:
    """A translator of one pair of languages, with the SentencePiece vocabularies its tokenizer reads."""
    import json

    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    pieces = _sentencepiece(folder, "source")
    _sentencepiece(folder, "target")
    for side in ("source", "target"):
        (folder / f"{side}.model").rename(folder / f"{side}.spm")
    vocabulary = {piece: i for i, piece in enumerate(dict.fromkeys(["</s>", "<unk>", *pieces, "<pad>"]))}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    pad = vocabulary["<pad>"]
    config = MarianConfig(
        **SEQUENCES, vocab_size=len(vocabulary), pad_token_id=pad, eos_token_id=0, decoder_start_token_id=pad, bos_token_id=0,
        forced_eos_token_id=0,
    )  # fmt: skip
    model = MarianMTModel(config)
    model.generation_config.max_new_tokens = 6
    words = MarianTokenizer(
        source_spm=str(folder / "source.spm"), target_spm=str(folder / "target.spm"), vocab=str(folder / "vocab.json"),
        source_lang="eng", target_lang="deu", model_max_length=64,
    )  # fmt: skip
    _save(folder, model, words)


def tapas(folder: Path) -> None:
    """A model that answers from tables."""
    from transformers import TapasConfig, TapasForQuestionAnswering, TapasTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text(
        "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[EMPTY]", *dict.fromkeys(WORDS), *"0123456789"])
    )
    words = TapasTokenizer(vocab_file=str(vocabulary), model_max_length=64)
    config = TapasConfig(
        **SMALL, vocab_size=200, max_position_embeddings=64, type_vocab_sizes=[3, 256, 256, 2, 256, 256, 10]
    )
    _save(folder, TapasForQuestionAnswering(config), words)


def layoutlm(folder: Path) -> None:
    """A model that answers from words and their places on a page."""
    from transformers import LayoutLMConfig, LayoutLMForQuestionAnswering

    config = LayoutLMConfig(**SMALL, vocab_size=200, max_position_embeddings=512, max_2d_position_embeddings=1024)
    _save(folder, LayoutLMForQuestionAnswering(config), tokenizer())


def image_classifier(folder: Path) -> None:
    """A model that says what a picture shows."""
    import transformers as t

    labels = {0: "cat", 1: "dog", 2: "car"}
    _save(
        folder, t.ViTForImageClassification(t.ViTConfig(**PICTURE, id2label=labels)), t.ViTImageProcessorPil(size=SIZE)
    )


def image_encoder(folder: Path) -> None:
    """A model that turns pictures into vectors."""
    import transformers as t

    _save(folder, t.ViTModel(t.ViTConfig(**PICTURE)), t.ViTImageProcessorPil(size=SIZE))


def clip(folder: Path) -> None:
    """A model that compares pictures with texts."""
    import transformers as t

    config = t.CLIPConfig(
        text_config={**SMALL, "vocab_size": 200, "max_position_embeddings": 64, "projection_dim": 16},
        vision_config={**PICTURE, "projection_dim": 16},
        projection_dim=16,
    )
    pictures = t.CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=SIZE)
    _save(folder, t.CLIPModel(config), pictures, tokenizer())


def detector(folder: Path) -> None:
    """A model that finds objects."""
    import transformers as t

    config = t.YolosConfig(
        **{**PICTURE, "image_size": [32, 32]}, num_detection_tokens=5, id2label={0: "person", 1: "dog"}
    )
    _save(
        folder,
        t.YolosForObjectDetection(config),
        t.YolosImageProcessorPil(size={"shortest_edge": 32, "longest_edge": 64}),
    )


def open_detector(folder: Path) -> None:
    """A model that finds what it is told to."""
    import transformers as t

    config = t.OwlViTConfig(
        text_config={**SMALL, "vocab_size": 200, "max_position_embeddings": 64},
        vision_config=PICTURE,
        projection_dim=16,
    )
    words = tokenizer()
    words.model_max_length = 16
    processor = t.OwlViTProcessor(
        image_processor=t.OwlViTImageProcessorPil(size=SIZE, do_center_crop=False), tokenizer=words
    )
    _save(folder, t.OwlViTForObjectDetection(config), processor)


def segmenter(folder: Path) -> None:
    """A model that divides a picture into regions with names."""
    import transformers as t

    config = t.SegformerConfig(
        num_encoder_blocks=2, depths=[1, 1], sr_ratios=[2, 1], hidden_sizes=[8, 16], patch_sizes=[7, 3], strides=[4, 2],
        num_attention_heads=[1, 2], mlp_ratios=[2, 2], decoder_hidden_size=8, id2label={0: "wall", 1: "sky", 2: "person"},
    )  # fmt: skip
    _save(folder, t.SegformerForSemanticSegmentation(config), t.SegformerImageProcessorPil(size=SIZE))


def depth(folder: Path) -> None:
    """A model of depth."""
    import transformers as t

    config = t.GLPNConfig(
        num_encoder_blocks=4, depths=[1] * 4, sr_ratios=[8, 4, 2, 1], hidden_sizes=[8] * 4, patch_sizes=[7, 3, 3, 3],
        strides=[4, 2, 2, 2], num_attention_heads=[1] * 4, mlp_ratios=[2] * 4, decoder_hidden_size=8,
    )  # fmt: skip
    _save(folder, t.GLPNForDepthEstimation(config), t.GLPNImageProcessorPil())


def sam(folder: Path) -> None:
    """A model that divides a picture into regions without names."""
    import transformers as t

    config = t.SamConfig(
        vision_config={
            "hidden_size": 16, "output_channels": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "image_size": 64,
            "patch_size": 16, "window_size": 2, "global_attn_indexes": [0], "num_pos_feats": 8, "mlp_dim": 16,
        },
        prompt_encoder_config={"hidden_size": 16, "image_size": 64, "patch_size": 16, "mask_input_channels": 4},
        mask_decoder_config={"hidden_size": 16, "mlp_dim": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "iou_head_hidden_dim": 16, "iou_head_depth": 2},
    )  # fmt: skip
    pictures = t.SamImageProcessorPil(
        size={"longest_edge": 64},
        pad_size={"height": 64, "width": 64},
        mask_size={"longest_edge": 16},
        mask_pad_size={"height": 16, "width": 16},
    )
    _save(folder, t.SamModel(config), t.SamProcessor(image_processor=pictures))


def sam2(folder: Path) -> None:
    """A model that divides a picture into regions without names, whose pictures only torchvision prepares."""
    import transformers as t

    backbone = t.Sam2HieraDetConfig(
        hidden_size=16, num_attention_heads=1, image_size=[64, 64], blocks_per_stage=[1] * 4, embed_dim_per_stage=[16, 32, 64, 128],
        num_attention_heads_per_stage=[1] * 4, window_size_per_stage=[2] * 4, global_attention_blocks=[],
        window_positional_embedding_background_size=[2, 2],
    )  # fmt: skip
    config = t.Sam2Config(
        vision_config=t.Sam2VisionConfig(
            backbone_config=backbone, backbone_channel_list=[128, 64, 32, 16], fpn_hidden_size=32,
            backbone_feature_sizes=[[16, 16], [8, 8], [4, 4]],
        ),
        prompt_encoder_config={"hidden_size": 32, "image_size": 64, "patch_size": 16},
        mask_decoder_config={"hidden_size": 32, "mlp_dim": 32, "num_attention_heads": 2, "iou_head_hidden_dim": 16},
    )  # fmt: skip
    _save(folder, t.Sam2Model(config))
    pictures = {"image_processor_type": "Sam2ImageProcessorFast", "size": {"height": 64, "width": 64}}
    (folder / "preprocessor_config.json").write_text(
        json.dumps({**pictures, "mask_size": {"height": 16, "width": 16}}), encoding="utf-8"
    )
    (folder / "processor_config.json").write_text(
        json.dumps({"processor_class": "Sam2Processor", "target_size": 64}), encoding="utf-8"
    )


def captioner(folder: Path) -> None:
    """A model that describes pictures, as BLIP does."""
    import transformers as t

    words = tokenizer()
    text = {**SMALL, "vocab_size": len(words), "max_position_embeddings": 64, "projection_dim": 16, "encoder_hidden_size": 16, "bos_token_id": 2, "eos_token_id": 3, "pad_token_id": 1, "sep_token_id": 3}  # fmt: skip
    model = t.BlipForConditionalGeneration(t.BlipConfig(text_config=text, vision_config=PICTURE, projection_dim=16))
    model.generation_config.max_new_tokens = 6
    _save(folder, model, t.BlipProcessor(image_processor=t.BlipImageProcessorPil(size=SIZE), tokenizer=words))


def asker(folder: Path) -> None:
    """A model that chooses answers about pictures, as ViLT does."""
    import transformers as t

    config = t.ViltConfig(**PICTURE, vocab_size=200, max_position_embeddings=64, id2label={0: "yes", 1: "no", 2: "two"})
    pictures = t.ViltImageProcessorPil(size={"shortest_edge": 32}, size_divisor=16)
    _save(folder, t.ViltForQuestionAnswering(config), t.ViltProcessor(image_processor=pictures, tokenizer=tokenizer()))


SEES = (
    "{% for m in messages %}{% for c in m['content'] %}{% if c['type'] == 'image' %}<image> {% else %}{{ c['text'] }} "
    "{% endif %}{% endfor %}{% endfor %}:"
)


def seer(folder: Path) -> None:
    """A model that can be talked to about pictures, as LLaVA."""
    import transformers as t

    words = tokenizer("gpt", words=["<image>"], extra_special_tokens={"image_token": "<image>"})
    image = words.convert_tokens_to_ids("<image>")
    text = t.LlamaConfig(
        **SMALL, vocab_size=len(words), max_position_embeddings=256, eos_token_id=3, bos_token_id=2, pad_token_id=1
    )
    vision = t.CLIPVisionConfig(**PICTURE)
    config = t.LlavaConfig(text_config=text, vision_config=vision, image_token_index=image, image_token_id=image)
    model = t.LlavaForConditionalGeneration(config)
    model.generation_config.max_new_tokens = 6
    pictures = t.CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=SIZE)
    processor = t.LlavaProcessor(
        image_processor=pictures, tokenizer=words, patch_size=16, vision_feature_select_strategy="default",
        chat_template=SEES, num_additional_image_tokens=1,
    )  # fmt: skip
    _save(folder, model, processor)


def enlarger(folder: Path) -> None:
    """A model that enlarges pictures."""
    import transformers as t

    config = t.Swin2SRConfig(
        embed_dim=16, depths=[1], num_heads=[2], window_size=4, image_size=16, patch_size=1, upscale=2
    )
    _save(folder, t.Swin2SRForImageSuperResolution(config), t.Swin2SRImageProcessorPil(size_divisor=8))


def poser(folder: Path) -> None:
    """A model of poses."""
    import transformers as t

    backbone = t.VitPoseBackboneConfig(
        image_size=[64, 48], patch_size=[16, 16], hidden_size=16, num_hidden_layers=1, num_attention_heads=2, mlp_ratio=1,
        out_features=["stage1"], out_indices=[1], num_experts=1,
    )  # fmt: skip
    config = t.VitPoseConfig(backbone_config=backbone, num_labels=17, use_simple_decoder=True, scale_factor=4)
    _save(folder, t.VitPoseForPoseEstimation(config), t.VitPoseImageProcessorPil(size={"height": 64, "width": 48}))


def video_classifier(folder: Path) -> None:
    """A model that says what a video shows."""
    import transformers as t

    config = t.VideoMAEConfig(**PICTURE, num_frames=4, tubelet_size=2, id2label={0: "running", 1: "reading"})
    _save(
        folder,
        t.VideoMAEForVideoClassification(config),
        t.VideoMAEImageProcessorPil(size={"shortest_edge": 32}, crop_size=SIZE),
    )


SOUND: dict[str, Any] = {
    "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16, "conv_dim": [16, 16],
    "conv_stride": [20, 16], "conv_kernel": [20, 16], "num_feat_extract_layers": 2, "num_conv_pos_embeddings": 8,
    "num_conv_pos_embedding_groups": 2,
}  # fmt: skip


def recogniser(folder: Path) -> None:
    """A model that writes down what is said, letter by letter."""
    import json

    import transformers as t

    folder.mkdir(parents=True, exist_ok=True)
    letters = {
        letter: i for i, letter in enumerate(["<pad>", "<s>", "</s>", "<unk>", "|", *"abcdefghijklmnopqrstuvwxyz"])
    }
    (folder / "vocab.json").write_text(json.dumps(letters))
    processor = t.Wav2Vec2Processor(
        feature_extractor=t.Wav2Vec2FeatureExtractor(), tokenizer=t.Wav2Vec2CTCTokenizer(str(folder / "vocab.json"))
    )
    _save(folder, t.Wav2Vec2ForCTC(t.Wav2Vec2Config(**SOUND, vocab_size=len(letters), pad_token_id=0)), processor)


def audio_classifier(folder: Path) -> None:
    """A model that says what a recording holds."""
    import transformers as t

    config = t.Wav2Vec2Config(**SOUND, id2label={0: "music", 1: "speech"}, classifier_proj_size=8)
    _save(folder, t.Wav2Vec2ForSequenceClassification(config), t.Wav2Vec2FeatureExtractor())


def clap(folder: Path) -> None:
    """A model that compares recordings with texts."""
    import transformers as t

    audio = {"hidden_size": 16, "num_mel_bins": 16, "spec_size": 64, "patch_size": 4, "patch_stride": [4, 4], "depths": [1, 1], "num_attention_heads": [2, 2], "patch_embeds_hidden_size": 8, "window_size": 4, "projection_dim": 16, "enable_fusion": False, "num_hidden_layers": 2}  # fmt: skip
    text = {**SMALL, "vocab_size": 200, "max_position_embeddings": 66, "projection_dim": 16, "pad_token_id": 1}
    sound = t.ClapFeatureExtractor(
        feature_size=16,
        max_length_s=1,
        nb_max_frequency_bins=8,
        sampling_rate=16_000,
        padding="repeatpad",
        truncation="rand_trunc",
    )
    _save(
        folder,
        t.ClapModel(t.ClapConfig(text_config=text, audio_config=audio, projection_dim=16)),
        t.ClapProcessor(feature_extractor=sound, tokenizer=tokenizer()),
    )


def speaker(folder: Path) -> None:
    """A model that reads aloud."""
    import json

    import transformers as t

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(
        json.dumps({letter: i for i, letter in enumerate([*"abcdefghijklmnopqrstuvwxyz", " ", "<unk>", "<pad>"])})
    )
    words = t.VitsTokenizer(str(folder / "vocab.json"), phonemize=False, language="en", pad_token="<pad>")  # noqa: S106 - not a password
    config = t.VitsConfig(
        vocab_size=30, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, ffn_dim=16, flow_size=16,
        spectrogram_bins=9, prior_encoder_num_flows=1, prior_encoder_num_wavenet_layers=1, posterior_encoder_num_wavenet_layers=1,
        upsample_initial_channel=16, upsample_rates=[8, 8], upsample_kernel_sizes=[16, 16], resblock_kernel_sizes=[3],
        resblock_dilation_sizes=[[1, 3, 5]], duration_predictor_num_flows=1, depth_separable_num_layers=1,
        depth_separable_channels=2, duration_predictor_filter_channels=16, duration_predictor_flow_bins=4, sampling_rate=16_000,
    )  # fmt: skip
    _save(folder, t.VitsModel(config), words)


def _speecht5(name: str, folder: Path) -> None:
    import transformers as t

    _sentencepiece(folder, "spm_char", "char")
    words = t.SpeechT5Tokenizer(str(folder / "spm_char.model"))
    config = t.SpeechT5Config(
        vocab_size=len(words), hidden_size=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=2,
        encoder_ffn_dim=16, decoder_ffn_dim=16, conv_dim=[16, 16], conv_stride=[20, 16], conv_kernel=[20, 16],
        num_feat_extract_layers=2, num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=2, num_mel_bins=8,
        speech_decoder_prenet_units=8, speech_decoder_postnet_units=8, speech_decoder_postnet_layers=1, speech_decoder_prenet_layers=1,
        speaker_embedding_dim=4, max_text_positions=64, max_speech_positions=200,
    )  # fmt: skip
    processor = t.SpeechT5Processor(feature_extractor=t.SpeechT5FeatureExtractor(num_mel_bins=8), tokenizer=words)
    _save(folder, getattr(t, name)(config), processor)


def speecht5(folder: Path) -> None:
    """SpeechT5 that reads aloud."""
    _speecht5("SpeechT5ForTextToSpeech", folder)


def voice_changer(folder: Path) -> None:
    """SpeechT5 that changes voices."""
    _speecht5("SpeechT5ForSpeechToSpeech", folder)


def vocoder(folder: Path) -> None:
    """What turns its spectrograms into sound."""
    import transformers as t

    config = t.SpeechT5HifiGanConfig(
        model_in_dim=8, upsample_initial_channel=8, upsample_rates=[4, 4], upsample_kernel_sizes=[8, 8],
        resblock_kernel_sizes=[3], resblock_dilation_sizes=[[1, 3, 5]],
    )  # fmt: skip
    _save(folder, t.SpeechT5HifiGan(config))


def musician(folder: Path) -> None:
    """A model that makes music."""
    import transformers as t

    words = tokenizer("t5")
    config = t.MusicgenConfig(
        text_encoder=_t5(words).config.to_dict(),
        audio_encoder=t.EncodecConfig(num_filters=4, hidden_size=8, codebook_size=16, codebook_dim=8, upsampling_ratios=[8, 4], num_lstm_layers=1, target_bandwidths=[4.0], sampling_rate=16_000).to_dict(),
        decoder={"vocab_size": 16, "hidden_size": 16, "num_hidden_layers": 1, "ffn_dim": 16, "num_attention_heads": 2, "num_codebooks": 2, "max_position_embeddings": 64, "pad_token_id": 16, "bos_token_id": 16},
    )  # fmt: skip
    model = t.MusicgenForConditionalGeneration(config)
    model.generation_config.update(max_new_tokens=8, decoder_start_token_id=16, pad_token_id=16, bos_token_id=16)
    sound = t.EncodecFeatureExtractor(sampling_rate=16_000)
    _save(folder, model, t.MusicgenProcessor(feature_extractor=sound, tokenizer=words))


# diffusers


def _clip_text(width: int = 16) -> tuple[Any, Any]:
    import transformers as t

    words = tokenizer("bert", bos_token="[CLS]", eos_token="[SEP]")  # noqa: S106 - not passwords
    words.model_max_length = 16
    config = t.CLIPTextConfig(
        **{**SMALL, "hidden_size": width},
        vocab_size=len(words),
        max_position_embeddings=16,
        bos_token_id=2,
        eos_token_id=3,
        pad_token_id=1,
    )
    return t.CLIPTextModel(config), words


def _vae() -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(block_out_channels=(8,), norm_num_groups=2, latent_channels=4, sample_size=16)


UNET: dict[str, Any] = {
    "block_out_channels": (8, 8), "layers_per_block": 1, "norm_num_groups": 2, "cross_attention_dim": 16, "attention_head_dim": 2,
    "sample_size": 16,
}  # fmt: skip


def _unet(**more: Any) -> Any:
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        **{**UNET, **more},
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
    )


def painter(folder: Path) -> None:
    """Stable Diffusion, very small."""
    from diffusers import DDIMScheduler, StableDiffusionPipeline

    text, words = _clip_text()
    StableDiffusionPipeline(
        vae=_vae(), text_encoder=text, tokenizer=words, unet=_unet(), scheduler=DDIMScheduler(clip_sample=False), safety_checker=None,
        feature_extractor=None, requires_safety_checker=False,
    ).save_pretrained(folder)  # fmt: skip


def instructed(folder: Path) -> None:
    """A model that changes pictures as it is told, and does nothing else."""
    from diffusers import DDIMScheduler, StableDiffusionInstructPix2PixPipeline

    text, words = _clip_text()
    StableDiffusionInstructPix2PixPipeline(
        vae=_vae(), text_encoder=text, tokenizer=words, unet=_unet(in_channels=8), scheduler=DDIMScheduler(clip_sample=False), safety_checker=None,
        feature_extractor=None, requires_safety_checker=False,
    ).save_pretrained(folder)  # fmt: skip


def control(folder: Path) -> None:
    """A ControlNet for the small Stable Diffusion."""
    from diffusers import ControlNetModel

    ControlNetModel(
        **{name: value for name, value in UNET.items() if name != "sample_size"},
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), conditioning_embedding_out_channels=(4,),
    ).save_pretrained(folder)  # fmt: skip


def filmer(folder: Path) -> None:
    """A model that makes videos from texts."""
    from diffusers import DDIMScheduler, TextToVideoSDPipeline, UNet3DConditionModel

    text, words = _clip_text()
    unet = UNet3DConditionModel(
        **{**UNET, "attention_head_dim": 4}, down_block_types=("CrossAttnDownBlock3D", "DownBlock3D"),
        up_block_types=("UpBlock3D", "CrossAttnUpBlock3D"),
    )  # fmt: skip
    TextToVideoSDPipeline(
        vae=_vae(), text_encoder=text, tokenizer=words, unet=unet, scheduler=DDIMScheduler(clip_sample=False)
    ).save_pretrained(folder)


def animator(folder: Path) -> None:
    """A model that sets pictures in motion."""
    import transformers as t
    from diffusers import (
        AutoencoderKLTemporalDecoder,
        EulerDiscreteScheduler,
        StableVideoDiffusionPipeline,
        UNetSpatioTemporalConditionModel,
    )

    unet = UNetSpatioTemporalConditionModel(
        block_out_channels=(32, 32), layers_per_block=1, sample_size=16, in_channels=8, out_channels=4, cross_attention_dim=16,
        down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
        up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"), num_attention_heads=(2, 2),
        projection_class_embeddings_input_dim=96, addition_time_embed_dim=32, num_frames=2,
    )  # fmt: skip
    StableVideoDiffusionPipeline(
        image_encoder=t.CLIPVisionModelWithProjection(t.CLIPVisionConfig(**{**PICTURE, "image_size": 224, "patch_size": 56}, projection_dim=16)),
        unet=unet, scheduler=EulerDiscreteScheduler(), vae=AutoencoderKLTemporalDecoder(block_out_channels=(32,), latent_channels=4, sample_size=16),
        feature_extractor=t.CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size=SIZE),
    ).save_pretrained(folder)  # fmt: skip
