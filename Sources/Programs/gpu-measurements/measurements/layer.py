"""What a layer is, and the seeded plan of random layers. Needs no package."""

import random
from dataclasses import dataclass

CHANNELS = (8, 16, 24, 32, 40, 48, 64, 72, 80, 96, 112, 120, 128, 144, 160, 192, 224, 240, 256, 288, 320, 384, 448, 480)
CHANNELS += (512, 576, 640, 672, 768, 960, 1024, 1152, 1280, 1536, 2048)
EXTENTS = (7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112)
COLUMNS = "kind,groups,in_channels,out_channels,input,output,kernel,stride,padding,dilation".split(",")
MOST_MACS, MOST_ELEMENTS = 1.2e9, 4e6


@dataclass(frozen=True)
class Layer:
    """A layer without bias for one sample. Extents, kernel, stride, padding and dilation are (rows, columns)."""

    kind: str
    groups: int
    in_channels: int
    out_channels: int
    input: tuple = (1, 1)
    output: tuple = (1, 1)
    kernel: tuple = (1, 1)
    stride: tuple = (1, 1)
    padding: tuple = (0, 0)
    dilation: tuple = (1, 1)

    @property
    def is_product(self) -> bool:
        """Whether the layer is one matrix product of its input as it lies in memory, channels last."""
        window = (self.kernel, self.stride, self.padding)
        return self.kind == "fully-connected" or (self.groups == 1 and window == ((1, 1), (1, 1), (0, 0)))

    @property
    def macs(self) -> int:
        taps = self.kernel[0] * self.kernel[1] * self.in_channels // self.groups
        return self.output[0] * self.output[1] * taps * self.out_channels

    def elements(self, batch: int) -> tuple[int, int, int]:
        """Numbers in the input, in the weights and in the output."""
        weights = self.kernel[0] * self.kernel[1] * self.in_channels // self.groups * self.out_channels
        into, out = self.input[0] * self.input[1] * self.in_channels, self.output[0] * self.output[1] * self.out_channels
        return batch * into, weights, batch * out

    def cells(self) -> list:
        """The layer in the order of COLUMNS; pairs as 112x96."""
        pairs = (self.input, self.output, self.kernel, self.stride, self.padding, self.dilation)
        return [self.kind, self.groups, self.in_channels, self.out_channels] + [f"{a}x{b}" for a, b in pairs]


def from_cells(cells: list[str]) -> Layer:
    pairs = [tuple(int(side) for side in cell.split("x")) for cell in cells[4:]]
    return Layer(cells[0], *(int(cell) for cell in cells[1:4]), *pairs)


def random_layers(seed: int, count: int) -> list[Layer]:
    """Different layers in the ranges of image networks; the same seed gives the same list."""
    draw, found = random.Random(seed), {}
    while len(found) < count:
        layer = _random_layer(draw)
        if layer and layer.macs <= MOST_MACS and max(layer.elements(1)) <= MOST_ELEMENTS:
            found[layer] = None
    return list(found)


def _random_layer(draw: random.Random) -> Layer | None:
    form = draw.choices(("square", "pointwise", "depthwise", "grouped", "rows", "dilated", "line"), (8, 8, 5, 3, 3, 2, 2))[0]
    into, out = draw.choice(CHANNELS), draw.choice(CHANNELS)
    if form == "square" and draw.random() < 0.08:
        into = draw.choice((1, 3, 4))
    if form == "rows":
        tokens = draw.choice((1, 1, 49, 50, 128, 196, 197, 256))
        kind = "fully-connected" if tokens == 1 else "convolution"
        return Layer(kind, 1, into, out, (tokens, 1), (tokens, 1))
    extent, groups, kernel, dilation = draw.choice(EXTENTS), 1, (1, 1), 1
    step = draw.choice((1, 1, 2))
    if form in ("square", "depthwise", "grouped"):
        kernel = (draw.choice((3, 3, 3, 5, 7)),) * 2
    if form == "pointwise" and draw.random() < 0.8:
        step = 1
    if form == "depthwise":
        groups, out = into, into
    if form == "grouped":
        groups = draw.choice((2, 4, 8, 16, 32))
        if into % groups or out % groups or into == groups:
            return None
    if form == "dilated":
        kernel, dilation, step = (3, 3), draw.choice((2, 4)), 1
    if form == "line":
        length = draw.choice((3, 5, 7))
        kernel, step = draw.choice(((1, length), (length, 1))), 1
    padding = tuple(dilation * (side // 2) for side in kernel)
    output = tuple((extent + 2 * p - dilation * (side - 1) - 1) // step + 1 for side, p in zip(kernel, padding))
    kind = "depthwise" if form == "depthwise" else "convolution"
    return Layer(kind, groups, into, out, (extent,) * 2, output, kernel, (step,) * 2, padding, (dilation,) * 2)
