"""What the page of a sheet does: it chooses, magnifies, and shows two pictures in several ways."""

# The panel that is shown is the one that is pressed; a click on the picture goes to the panel that
# was shown before, and back. Keys are for the row that was touched last.
SCRIPT = """
let touched = null;
for (const row of document.querySelectorAll("section")) {
  const buttons = [...row.querySelectorAll(".tabs button")];
  const views = [...row.querySelectorAll(".views button")];
  const figures = [...row.querySelectorAll("figure")];
  const facts = [...row.querySelectorAll(".facts p")];
  const width = Number(row.dataset.width), height = Number(row.dataset.height);
  const stage = row.querySelector(".stage"), scale = row.querySelector(".scale");
  const cut = row.querySelector(".cut");
  let chosen = 0, before = Math.min(1, figures.length - 1), zoom = Number(row.dataset.zoom);
  let view = "one", timer = 0;
  const show = (number) => {
    const two = view !== "one", other = number === chosen ? before : chosen;
    figures.forEach((one, i) => {
      one.hidden = !(i === number || (two && i === other));
      one.classList.toggle("top", two && view !== "beside" && i === number && number !== other);
      one.style.clipPath = view === "slider" && i === number && number !== other
        ? `inset(0 0 0 ${cut.value}%)` : "";
      one.style.order = i === number ? 1 : 0;
    });
    facts.forEach((one, i) => { one.hidden = !(i === number || (two && i === other)); });
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(i === number)));
  };
  const look = (name) => {
    view = name;
    clearInterval(timer);
    timer = 0;
    row.classList.toggle("beside", view === "beside");
    row.classList.toggle("over", ["slider", "flicker", "difference"].includes(view));
    row.classList.toggle("difference", view === "difference");
    cut.hidden = view !== "slider";
    views.forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.view === view)));
    show(chosen);
    if (view === "flicker") timer = setInterval(() => {
      const top = figures.find((figure) => figure.classList.contains("top"));
      if (top) top.style.visibility = top.style.visibility ? "" : "hidden";
    }, 500);
    else figures.forEach((figure) => { figure.style.visibility = ""; });
  };
  const choose = (number) => {
    const next = (number + figures.length) % figures.length;
    if (next !== chosen) { before = chosen; chosen = next; }
    figures.forEach((figure) => { figure.style.visibility = ""; });
    show(chosen);
  };
  const magnify = (factor) => {
    const x = (stage.scrollLeft + stage.clientWidth / 2) / zoom;
    const y = (stage.scrollTop + stage.clientHeight / 2) / zoom;
    zoom = Math.min(Math.max(zoom * factor, 1 / 64), 64);
    for (const image of row.querySelectorAll(".whole")) {
      image.style.width = width * zoom + "px";
      image.style.height = height * zoom + "px";
      const reduced = Number(image.getAttribute("width")) > width * zoom;
      image.style.imageRendering = reduced ? "auto" : "pixelated";
    }
    const rounded = Math.round(zoom * 100) / 100;
    scale.textContent = zoom < 1 ? Math.round(zoom * 100) + "%" : rounded + "\\u00d7";
    stage.scrollLeft = x * zoom - stage.clientWidth / 2;
    stage.scrollTop = y * zoom - stage.clientHeight / 2;
  };
  buttons.forEach((button, i) => {
    button.addEventListener("click", () => choose(i));
    button.addEventListener("mouseenter", () => { if (view === "one") show(i); });
    button.addEventListener("mouseleave", () => show(chosen));
  });
  views.forEach((one) => one.addEventListener("click", () => look(one.dataset.view)));
  cut.addEventListener("input", () => show(chosen));
  figures.forEach((figure) => figure.addEventListener("click", () => choose(before)));
  row.querySelector(".out").addEventListener("click", () => magnify(1 / 2));
  row.querySelector(".in").addEventListener("click", () => magnify(2));
  const act = (event) => {
    const scrolls = event.target === stage && stage.scrollWidth > stage.clientWidth;
    const keys = {
      "+": () => magnify(2), "=": () => magnify(2), "-": () => magnify(1 / 2),
    };
    if (!scrolls && event.target !== cut) {
      keys.ArrowLeft = () => choose(chosen - 1);
      keys.ArrowRight = () => choose(chosen + 1);
    }
    const digit = "123456789".indexOf(event.key);
    return keys[event.key] ||
      (event.key.length === 1 && digit >= 0 && digit < figures.length && (() => choose(digit)));
  };
  for (const kind of ["focusin", "pointerdown"]) {
    row.addEventListener(kind, () => { touched = act; });
  }
  touched = touched || act;
  views.forEach((one) => { one.hidden = figures.length < 2; });
  const room = document.documentElement.clientWidth - 36;
  magnify(Math.min(1, room / (width * zoom)));
  show(0);
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !touched) return;
  const act = touched(event);
  if (act) { act(); event.preventDefault(); }
});
document.body.dataset.ready = "yes";
"""
