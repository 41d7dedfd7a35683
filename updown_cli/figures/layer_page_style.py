"""The looks of the page of a layer, light and dark."""

STYLE = """
:root { --read: #ffe08a; --out: #a9d6ff; --pick: #ffb0c9; --plus: #0b5cab; --minus: #b3003f;
  --shade1: #dceafa; --shade2: #bcd7f3; --shade3: #97c0ea; --shade4: #74a9e0; }
@media (prefers-color-scheme: dark) {
  :root { --read: #5f4a00; --out: #0b4a80; --pick: #7a1f42; --plus: #7ab8ff; --minus: #ff7ba8;
    --shade1: #1d2d40; --shade2: #234058; --shade3: #295373; --shade4: #2e6590; } }
#controls { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr));
  gap: .2rem 1.5rem; margin: .8rem 0; }
#controls:empty { margin: 0; }
#controls label { display: grid; grid-template-columns: 1fr auto; min-height: 44px;
  align-items: center; }
#controls input { grid-column: 1 / 3; width: 100%; min-height: 28px; accent-color: var(--mark); }
.option, #controls label > span { white-space: nowrap; }
#command code { overflow-wrap: anywhere; unicode-bidi: isolate; }
.refusal { color: var(--mark); font-weight: bold; }
#player, .views { display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0; }
.views { margin: 0; }
#line { position: sticky; top: 0; background: var(--paper); border-bottom: 1px solid var(--line);
  padding: .4rem 0; min-height: 2.4rem; z-index: 1; font-family: monospace; font-size: .95rem;
  overflow-wrap: anywhere; max-height: 30vh; overflow-y: auto; }
.panel { margin: 1rem 0 1.5rem; }
.parts { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-start; }
.part { max-width: 100%; overflow-x: auto; padding: 3px; }
.between:empty { display: none; }
td { border: 1px solid var(--line); min-width: 2.9rem; height: 2.3rem; text-align: center;
  padding: 1px 4px; font-size: .88rem; cursor: pointer; white-space: nowrap; }
td small { display: block; font-size: .75rem; line-height: 1; }
td small:empty { display: none; }
td.around { border-style: dashed; color: var(--faint); cursor: default; }
td.between { color: var(--faint); cursor: default; }
td.read { background: var(--read); color: var(--ink); } td.chosen { background: var(--pick); }
td.out { background: var(--out); color: var(--ink); }
td:focus { outline: 3px solid var(--mark); outline-offset: -3px; }
.numbers td { cursor: default; }
.shade1 { background: var(--shade1); } .shade2 { background: var(--shade2); }
.shade3 { background: var(--shade3); } .shade4 { background: var(--shade4); }
td.phase { border-left-width: 6px; }
.legend .phase { border-left: 6px solid; padding: 0 .8rem 0 .3rem; }
details { margin: .5rem 0; }
summary { min-height: 44px; line-height: 44px; cursor: pointer; width: fit-content; }
.matrix { width: fit-content; }
canvas { display: block; border: 1px solid var(--line); cursor: pointer; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
figure { margin: 0; } figcaption { font-size: .9rem; }
svg { display: block; } svg text { font: 12px sans-serif; fill: var(--ink); }
svg line { stroke: var(--edge); } svg .grid { fill: var(--bar); stroke: var(--edge); }
svg .place { fill: var(--mark); } svg .lit line { stroke: var(--mark); stroke-width: 3; }
svg .lit .place { r: 6px; }
@media (max-width: 30rem) { td { min-width: 2.5rem; padding: 1px 2px; } }
"""
