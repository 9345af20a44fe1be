"""How the HTML report looks."""

from orderflow.reports.lettering import FONTS

STYLE = f"""
:root {{ color-scheme: light dark; --paper: #f6f8fa; --card: #ffffff; --ink: #1c2733; --soft: #5b6b7c;
  --rule: #dde4eb; --bar: #2f6fd0; --track: #e9eef4; --good: #12805c; --warn: #b45f06; --bad: #c02b2b; }}
@media (prefers-color-scheme: dark) {{ :root {{ --paper: #0d1319; --card: #12181f; --ink: #e6edf3; --soft: #9fb0c1;
  --rule: #29343f; --bar: #6aa5ff; --track: #1e2833; --good: #4fc79b; --warn: #f0a94e; --bad: #ff8a80; }} }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 {FONTS}; }}
header, main, footer {{ max-width: 1080px; margin: 0 auto; padding: 0 16px; }}
header {{ padding-top: 24px; }}
h1 {{ font-size: 24px; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }}
h2 {{ font-size: 17px; margin: 0 0 12px; }}
header p, footer, .hint, small {{ color: var(--soft); overflow-wrap: anywhere; }}
header p {{ margin: 6px 0 16px; }}
footer {{ font-size: 12px; padding-bottom: 32px; }}
.hint {{ margin: -8px 0 12px; font-size: 13px; }}
section {{ background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 16px; margin: 16px 0; }}
code {{ font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; color: var(--soft);
  overflow-wrap: anywhere; }}
.tiles {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; }}
.tiles.metrics {{ grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); }}
.tile {{ background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 12px 14px;
  min-width: 0; overflow-wrap: anywhere; }}
.tile b {{ display: block; font-size: 26px; line-height: 1.25; font-variant-numeric: tabular-nums; }}
.tile span, .tile small {{ display: block; }}
.tile.good b {{ color: var(--good); }}
.tile.warn b {{ color: var(--warn); }}
.tile.bad b {{ color: var(--bad); }}
.states {{ display: grid; grid-template-columns: fit-content(46%) 1fr auto auto; gap: 7px 12px; align-items: center;
  overflow-wrap: anywhere; }}
.states .meter {{ height: 14px; margin: 0; }}
.soft {{ color: var(--soft); font-size: 13px; }}
ul {{ margin: 0; padding-left: 20px; overflow-wrap: anywhere; }}
td code {{ display: inline-block; margin-right: 8px; }}
h3 {{ font-size: 15px; margin: 16px 0 8px; }}
.troubles {{ list-style: none; padding: 0; }}
.troubles li {{ padding: 6px 0 6px 26px; position: relative; border-bottom: 1px solid var(--rule); }}
.troubles li:last-child {{ border-bottom: 0; }}
.troubles li::before {{ position: absolute; left: 0; top: 7px; width: 18px; height: 18px; border-radius: 50%;
  text-align: center; font: bold 12px/18px sans-serif; color: var(--card); background: var(--warn); content: "–"; }}
.troubles li.bad::before {{ background: var(--bad); content: "!"; }}
.troubles li.good::before {{ background: var(--good); content: "✓"; }}
details {{ margin: 8px 0; }}
details > .wide {{ margin-top: 8px; }}
summary {{ cursor: pointer; font-weight: 600; }}
section > .wide + .wide, section > p + .wide, section > .wide + p, details > .wide + .hint {{ margin-top: 12px; }}
.further {{ padding-left: 16px; color: var(--soft); }}
section p {{ margin: 8px 0; overflow-wrap: anywhere; }}
section > p.hint:last-child {{ margin-bottom: 0; }}
pre.now {{ margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 {FONTS}; }}
.meter {{ display: block; width: 100%; height: 5px; margin: 4px 0; border-radius: 3px; }}
.wide {{ overflow-x: auto; }}
.wide + .wide {{ margin-top: 16px; border-top: 1px solid var(--rule); padding-top: 16px; }}
.wide svg {{ display: block; margin: 0 auto; max-width: 100%; min-width: 760px; height: auto; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; padding: 7px 12px 7px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }}
th {{ font-size: 12px; font-weight: 600; color: var(--soft); white-space: nowrap; }}
tr:last-child td {{ border-bottom: 0; }}
.n {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
td:first-child {{ min-width: 130px; }}
th.n:last-child, td.n:last-child {{ padding-right: 0; }}
td.n + td, th.n + th {{ padding-left: 12px; }}
.figure {{ display: block; width: 100%; height: auto; }}
.figure .axis {{ fill: var(--soft); font-size: 12px; }}
.bar {{ fill: var(--bar); }}
.track {{ fill: var(--track); }}
.grid {{ stroke: var(--rule); fill: none; }}
@media (min-width: 601px) {{ code.id {{ white-space: nowrap; }} .place {{ min-width: 220px; }} }}
@media (max-width: 600px) {{ .figure .axis {{ font-size: 27px; }}
  section {{ padding: 12px; }}
  th {{ white-space: normal; vertical-align: bottom; }}
  th, td {{ padding-right: 6px; }}
  td.n + td, th.n + th {{ padding-left: 6px; }}
  td:first-child {{ min-width: 110px; }}
  .stacked thead {{ display: none; }}
  .stacked tr {{ display: block; padding: 8px 0; border-bottom: 1px solid var(--rule); }}
  .stacked tr:last-child {{ border-bottom: 0; }}
  .stacked td {{ display: block; padding: 2px 0; border: 0; text-align: left; white-space: normal; }}
  .stacked td + td.n, .stacked td.n + td {{ padding-left: 0; }}
  .stacked td[data-name]::before {{ content: attr(data-name) ": "; color: var(--soft); font-size: 13px; }} }}
@media print {{ :root {{ --paper: #ffffff; --card: #ffffff; --ink: #000000; --soft: #444444; --rule: #bbbbbb; }}
  body {{ background: none; font-size: 12px; }} section {{ border: 0; padding: 8px 0; }} h2, summary {{ break-after: avoid; }}
  code.id {{ white-space: normal; }} .place, td:first-child {{ min-width: 0; }} th {{ white-space: normal; }}
  tr, li, .tile {{ break-inside: avoid; }} .wide {{ overflow: visible; }} .wide svg {{ min-width: 0; max-height: 24cm; break-inside: avoid; }}
  details::details-content {{ display: block; content-visibility: visible; height: auto; }} }}
"""
