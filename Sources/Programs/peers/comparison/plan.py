"""What is compared: networks, settings, peers with their methods, and all rows in the order in which they are measured."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Network:
    name: str
    # "accuracy" has labels, "agreement" the float network's most likely classes.
    metric: str


@dataclass(frozen=True)
class Setting:
    """One width for all weights and one for all activations, or, with a budget, a width of its own for each layer."""

    name: str
    weight_bits: int = 0
    activation_bits: int = 0
    budget: str = ""
    share: float = 0.0
    meaning: str = ""


@dataclass(frozen=True)
class Peer:
    name: str
    title: str
    # The file of quantizers/ without its suffix, and the file of requirements/, whose environment it runs in.
    module: str
    requirements: str
    # Titles by method: those for one width, and those that search within a budget.
    methods: dict[str, str]
    searches: dict[str, str] = field(default_factory=dict)
    # Settings that a method is for; the others have all settings of their kind.
    only: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    network: Network
    setting: Setting
    peer: Peer
    method: str

    @property
    def key(self) -> str:
        return f"{self.network.name}/{self.setting.name}/{self.peer.name}/{self.method}"

    @property
    def title(self) -> str:
        methods = self.peer.searches if self.setting.budget else self.peer.methods
        return f"{self.peer.title}, {methods[self.method]}"


# Widths that every search may choose from.
WEIGHT_WIDTHS, ACTIVATION_WIDTHS = (2, 4, 6, 8), (4, 6, 8)

NETWORKS = [
    Network("fashion-mobilenet-v1", "accuracy"),
    Network("fashion-mobilenet-v2", "accuracy"),
    Network("efficientnet-lite0", "agreement"),
]

SETTINGS = [
    Setting("W8A8", 8, 8),
    Setting("W6A6", 6, 6),
    Setting("W4A8", 4, 8),
    Setting("W4A4", 4, 4),
    Setting(
        "weight bytes 0.5x", 0, 8, "weight_bytes", 0.5,
        "at most half of the weight bytes of W8A8, which is what W4A8 has; activations have 8 bits"),
    Setting(
        "BitOps 0.25x", 0, 0, "bit_operations", 0.25,
        "at most a quarter of the BitOps of W8A8, which is what W4A4 has"),
]

# The first method is what all others are compared with: haq best, and its search.
HAQ = Peer(
    "haq", "haq", "of_haq", "onnxruntime",
    {
        "best": "`--ptq best`", "fast": "`--ptq fast`", "best-qdq": "`--ptq best`, as `qdq`", "fast-qdq": "`--ptq fast`, as `qdq`",
        "float": "nothing quantized"},
    {"search": "`haq search --ptq best`"}, {method: ["W8A8"] for method in ("best-qdq", "fast-qdq", "float")})

PEERS = [
    HAQ,
    Peer(
        "onnxruntime", "onnxruntime", "of_onnxruntime", "onnxruntime",
        {"minmax": "MinMax", "entropy": "Entropy", "percentile": "Percentile", "distribution": "Distribution"}),
    Peer(
        "nncf", "NNCF", "of_nncf", "nncf",
        {"fast": "fast bias correction", "accurate": "bias correction", "accurate-mixed": "bias correction, preset mixed"}),
    Peer(
        "brevitas", "Brevitas", "of_brevitas", "brevitas",
        {
            "calibrated": "equalization, bias correction", "gptq": "the same with GPTQ",
            "learned": "the same with learned rounding"}),
    Peer(
        "mct", "MCT", "of_mct", "mct", {"ptq": "PTQ", "gptq": "GPTQ"},
        {"ptq": "mixed precision PTQ", "gptq": "mixed precision GPTQ"}),
    Peer(
        "aimet-onnx", "AIMET ONNX", "of_aimet_onnx", "aimet-onnx",
        {"cle": "CLE", "adaround": "CLE, AdaRound", "seq-mse": "CLE, sequential MSE"}, {"amp": "AMP, CLE"}),
    Peer(
        "aimet-torch", "AIMET PyTorch", "of_aimet_torch", "aimet-torch",
        {"cle": "CLE", "adaround": "CLE, AdaRound"}),
]

# What is quick comes first, and the small networks before the large one.
EARLY = {"haq", "onnxruntime", "nncf"}


def rows() -> list[Row]:
    found = []
    for network in NETWORKS:
        for setting in SETTINGS:
            for peer in PEERS:
                methods = peer.searches if setting.budget else peer.methods
                found += [
                    Row(network, setting, peer, method) for method in methods
                    if setting.name in peer.only.get(method, [setting.name])]
    return sorted(
        found, key=lambda row: (
            row.network.metric == "agreement", row.peer.name not in EARLY, SETTINGS.index(row.setting)))


def reference(network: Network, setting: Setting) -> Row:
    """The row that the others of this network and setting are compared with."""
    return Row(network, setting, HAQ, "search" if setting.budget else "best")
