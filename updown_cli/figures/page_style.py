"""The looks that all pages share, light and dark: colours, letters, buttons for fingers."""

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #141414; --faint: #595959;
  --edge: #8a8a8a; --line: #d4d4d4; --mark: #b3003f; --bar: #f3f3f3; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181c; --ink: #ececec; --faint: #a8adb5; --edge: #767c86; --line: #363a41;
    --mark: #ff7ba8; --bar: #202329; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.45 sans-serif; }
main { max-width: 82rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.25rem; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 0 0 .3rem; overflow-wrap: anywhere; }
h3 { font-size: .9rem; font-weight: normal; color: var(--faint); margin: 0 0 .2rem; }
p { margin: .3rem 0; overflow-wrap: anywhere; }
code, pre { font-family: monospace; font-size: .9rem; }
pre { background: var(--bar); padding: .6rem; overflow-x: auto; max-width: 100%; }
button { font: inherit; color: inherit; background: var(--bar); border: 1px solid var(--edge);
  border-radius: .4rem; min-height: 44px; min-width: 44px; padding: .2rem .8rem; cursor: pointer;
  overflow-wrap: anywhere; }
button[aria-pressed=true] { color: var(--mark); border-color: var(--mark); font-weight: bold; }
table { border-collapse: collapse; margin-bottom: .6rem; }
img { max-width: 100%; }
:focus-visible { outline: 3px solid var(--mark); outline-offset: 1px; }
[hidden] { display: none !important; }
@media (max-width: 30rem) { main { padding: .6rem; } }
"""
