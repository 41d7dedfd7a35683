"""The script of the page of a layer, its drawings: the matrix, and where pixels are sampled."""

DRAWING = r"""
function addMatrix(view, number) {
  const part = make("div", view.parts, undefined, "part");
  make("h3", part, view.data.matrix);
  const canvas = make("canvas", part), rows = view.data.steps.length, columns = view.ins.length;
  view.size = Math.max(3, Math.min(16, Math.floor(260 / Math.max(rows, columns))));
  canvas.width = columns * view.size; canvas.height = rows * view.size;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", view.data.matrix + ", a row for each output value");
  canvas.addEventListener("mousemove", (event) => {
    const row = Math.floor(event.offsetY / view.size);
    if (row >= 0 && row < rows) choose(number, "out", row);
  });
  view.canvas = canvas; view.lit = [];
  drawMatrix(view);
}

function drawMatrix(view) {
  const style = getComputedStyle(document.documentElement), size = view.size;
  const pen = view.canvas.getContext("2d");
  pen.clearRect(0, 0, view.canvas.width, view.canvas.height);
  pen.fillStyle = style.getPropertyValue("--out");
  for (const row of view.lit) pen.fillRect(0, row * size, view.canvas.width, size);
  view.data.steps.forEach((step, row) => step.reads.forEach((column, at) => {
    const shade = step.shades.length ? step.shades[at] : 4;
    pen.fillStyle = style.getPropertyValue(shade < 0 ? "--minus" : "--plus");
    pen.globalAlpha = Math.max(Math.abs(shade), 0.4) / 4;
    pen.fillRect(column * size + 0.5, row * size + 0.5, size - 1, size - 1);
    pen.globalAlpha = 1;
  }));
}

function addSampling(view) {
  const part = make("div", view.parts, undefined, "part");
  make("h3", part, "where the output's pixels are sampled (dots) in the input (boxes)");
  for (const axis of view.data.sampling) {
    const unit = 36, left = 130, space = "http://www.w3.org/2000/svg";
    const node = (tag, parent, settings) => {
      const made = document.createElementNS(space, tag);
      for (const [key, value] of Object.entries(settings)) made.setAttribute(key, value);
      parent.append(made);
      return made;
    };
    const svg = node("svg", part, { width: (axis.length + 1) * unit + left, height: 56,
      role: "img", "aria-label": axis.axis + ": sampled at " + axis.places.join(", ") });
    node("text", svg, { x: 0, y: 25 }).textContent = axis.axis;
    for (let box = 0; box < axis.length; box++) {
      node("rect", svg, { class: "grid", x: left + box * unit, y: 8, width: unit, height: 26 });
      node("text", svg, { x: left + (box + 0.5) * unit, y: 50, "text-anchor": "middle" })
        .textContent = box;
    }
    axis.places.forEach((place, number) => {
      const dot = node("circle", svg, { class: "place", r: 4, cy: 21,
        cx: left + (place + 0.5) * unit });
      node("title", dot, {}).textContent = "output " + number + " at " + place;
    });
  }
}
"""
