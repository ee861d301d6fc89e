"""A text classifier of Hugging Face's transformers; `texts.json` has lists of [text, class number] for each split."""
import json

import torch
from torch.utils.data import DataLoader
from transformers import AutoModelForSequenceClassification, AutoTokenizer

import haq_evaluator


def make(folder="model", file="texts.json"):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    with open(file, encoding="utf-8") as texts:
        splits = json.load(texts)

    def batch(rows):
        # A mapping: what the model takes by name, and the labels, which it does not get.
        tokens = tokenizer([text for text, _ in rows], padding="max_length", truncation=True, max_length=32, return_tensors="pt")
        return {**tokens, "labels": torch.tensor([label for _, label in rows])}

    def loader(split, shuffle=False):
        return DataLoader(splits[split], batch_size=16, shuffle=shuffle, collate_fn=batch)

    return (
        model.to(haq_evaluator.device()), loader("training", shuffle=True), loader("validation"), loader("test"),
        {"name": model.config.model_type})


if __name__ == "__main__":
    options = haq_evaluator.options()
    *parts, details = make()
    haq_evaluator.serve(*parts, options=options, **details)
