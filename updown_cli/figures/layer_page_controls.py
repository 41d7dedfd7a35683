"""The script of the page of a layer, its controls: sliders, steps, and the states they lead to."""

CONTROLS = r"""
function addControls() {
  model.controls.forEach((control) => {
    const label = make("label", id("controls"));
    make("span", label, control.name);
    const value = make("span", label), input = make("input", label);
    Object.assign(input, { type: "range", min: 0, max: control.values.length - 1, step: 1 });
    input.value = control.at;
    const tell = () => {
      value.textContent = control.values[input.value];
      input.setAttribute("aria-valuetext", control.values[input.value]);
    };
    input.addEventListener("input", () => { tell(); enter(); });
    tell();
  });
  if (model.views.length) addViews();
}

function addViews() {
  const group = make("div", id("player"), undefined, "views");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "view");
  const buttons = model.views.map((text, number) => {
    const button = make("button", group, text);
    button.type = "button";
    button.addEventListener("click", () => {
      stamped = number === 1;
      tell();
      enter();
    });
    return button;
  });
  const tell = () => buttons.forEach((button, number) =>
    button.setAttribute("aria-pressed", String(stamped === (number === 1))));
  tell();
}

function enter() {
  let place = 0;
  [...id("controls").querySelectorAll("input")].forEach((input, number) => {
    place = place * model.controls[number].values.length + Number(input.value);
  });
  state = model.states[model.index[place]];
  views = []; noted = [];
  id("panels").replaceChildren(); id("code").replaceChildren();
  id("refusal").hidden = !state.error; words(id("refusal"), state.error || "");
  id("player").hidden = id("line").hidden = Boolean(state.error); say("");
  id("command").hidden = !state.command;
  words(id("command").firstElementChild, state.command || "");
  document.body.dataset.state = place;
  if (state.error) return;
  state.panels.forEach((panel, number) => addPanel(model.panels[panel], number));
  for (const [language, code] of state.code) {
    make("h2", id("code"), language);
    make("pre", id("code"), code).tabIndex = 0;
  }
  const last = views.length - 1, side = views[last].stamps ? "in" : "out";
  choose(last, side, side === "in" ? 0 : Math.min(state.start, views[last].outs.length - 1));
}

function go(by) {
  if (!views.length) return;
  const last = views.length - 1, side = views[last].stamps ? "in" : "out";
  const count = side === "in" ? views[last].ins.length : views[last].outs.length;
  const here = chosen && chosen.number === last && chosen.side === side ? chosen.place : -1;
  choose(last, side, (here + by + count) % count);
}

function play() {
  const runs = timer !== 0;
  if (runs) { clearInterval(timer); timer = 0; } else { timer = setInterval(() => go(1), 700); }
  id("play").textContent = runs ? "Play" : "Pause";
  id("play").setAttribute("aria-pressed", String(!runs));
}

id("step").addEventListener("click", () => go(1));
id("back").addEventListener("click", () => go(-1));
id("play").addEventListener("click", play);
id("controls").addEventListener("submit", (event) => event.preventDefault());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => light());
unpack().then((found) => {
  model = found;
  addControls();
  enter();
  document.body.dataset.ready = "yes";
});
"""
