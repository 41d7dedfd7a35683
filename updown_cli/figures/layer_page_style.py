"""The looks of the page of a layer, light and dark."""

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #141414; --faint: #595959;
  --edge: #8a8a8a; --line: #d4d4d4; --mark: #b3003f; --read: #ffe08a; --out: #a9d6ff;
  --pick: #ffb0c9; --plus: #0b5cab; --minus: #b3003f; --bar: #f3f3f3; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181c; --ink: #ececec; --faint: #a8adb5; --edge: #767c86; --line: #363a41;
    --mark: #ff7ba8; --read: #5f4a00; --out: #0b4a80; --pick: #7a1f42; --plus: #7ab8ff;
    --minus: #ff7ba8; --bar: #202329; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.45 sans-serif; }
main { max-width: 82rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.25rem; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 0 0 .3rem; overflow-wrap: anywhere; }
p { margin: .3rem 0; } code, pre { font-family: monospace; font-size: .9rem; }
#controls { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr));
  gap: .2rem 1.5rem; margin: .8rem 0; }
#controls label { display: grid; grid-template-columns: 1fr auto; min-height: 44px;
  align-items: center; }
#controls input { grid-column: 1 / 3; width: 100%; min-height: 28px; accent-color: var(--mark); }
#command code { overflow-wrap: anywhere; }
.refusal { color: var(--mark); font-weight: bold; }
#player { display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0; }
button { font: inherit; color: inherit; background: var(--bar); border: 1px solid var(--edge);
  border-radius: .4rem; min-height: 44px; min-width: 44px; padding: .2rem 1rem; cursor: pointer; }
button[aria-pressed=true] { color: var(--mark); border-color: var(--mark); }
#line { position: sticky; top: 0; background: var(--paper); border-bottom: 1px solid var(--line);
  padding: .4rem 0; min-height: 2.4rem; z-index: 1; font-family: monospace; font-size: .95rem;
  overflow-wrap: anywhere; }
.panel { margin: 1rem 0 1.5rem; }
.parts { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-start; }
.part { max-width: 100%; overflow-x: auto; padding: 3px; }
.part h3 { font-size: .9rem; font-weight: normal; color: var(--faint); margin: 0 0 .2rem; }
table { border-collapse: collapse; margin-bottom: .6rem; }
td { border: 1px solid var(--line); min-width: 2.9rem; height: 2.3rem; text-align: center;
  padding: 1px 4px; font-size: .88rem; cursor: pointer; white-space: nowrap; }
td small { display: block; font-size: .75rem; line-height: 1; min-height: .75rem; }
td.around { border-style: dashed; color: var(--faint); cursor: default; }
td.between { color: var(--faint); cursor: default; }
td.read { background: var(--read); color: var(--ink); } td.chosen { background: var(--pick); }
td.out { background: var(--out); color: var(--ink); }
td:focus { outline: 3px solid var(--mark); outline-offset: -3px; }
.window td { cursor: default; }
td.phase { border-left-width: 6px; }
canvas { display: block; border: 1px solid var(--line); cursor: pointer; }
svg { display: block; } svg text { font: 12px sans-serif; fill: var(--ink); }
svg line { stroke: var(--edge); } svg .grid { fill: var(--bar); stroke: var(--edge); }
svg .place { fill: var(--mark); }
pre { background: var(--bar); padding: .6rem; overflow-x: auto; max-width: 100%; }
[hidden] { display: none !important; }
@media (max-width: 30rem) { td { min-width: 2.5rem; padding: 1px 2px; } main { padding: .6rem; } }
"""
