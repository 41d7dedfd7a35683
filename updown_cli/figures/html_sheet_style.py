"""The looks of the page of a sheet, light and dark."""

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #141414; --faint: #595959;
  --edge: #8a8a8a; --mark: #b3003f; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181c; --ink: #ececec; --faint: #a8adb5; --edge: #767c86; --mark: #ff7ba8; } }
body { margin: 1rem; background: var(--paper); color: var(--ink); font: 15px/1.4 sans-serif; }
h1 { font-size: 1.2rem; margin: 0; }
h2 { font-size: 1.1rem; overflow-wrap: anywhere; }
p { color: var(--faint); }
.facts p { margin: .3rem 0; overflow-wrap: anywhere; }
.tabs, .views { display: flex; flex-wrap: wrap; gap: .3rem; margin-bottom: .5rem; }
button { font: inherit; color: inherit; background: none; border: 1px solid var(--edge);
  border-radius: .3rem; min-height: 44px; min-width: 44px; padding: .2rem .6rem; cursor: pointer;
  text-align: left; overflow-wrap: anywhere; }
.scales button { text-align: center; }
button[aria-pressed=true] { border-color: var(--mark); color: var(--mark); font-weight: bold; }
.cut { width: min(30rem, 100%); min-height: 44px; accent-color: var(--mark); }
.stage { overflow: auto; max-height: 75vh; border: 1px solid var(--edge); width: fit-content;
  max-width: 100%; resize: both; }
.stage:focus-visible { outline: 2px solid var(--mark); }
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
[hidden] { display: none !important; }
"""
