"""SVG pictures of accuracy against a cost or a count, a panel beside the other."""

import math
from dataclasses import dataclass
from pathlib import Path

COLORS = {"searched": "#c0392b", "uniform": "#2c6fbb", "other": "#777777", "third": "#2e8b57", "fourth": "#8e44ad", "fifth": "#d68910"}
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 360, 240, 56, 30, 46


@dataclass
class Series:
    name: str
    color: str
    points: list[tuple[float, float]]
    isLine: bool = True


@dataclass
class Panel:
    title: str
    x_title: str
    y_title: str
    series: list[Series]
    isLogarithmic: bool = False


def draw(panels: list[Panel], file: Path) -> None:
    columns = min(2, len(panels))
    rows = math.ceil(len(panels) / columns)
    width, height = columns * WIDTH, rows * HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for index, panel in enumerate(panels):
        x, y = index % columns * WIDTH, index // columns * HEIGHT
        parts += [f'<g transform="translate({x},{y})">', *lines(panel), "</g>"]
    file.write_text("\n".join([*parts, "</svg>"]) + "\n")


def lines(panel: Panel) -> list[str]:
    points = [point for series in panel.series for point in series.points]
    x_of = scale([x for x, _ in points], LEFT, WIDTH - 12, panel.isLogarithmic)
    y_of = scale([y for _, y in points], HEIGHT - BOTTOM, TOP + 6, False)
    result = [
        f'<text x="{LEFT}" y="16" font-weight="bold">{panel.title}</text>',
        f'<path d="M{LEFT},{TOP} V{HEIGHT - BOTTOM} H{WIDTH - 12}" fill="none" stroke="#999"/>',
        f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{panel.x_title}</text>',
        f'<text transform="translate(12,{(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">{panel.y_title}</text>',
    ]
    for value in ticks([y for _, y in points]):
        result.append(f'<path d="M{LEFT},{y_of(value):.1f} H{WIDTH - 12}" stroke="#eee"/>')
        result.append(f'<text x="{LEFT - 5}" y="{y_of(value) + 4:.1f}" text-anchor="end">{value:g}</text>')
    marks = sorted({x for x, _ in points}) if panel.isLogarithmic else ticks([x for x, _ in points])
    for value in marks:
        result.append(f'<text x="{x_of(value):.1f}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{value:g}</text>')
    for index, series in enumerate(panel.series):
        path = " L".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in sorted(series.points))
        if series.isLine and len(series.points) > 1:
            result.append(f'<path d="M{path}" fill="none" stroke="{series.color}" stroke-width="1.5"/>')
        result += [f'<circle cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="3" fill="{series.color}"/>' for x, y in series.points]
        legend = HEIGHT - BOTTOM - 8 - 14 * (len(panel.series) - 1 - index)
        result.append(f'<circle cx="{WIDTH - 126}" cy="{legend - 4}" r="3" fill="{series.color}"/>')
        result.append(f'<text x="{WIDTH - 118}" y="{legend}">{series.name}</text>')
    return result


def scale(values: list[float], start: float, end: float, isLogarithmic: bool):
    on = math.log if isLogarithmic else float
    low, high = on(min(values)), on(max(values))
    margin = (high - low) * 0.06 or 1
    low, high = low - margin, high + margin
    return lambda value: start + (on(value) - low) / (high - low) * (end - start)


def ticks(values: list[float]) -> list[float]:
    """At most six round numbers between the least and the largest."""
    span = (max(values) - min(values)) or 1
    step = 10 ** math.floor(math.log10(span))
    step = next(step * factor for factor in [0.1, 0.2, 0.5, 1, 2, 5] if span / (step * factor) <= 5)
    first = math.ceil(min(values) / step)
    return [round(index * step, 10) for index in range(first, math.floor(max(values) / step) + 1)]
