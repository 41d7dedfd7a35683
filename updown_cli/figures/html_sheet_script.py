"""What the page of a sheet does: it chooses, magnifies, and shows two pictures in several ways."""

# The panel that is shown is the one that is pressed; a click on the picture goes to the panel that
# was shown before, and back. Keys are for the row that was touched last.
SCRIPT = """
let touched = null;
const node = (kind, text) => {
  const made = document.createElement(kind);
  made.textContent = text;
  return made;
};
for (const row of document.querySelectorAll("section")) {
  const one = (what) => row.querySelector(what), all = (what) => [...row.querySelectorAll(what)];
  const buttons = all(".tabs button"), views = all(".views button");
  const figures = all("figure"), facts = all(".facts p");
  const width = Number(row.dataset.width), height = Number(row.dataset.height);
  const largest = Number(row.dataset.zoom), pairs = JSON.parse(row.dataset.pairs);
  const stage = one(".stage"), cut = one(".cut input"), gain = one(".gain input");
  let chosen = 0, before = Math.min(1, figures.length - 1), zoom = largest, fits = true;
  let view = "one", timer = 0;
  // What scrolls, and a change after which the same is in the middle of it.
  const areas = () => view === "beside" ? figures.filter((figure) => !figure.hidden) : [stage];
  const area = () => areas()[0];
  const around = (change) => {
    const from = area();
    const x = (from.scrollLeft + from.clientWidth / 2) / zoom;
    const y = (from.scrollTop + from.clientHeight / 2) / zoom;
    change();
    for (const to of areas()) {
      to.scrollLeft = x * zoom - to.clientWidth / 2;
      to.scrollTop = y * zoom - to.clientHeight / 2;
    }
  };
  const show = (number) => {
    const two = view !== "one", other = number === chosen ? before : chosen;
    figures.forEach((figure, i) => {
      const top = two && view !== "beside" && i === number && number !== other;
      figure.hidden = !(i === number || (two && i === other));
      figure.classList.toggle("top", top);
      figure.style.clipPath = view === "slider" && top ? `inset(0 0 0 ${cut.value}%)` : "";
      figure.style.order = i === number ? 1 : 0;
      figure.tabIndex = view === "beside" ? 0 : -1;
    });
    stage.style.setProperty("--cut", cut.value + "%");
    facts.forEach((fact, i) => { fact.hidden = !(i === number || (two && i === other)); });
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === number)));
    tell(Math.min(number, other), Math.max(number, other));
  };
  const tell = (a, b) => {
    const pair = one(".pair"), list = document.createElement("dl");
    const [before, after] = [pairs.shapes[a], pairs.shapes[b]];
    pair.replaceChildren();
    if (a === b || !before || !after) return;
    pair.append(node("h3", `${buttons[a].textContent} and ${buttons[b].textContent}`));
    const numbers = pairs.numbers[`${a},${b}`];
    if (!numbers) pair.append(node("p", before === after
      ? "not compared here, as all pairs would take long; updown compare does it"
      : `no numbers, of ${before} and ${after}`));
    else pairs.measures.forEach((name, i) => {
      const entry = document.createElement("div");
      entry.append(node("dt", name), node("dd", numbers[i]));
      list.append(entry);
    });
    if (numbers) pair.append(list);
  };
  const brighten = () => {
    const times = 2 ** Number(gain.value);
    one(".gain output").textContent = times + "\\u00d7";
    stage.style.filter = view === "difference" && times > 1 ? `brightness(${times})` : "";
  };
  const look = (name) => around(() => {
    view = name;
    clearInterval(timer);
    timer = 0;
    row.className = view === "one" || view === "beside" ? view : "over " + view;
    one(".cut").hidden = view !== "slider";
    one(".gain").hidden = view !== "difference";
    views.forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.view === view)));
    show(chosen);
    brighten();
    if (fits) fit();
    figures.forEach((figure) => { figure.style.visibility = ""; });
    if (view === "flicker") timer = setInterval(() => {
      const top = figures.find((figure) => figure.classList.contains("top"));
      if (top) top.style.visibility = top.style.visibility ? "" : "hidden";
    }, 500);
  });
  const choose = (number) => {
    const next = (number + figures.length) % figures.length;
    if (next !== chosen) { before = chosen; chosen = next; }
    figures.forEach((figure) => { figure.style.visibility = ""; });
    around(() => show(chosen));
  };
  const enlarge = (times) => around(() => {
    zoom = times;
    for (const image of all(".whole")) {
      image.style.width = width * zoom + "px";
      image.style.height = height * zoom + "px";
      const reduced = Number(image.getAttribute("width")) > width * zoom;
      image.style.imageRendering = reduced ? "auto" : "pixelated";
    }
    const rounded = Math.round(zoom * 100) / 100;
    one(".scale").textContent = zoom < 1 ? Math.round(zoom * 100) + "%" : rounded + "\\u00d7";
  });
  const magnify = (factor) => {
    fits = false;
    enlarge(Math.min(Math.max(zoom * factor, 1 / 64), 64));
  };
  const fit = () => {
    const beside = view === "beside" && chosen !== before ? 2 : 1;
    const room = row.clientWidth / beside - 4;
    enlarge(Math.min(largest, room / width));
  };
  const scroll = (way) => area().scrollBy({left: way * Math.max(40, area().clientWidth / 8)});
  buttons.forEach((button, i) => {
    button.addEventListener("click", () => choose(i));
    button.addEventListener("mouseenter", () => { if (view === "one") show(i); });
    button.addEventListener("mouseleave", () => show(chosen));
  });
  views.forEach((each) => each.addEventListener("click", () => look(each.dataset.view)));
  cut.addEventListener("input", () => show(chosen));
  gain.addEventListener("input", brighten);
  const slide = (event) => {
    const box = figures[chosen].getBoundingClientRect();
    cut.value = (event.clientX - box.left) / box.width * 100;
    show(chosen);
  };
  for (const figure of figures) {
    figure.addEventListener("click", (event) => {
      if (view === "slider") slide(event);
      else choose(before);
    });
    figure.addEventListener("scroll", () => {
      for (const other of figures) {
        other.scrollLeft = figure.scrollLeft;
        other.scrollTop = figure.scrollTop;
      }
    });
  }
  stage.addEventListener("mousemove", (event) => { if (view === "slider") slide(event); });
  one(".out").addEventListener("click", () => magnify(1 / 2));
  one(".in").addEventListener("click", () => magnify(2));
  const act = (event) => {
    const keys = {
      "+": () => magnify(2), "=": () => magnify(2), "-": () => magnify(1 / 2),
    };
    if (!event.target.matches("input")) {
      const scrolls = area().scrollWidth > area().clientWidth;
      keys.ArrowLeft = () => scrolls ? scroll(-1) : choose(chosen - 1);
      keys.ArrowRight = () => scrolls ? scroll(1) : choose(chosen + 1);
    }
    const digit = "123456789".indexOf(event.key);
    return keys[event.key] ||
      (event.key.length === 1 && digit >= 0 && digit < figures.length && (() => choose(digit)));
  };
  for (const kind of ["focusin", "pointerdown"]) {
    row.addEventListener(kind, () => { touched = act; });
  }
  touched = touched || act;
  one(".views").hidden = figures.length < 2;
  addEventListener("resize", () => { if (fits) fit(); });
  look("one");
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !touched) return;
  const act = touched(event);
  if (act) { act(); event.preventDefault(); }
});
document.body.dataset.ready = "yes";
"""
