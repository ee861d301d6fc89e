"""When measuring can stop: the accuracy on all samples stays below a bar."""
import math

from .protocol import Failure


def log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


class SequentialTest:
    """Decides after each batch whether a network can still reach a bar on all samples.

    The right answers among the first of all samples, in random order, are hypergeometric. The network is given up
    when one that just reaches the bar would show so few of them with a probability of at most the error rate divided
    by the number of looks; by Boole's inequality all looks together then err with the error rate at most.
    """

    def __init__(self, bar: dict, samples: int, looks: int):
        accuracy, error_rate = bar["accuracy"], bar["error_rate"]
        if not (0 <= accuracy <= 1 and 0 <= error_rate < 1):
            raise Failure(
                "illegal", "stop_below needs an accuracy of 0 to 1 and an error_rate of 0 to less than 1")
        self.samples, self.error_rate = samples, error_rate / looks
        # The fewest right samples whose share, computed as accuracies are, reaches the bar.
        self.needed = max(0, int(accuracy * samples) - 1)
        while self.needed / samples < accuracy:
            self.needed += 1

    def stays_below(self, correct: int, seen: int) -> bool:
        """Whether a network with `correct` of the first `seen` samples right is to be given up."""
        if correct + self.samples - seen < self.needed:
            return True
        return self.error_rate > 0 and self.probability(correct, seen) <= self.error_rate

    def probability(self, correct: int, seen: int) -> float:
        """That at most `correct` of `seen` samples are right, drawn from all, of which `needed` are right."""
        wrong = self.samples - self.needed
        least, most = max(0, seen - wrong), min(seen, self.needed)
        if correct >= most:
            return 1.0
        every = log_choose(self.samples, seen)
        return sum(
            math.exp(log_choose(self.needed, k) + log_choose(wrong, seen - k) - every)
            for k in range(least, correct + 1))
