"""Image processors of transformers that are known and not done, each with the reason."""

from __future__ import annotations

# What is told of a class whose order of steps, rule of sizes or arithmetic nobody wrote down here.
OWN = "has steps of its own, which are not known"

#: The classes by the reason, without ImageProcessor.
REASONS: dict[str, str] = {
    "makes rows of patches, which are no picture": "CohereCompass Cosmos3Edge Fuyu Gemma4 "
    "Gemma4Unified Glm46V Glm4v Glm5Next GlmImage Glmga HYV4VL HunYuanVL Inkling Inkling2 "
    "Kosmos2_5 Lfm2Vl MiniCPMOcr MiniCPMV4_6 MiniMaxM3VL Molmo2 MuseGlimmer NeoMME PaddleOCRVL "
    "Pix2Struct Qwen2VL Siglip2 VideoLlama3",
    "makes several tensors of a picture, of parts of it": "Aria Cohere2Vision DeepseekOcr2 "
    "GraniteDocling Idefics2 Idefics3 Llama4 LlavaNext LlavaOnevision Mllama PerceptionLM "
    "Phi4Multimodal SmolVLM Step3p7 UltraVBert UnlimitedOcr",
    "makes two tensors of a picture, of two sizes": "DeepseekVLHybrid",
    "takes pairs of pictures": "EfficientLoFTR LightGlue SuperGlue",
    "needs a trimap beside the picture": "VitMatte",
    "needs boxes beside the picture, which it cuts out": "VitPose",
    "makes numbers of clusters of colours": "ImageGPT",
    "crops by what a picture shows, which is no step of a chain": "PPFormulaNet",
    "is timm's: give the model's config.json": "TimmWrapper",
    OWN: "Apertus1p5 CHMv2 Emu3 PPDocLayoutV4 PPOCRV5ServerDet PPOCRV5ServerRec PPOCRV6SmallRec "
    "SLANeXt",
}

#: The reason of each class.
REFUSED = {
    f"{name}ImageProcessor": reason for reason, names in REASONS.items() for name in names.split()
}
