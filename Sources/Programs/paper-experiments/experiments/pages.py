"""Writes the computed blocks and sentences of the pages, between their markers, and the pictures."""

import re
from pathlib import Path

from .blocks import BLOCKS
from .pictures import PICTURES
from .prose import fill

PAGES = ["README.md", "latency.md", "energy.md", "size.md", "transfer.md", "policies.md", "methods.md", "published.md"]
BLOCK = re.compile(r"(<!-- begin ([a-z-]+): written by reproduce -->\n).*?(\n<!-- end -->)", re.DOTALL)


def write(here: Path, output: Path, isQuick: bool, isCheck: bool) -> None:
    data = output / "data"
    if isQuick:
        write_quick(output, data)
        return
    stale = []
    for page in PAGES:
        text = (here / page).read_text()
        fresh = fill(BLOCK.sub(lambda match: match[1] + BLOCKS[match[2]](data) + match[3], text), data)
        if fresh == text:
            continue
        stale.append(page)
        if not isCheck:
            (here / page).write_text(fresh)
    if isCheck and stale:
        raise SystemExit(f"{', '.join(stale)}: not what data/ gives; run Sources/Programs/paper-experiments/reproduce pages")
    if not isCheck:
        for draw in PICTURES:
            draw(data, output)


def write_quick(output: Path, data: Path) -> None:
    """The blocks alone: what the pages say around them is about the full run."""
    parts = ["# Quick run\n\nOne seed, one network, few evaluations and samples: it shows that everything runs, and no more than that."]
    parts += [f"## {name}\n\n{block(data)}" for name, block in BLOCKS.items()]
    (output / "README.md").write_text("\n\n".join(parts) + "\n")
    for draw in PICTURES:
        draw(data, output)
    print(f"Quick: one seed, few evaluations and samples. Tables and figures: {output}")
