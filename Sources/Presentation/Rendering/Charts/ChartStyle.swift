/// How charts look, in the light and in the dark.
enum ChartStyle {
  static let css = """
    :root { color-scheme: light dark; --ink: #1c1c1a; --soft: #6b6b66; --paper: #fdfdfb; --rule: #deded8;
      --series-0: #0b6e99; --series-1: #c2410c; --series-2: #4d7c0f; --series-3: #7e3794; }
    @media (prefers-color-scheme: dark) { :root { --ink: #ecece6; --soft: #a3a39b; --paper: #181816;
      --rule: #3a3a36; --series-0: #5db7e0; --series-1: #fb923c; --series-2: #a3d65c; --series-3: #d19be8; } }
    svg { font: 12px system-ui, sans-serif; }
    .paper { fill: var(--paper); } .label { fill: var(--soft); } .title { fill: var(--ink); font-size: 15px; }
    .grid { stroke: var(--rule); } .diagonal { stroke: var(--ink); stroke-width: 1.2; }
    .band { stroke: var(--soft); stroke-dasharray: 4 4; } .absent { fill: none; stroke: var(--rule); }
    .outline { fill: none; stroke: var(--soft); }
    .point { fill-opacity: .7; } .roof { stroke-width: 1.6; }
    .point.dominated { fill-opacity: 0; stroke-opacity: .55; }
    .series-0 { fill: var(--series-0); stroke: var(--series-0); }
    .series-1 { fill: var(--series-1); stroke: var(--series-1); }
    .series-2 { fill: var(--series-2); stroke: var(--series-2); }
    .series-3 { fill: var(--series-3); stroke: var(--series-3); }
    """
}
