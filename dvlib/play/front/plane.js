// The plane: value map, points, boundaries and the probe, drawn only when one of them changes.
import { LABELS, PROBE, colourOf } from "./colours.js";
import { curvesOf } from "./contours.js";

export class Plane {
  constructor(canvas) {
    this.canvas = canvas;
    this.layers = Object.fromEntries(["map", "points", "still"].map(name => [name, document.createElement("canvas")]));
    this.stale = new Set(["map", "points", "still"]);
    new ResizeObserver(() => this.resize()).observe(canvas);
  }
  resize() {
    const size = Math.round(this.canvas.clientWidth * Math.min(2, window.devicePixelRatio || 1));
    if (!size || size === this.canvas.width) return;
    for (const one of [this.canvas, this.layers.points, this.layers.still]) one.width = one.height = size;
    this.change("map", "points");
  }
  // Take the names of what has changed; one drawing per frame, and none while nothing changes.
  change(...names) {
    names.forEach(name => this.stale.add(name));
    if (this.frame || !this.view) return;
    this.frame = requestAnimationFrame(() => { this.frame = 0; this.draw(); });
  }
  show(view, ...names) { this.view = view; this.change(...names); }

  get size() { return this.canvas.width; }
  toPixel(v) { const [low, high] = this.view.range; return (v - low) / (high - low) * this.size; }
  at(x, y) { return [this.toPixel(x), this.size - this.toPixel(y)]; }
  // The point of the plane below a pointer.
  placeOf(event) {
    const box = this.canvas.getBoundingClientRect(), [low, high] = this.view.range;
    const of = share => low + Math.max(0, Math.min(1, share)) * (high - low);
    return [of((event.clientX - box.left) / box.width), of(1 - (event.clientY - box.top) / box.height)];
  }

  draw() {
    const { stale, layers, view } = this, still = layers.still.getContext("2d");
    const unit = this.size / 560; // widths are those of a canvas of 560 pixels
    if (stale.has("points")) this.drawPoints(layers.points.getContext("2d"), unit);
    if (stale.has("map")) this.drawMap(layers.map);
    if (stale.has("map") || stale.has("points") || stale.has("still")) {
      still.fillStyle = "#fff";
      still.fillRect(0, 0, this.size, this.size);
      const wide = this.size / (view.cells.side - 1) * view.cells.side; // cells are centred at their points
      still.imageSmoothingEnabled = false;
      still.drawImage(layers.map, (this.size - wide) / 2, (this.size - wide) / 2, wide, wide);
      still.drawImage(layers.points, 0, 0);
      if (view.g) this.line(still, view.g, "#000", 1.6 * unit, []);
    }
    stale.clear();
    const top = this.canvas.getContext("2d");
    top.drawImage(layers.still, 0, 0);
    if (view.now) this.line(top, view.now, PROBE, 4 * unit, []);
    if (view.base) this.line(top, view.base, "#000", 1.6 * unit, [7 * unit, 5 * unit], !view.now);
    if (view.chosen) this.ring(top, view.chosen, 9 * unit, "#000", 2 * unit);
    if (view.probe) {
      this.ring(top, view.probe, 11 * unit, "#fff", 6 * unit);
      this.ring(top, view.probe, 11 * unit, PROBE, 3 * unit);
      this.mark(top, view.probe, 6 * unit);
    }
  }
  drawMap(canvas) { // one pixel a cell, magnified by the browser
    const { view: { method }, view: { cells: { side, values, blocks } } } = this;
    canvas.width = canvas.height = side;
    const image = new ImageData(side, side), none = [217, 217, 217];
    image.data.fill(0);
    let reach = 0;
    for (const { [method]: value } of values.filter(Boolean)) if (Math.abs(value) > reach) reach = Math.abs(value);
    this.reach = reach;
    blocks.forEach(([i, j, wide], k) => { // coarse cells first; finer ones cover them
      const value = values[k]?.[method];
      if (value === undefined) return;
      const rgb = Number.isFinite(value) ? colourOf(value, reach) : none;
      for (let a = i; a < Math.min(i + wide, side); a++) for (let b = j; b < Math.min(j + wide, side); b++) {
        image.data.set([...rgb, 255], 4 * ((side - 1 - b) * side + a));
      }
    });
    canvas.getContext("2d").putImageData(image, 0, 0);
    this.view.onReach?.(reach);
  }
  drawPoints(context, unit) {
    context.clearRect(0, 0, this.size, this.size);
    const size = (this.view.points.length > 300 ? 2.6 : 4) * unit;
    for (const point of this.view.points) this.mark(context, point, size);
  }
  mark(context, [x, y, label], size) { // circle: label 0, triangle: label 1
    const [px, py] = this.at(x, y);
    context.beginPath();
    if (label) {
      context.moveTo(px, py - 1.2 * size);
      context.lineTo(px + 1.1 * size, py + 0.8 * size);
      context.lineTo(px - 1.1 * size, py + 0.8 * size);
      context.closePath();
    } else context.arc(px, py, size, 0, 2 * Math.PI);
    context.fillStyle = LABELS[label];
    context.strokeStyle = "#fff";
    context.lineWidth = size / 4;
    context.setLineDash([]);
    context.fill();
    context.stroke();
  }
  ring(context, [x, y], size, colour, width) {
    context.beginPath();
    context.arc(...this.at(x, y), size, 0, 2 * Math.PI);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash([]);
    context.stroke();
  }
  line(context, f, colour, width, dash, onWhite = true) { // white shows it on every colour
    const side = Math.round(Math.sqrt(f.length)), unit = this.size / (side - 1), path = new Path2D();
    for (const curve of curvesOf(f, side)) {
      curve.forEach(([x, y], k) => path[k ? "lineTo" : "moveTo"](x * unit, this.size - y * unit));
    }
    context.lineCap = "round";
    const white = ["#fff", 2 * width + 1, []];
    for (const [style, wide, dashes] of [...(onWhite ? [white] : []), [colour, width, dash]]) {
      context.strokeStyle = style;
      context.lineWidth = wide;
      context.setLineDash(dashes);
      context.stroke(path);
    }
  }
}
