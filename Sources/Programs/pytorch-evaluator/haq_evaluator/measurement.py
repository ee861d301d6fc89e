"""Accuracy, loss and divergence of a network on the first samples of a split."""
import sys

import torch
from torch.utils.data import DataLoader

from .batches import first_of, numbered
from .figures import BatchFigures
from .network import Network
from .parallel import Alone
from .protocol import Failure, packed
from .sequential_test import SequentialTest

# Scores of the float network are kept where they take no more than this.
MOST_REFERENCE_BYTES = 2 << 30


class Measurement:
    """Measures whatever a network computes at the moment, and remembers what it computes in floats."""

    def __init__(self, network: Network, loaders: dict[str, DataLoader], ranks: Alone = Alone()):
        self.network, self.loaders, self.ranks = network, loaders, ranks
        # Class scores in floats by split and number of the batch.
        self.references: dict[tuple[str, int], torch.Tensor] = {}
        # How many of the first samples of a split they are for, all ranks together.
        self.remembered: dict[str, int] = {}
        self.keeps_references = True

    def samples(self, split: str) -> int:
        return len(self.loaders[split].dataset)

    def batches(self, split: str, samples: int):
        """This rank's batches of the first samples: number, position of the first sample, inputs and labels."""
        for number, first, batch in numbered(self.loaders[split], self.ranks.rank, self.ranks.world):
            if first >= samples:
                return
            inputs, labels = self.network.placed(batch)
            count = min(samples - first, len(labels))
            yield number, first, first_of(inputs, count), labels[:count]

    @torch.no_grad()
    def remember_floats(self, split: str, samples: int):
        """Runs the network, which must be the float one, where its scores are not known yet."""
        if not self.keeps_references or self.remembered.get(split, 0) >= samples:
            return
        for number, _, inputs, labels in self.batches(split, samples):
            if not self.keeps_references:
                return
            if self.known(split, number) < len(labels):
                self.keep(split, number, self.network.scores(inputs))
        self.remembered[split] = samples

    def known(self, split: str, number: int) -> int:
        """How many samples of a batch have their class scores in floats."""
        return len(self.references.get((split, number), ()))

    def keep(self, split: str, number: int, scores: torch.Tensor):
        size = scores[0].numel() * scores.element_size() * max(map(self.samples, self.loaders))
        if size > MOST_REFERENCE_BYTES:
            self.keeps_references = False
            self.references.clear()
            print(f"haq_evaluator: the float network's scores would take {size / 2**30:.1f} GiB, so no "
                  "divergence is measured", file=sys.stderr)
            return
        self.references[split, number] = scores

    @torch.no_grad()
    def measure(
        self, split: str, samples: int, extras=(), bar: dict | None = None, quantized: bool = True
    ) -> dict:
        """The figures of section 4.2 of the protocol.

        `quantized` is false for the float network, whose scores are then kept, and which has no divergence.
        """
        test, seen, stop = None, (0, 0), None
        # Accuracies of single positions in a sample are not independent, as the test wants them.
        if bar is not None and not self.network.dense:
            looks = -(-samples // (self.loaders[split].batch_size or 1))
            test = SequentialTest(bar, samples, looks)
        found, batches = [], self.batches(split, samples)
        diverges = quantized and self.keeps_references
        while stop is None and seen[1] < samples:
            following = next(batches, None)
            if following is not None:
                found.append((*following[:2], self.figures(split, following, diverges, quantized, "top5" in extras)))
            if test is not None:
                seen, stop = self.look(test, seen, found[-1] if following is not None else None)
            elif following is None:
                break
        if stop is None and not quantized:
            self.remembered[split] = max(samples, self.remembered.get(split, 0))
        if stop is not None:
            found = [entry for entry in found if entry[0] <= stop]
        return self.summed(split, samples, found, extras, diverges)

    def figures(self, split: str, batch, diverges: bool, quantized: bool, top5: bool) -> BatchFigures:
        """The figures of one batch of `batches`."""
        number, _, inputs, labels = batch
        scores = self.network.scores(inputs)
        if not quantized and self.keeps_references and self.known(split, number) < len(labels):
            self.keep(split, number, scores)
        reference = self.references[split, number][:len(labels)] if diverges else None
        return BatchFigures(scores, labels, reference, top5)

    def look(self, test: SequentialTest, seen: tuple[int, int], newest) -> tuple[tuple[int, int], int | None]:
        """Adds the newest batch of each rank to the right and all samples seen, until one decides the test.

        Gives the sums, and the number of the batch after which to stop; all ranks find the same.
        """
        mine = newest and (newest[0], int(newest[2].sums[1]), newest[2].samples)
        for number, correct, count in sorted(filter(None, self.ranks.gathered(mine))):
            seen = (seen[0] + correct, seen[1] + count)
            if seen[1] < test.samples and test.stays_below(*seen):
                return seen, number
        return seen, None

    def summed(self, split: str, samples: int, found: list, extras, diverges: bool) -> dict:
        """The figures of all ranks together, in the order of the batches."""
        mine = []
        if found:
            sums = torch.stack([figures.sums for _, _, figures in found]).tolist()
            rights = torch.cat([figures.right for _, _, figures in found]).tolist()
            for (number, first, figures), row in zip(found, sums):
                count = int(row[2])
                mine.append((number, first, figures.samples, row, rights[:count]))
                rights = rights[count:]
        every = sorted(entry for part in self.ranks.gathered(mine) for entry in part)
        for _, first, _, row, _ in every:
            if row[5] >= 0:
                raise Failure(
                    "failed", f"sample {first + int(row[5])} (counted from 0) of the {split} split: the class scores "
                    "or their loss are infinite or not a number")
        loss, right, counted, top5, divergence = (sum(row[place] for _, _, _, row, _ in every) for place in range(5))
        seen = sum(count for _, _, count, _, _ in every)
        if not counted:
            raise Failure("failed", f"the first {seen} samples of the {split} split have no labels")
        result = {"accuracy": right / counted, "loss": loss / counted, "samples": seen}
        if diverges:
            result["divergence"] = divergence / seen
        if seen < samples:
            result["below_bar"] = True
        if "top5" in extras:
            result["top5_accuracy"] = top5 / counted
        if "correct_samples" in extras and counted == seen:
            result["correct_samples"] = packed([bit for *_, bits in every for bit in bits])
        return result
