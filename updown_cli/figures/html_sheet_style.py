"""The looks of the page of a sheet, light and dark."""

STYLE = """
main { max-width: none; }
p { color: var(--faint); }
.facts p { margin: .3rem 0; overflow-wrap: anywhere; }
.tabs, .views { display: flex; flex-wrap: wrap; gap: .3rem; margin-bottom: .5rem; }
.tabs button { text-align: left; }
.cut, .gain { display: flex; align-items: center; gap: .6rem; min-height: 44px; max-width: 40rem;
  color: var(--faint); }
.cut input, .gain input { flex: 1; min-width: 6rem; min-height: 44px; accent-color: var(--mark); }
.scales { display: flex; align-items: center; gap: .5rem; }
dl { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: .2rem 0 .6rem; }
dt { color: var(--faint); font-size: .85rem; } dd { margin: 0; font-family: monospace; }
.stage { overflow: auto; max-height: 75vh; border: 1px solid var(--edge); width: fit-content;
  max-width: 100%; resize: both; }
figure { margin: 0; }
.whole { display: block; image-rendering: pixelated; cursor: crosshair; max-width: none;
  background: repeating-conic-gradient(#ccc 0 25%, #fff 0 50%) 0 0 / 16px 16px; }
.part { display: block; max-width: 100%; image-rendering: pixelated; }
figcaption { padding: .4rem; color: var(--faint); }
.beside .stage { display: flex; gap: 4px; overflow: hidden; }
.beside figure { flex: 0 1 auto; min-width: 0; overflow: auto; }
.over .stage { position: relative; }
.over figure { width: max-content; }
.over figure.top { position: absolute; top: 0; left: 0; }
.slider figure:not(.top)::after { content: ""; position: absolute; z-index: 1; top: 0; bottom: 0;
  left: calc(var(--cut) - 1px); width: 2px; background: #fff; outline: 1px solid #000; }
.slider figure:not(.top) { position: relative; }
.slider .whole { cursor: ew-resize; }
.over figcaption { display: none; }
.difference figure.top { mix-blend-mode: difference; }
.difference .stage { isolation: isolate; background: #000; }
.difference .whole { background: none; }
.reason { color: var(--mark); padding: 1rem; max-width: 40rem; }
"""
