"""The looks of the page of a sheet, light and dark."""

STYLE = """
main { max-width: none; }
p { color: var(--faint); }
.facts p { margin: .3rem 0; overflow-wrap: anywhere; }
.tabs, .views { display: flex; flex-wrap: wrap; gap: .3rem; margin-bottom: .5rem; }
.tabs button { text-align: left; }
.cut { width: min(30rem, 100%); min-height: 44px; accent-color: var(--mark); }
.stage { overflow: auto; max-height: 75vh; border: 1px solid var(--edge); width: fit-content;
  max-width: 100%; resize: both; }
figure { margin: 0; }
.whole { display: block; image-rendering: pixelated; cursor: crosshair; max-width: none;
  background: repeating-conic-gradient(#ccc 0 25%, #fff 0 50%) 0 0 / 16px 16px; }
.part { display: block; max-width: 100%; image-rendering: pixelated; }
figcaption { padding: .4rem; color: var(--faint); }
.beside .stage { display: flex; gap: 4px; }
.over .stage { position: relative; }
.over figure.top { position: absolute; top: 0; left: 0; }
.over figcaption { display: none; }
.difference figure.top { mix-blend-mode: difference; }
.difference .stage { isolation: isolate; background: #000; }
.difference .whole { background: none; }
.reason { color: var(--mark); padding: 1rem; max-width: 40rem; }
"""
