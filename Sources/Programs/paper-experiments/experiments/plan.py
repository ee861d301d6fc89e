"""Which searches the experiments are made of, most telling first."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .program import Haq

NETWORKS = ["fashion-mobilenet-v1", "fashion-mobilenet-v2"]
EDGE, CLOUD, BITFUSION = "bismo-zynq7020", "bismo-vu9p", "bitfusion-16x16"
METHODS = ["ilp", "greedy", "evolution", "ddpg", "random"]
CHECKPOINTS = [10, 30, 100, 300]
# At exactly 2 bit every layer is at its least, and there is nothing to search.
CODEBOOK_BITS = [2.25, 3, 4]


@dataclass
class Search:
    """One `haq search`; its folder names the experiment and everything that differs within it."""

    folder: str
    network: str
    seed: int
    options: list[str]
    # Asked when the search starts: what the budget's option is to say.
    budget: Callable[[Haq], list[str]]
    # Fewer training samples, finalists and pictures, in a quick run.
    thrift: list[str] = field(default_factory=list)

    @property
    def experiment(self) -> str:
        return self.folder.split("/")[0]

    def arguments(self, haq: Haq) -> list[str]:
        budget = self.budget(haq)
        return ["search", self.network, *budget, *self.options, *self.thrift, "--seed", str(self.seed)]


@dataclass
class Plan:
    """Chains of searches: a search of a chain takes over what the one before it has measured (`--fork`)."""

    chains: list[list[Search]]
    isQuick: bool


def latency(network: str, target: str, bits: int) -> Callable[[Haq], list[str]]:
    """The latency of uniform `bits`, so that uniform `bits` itself is within the budget."""

    def budget(haq: Haq) -> list[str]:
        seconds = haq.uniform_cost(network, target, bits)["latency_s"]
        return ["--target", target, "--latency", f"{seconds * 1e6 + 5e-5:.4f}us"]

    return budget


def codebooks(network: str, bits: float) -> Callable[[Haq], list[str]]:
    return lambda haq: ["--quantizer", "kmeans", "--weight-bytes", f"{haq.codebook_bytes(network, bits):.0f}B"]


def share(target: str, option: str, limit: str) -> Callable[[Haq], list[str]]:
    return lambda haq: ["--target", target, option, limit]


def full() -> Plan:
    seeds = [1, 2, 3]
    result = plan(seeds, NETWORKS, evaluations=30, checkpoints=CHECKPOINTS, thrift=[])
    result.chains += [chain for seed in seeds for chain in agent(seed)]
    return result


def quick() -> Plan:
    thrift = ["--search-samples", "1000", "--final-finetune-samples", "1280", "--finalists", "1"]
    result = plan([1], NETWORKS[:1], evaluations=12, checkpoints=[10, 30], thrift=thrift)
    result.isQuick = True
    return result


def plan(seeds: list[int], networks: list[str], evaluations: int, checkpoints: list[int], thrift: list[str]) -> Plan:
    chains = []
    effort = ["--evaluations", str(evaluations), "--threads", "1"]

    def search(folder: str, network: str, seed: int, options: list[str], budget) -> Search:
        return Search(f"{folder}-seed{seed}", network, seed, options, budget, thrift)

    for seed in seeds:
        for network in networks:
            chains.append([
                search(f"latency/{network}-{target}-{bits}bit", network, seed, [*effort, "--pact"], latency(network, target, bits))
                for bits in [5, 4, 6] for target in [EDGE, CLOUD]
            ])
    chains += shares(seeds, networks, search)
    for seed in seeds:
        chains += size_and_energy(seed, networks, effort, search)
        chains += methods(seed, networks[0], checkpoints, search)
    return Plan(chains, isQuick=False)


def shares(seeds: list[int], networks: list[str], search) -> list[list[Search]]:
    """Everything at its default, without PACT."""
    limits = [(target, limit) for target in [EDGE, CLOUD] for limit in ["0.45x", "0.6x"]]
    return [
        [search(f"shares/{network}-{target}-{limit}", network, seed, [], share(target, "--latency", limit)) for target, limit in limits]
        for seed in seeds for network in networks
    ]


def size_and_energy(seed: int, networks: list[str], effort: list[str], search) -> list[list[Search]]:
    # Codebooks need training after them, so their policies are trained before they are measured, too.
    trained = [*effort, "--finetune-samples", "640"]
    return [
        [
            search(f"size/{network}-{bits}bit", network, seed, trained, codebooks(network, bits))
            for bits in CODEBOOK_BITS
        ]
        for network in networks
    ] + [
        [
            search(f"energy/{network}-{limit}", network, seed, [*effort, "--pact"], share(BITFUSION, "--energy", limit))
            for limit in ["0.9x", "0.925x", "0.95x"]
        ]
        + [search(f"transfer/{network}-bitfusion", network, seed, [*effort, "--pact"], share(BITFUSION, "--latency", "0.975x"))]
        for network in networks[:1]
    ]


def agent(seed: int) -> list[list[Search]]:
    """The paper's agent with 300 evaluations against `auto` with 30, on the networks and targets where `methods` does not look."""
    settings = [(network, target) for network in NETWORKS for target in [EDGE, CLOUD]][1:]

    def run(network: str, target: str, method: str, evaluations: int) -> Search:
        options = ["--method", method, "--evaluations", str(evaluations), "--threads", "1"]
        return Search(f"agent/{network}-{target}-{method}-{evaluations}-seed{seed}", network, seed, options, share(target, "--latency", "0.45x"))

    return [[run(*setting, method, count)] for setting in settings for method, count in [("auto", 30), ("ddpg", 300)]]


def methods(seed: int, network: str, checkpoints: list[int], search) -> list[list[Search]]:
    budget = share(EDGE, "--latency", "0.45x")

    def run(method: str, evaluations: int) -> Search:
        options = ["--method", method, "--evaluations", str(evaluations), "--threads", "1"]
        return search(f"methods/{method}-{evaluations}", network, seed, options, budget)

    # The methods that probe choose how finely by the evaluations they are allowed: a run for each count.
    probing = [run(method, count) for count in checkpoints for method in ["auto"]]
    probing += [run(method, 30) for method in ["ilp", "greedy"]]
    # The others have a curve: what they had found after 10 evaluations stands in the run of 300.
    return [probing, *[[run(method, checkpoints[-1])] for method in ["ddpg", "evolution", "random"]]]
