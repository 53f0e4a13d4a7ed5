// Pointer, keys and fields of a playground.
import { fieldsOf } from "./state.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const CLOSE = 9; // pixels between a click and the point that it means

export function handle(play) {
  const { view, plane } = play, { canvas } = view;
  let dragged = null, last = { at: 0 };

  const pointAt = event => { // index of the point of X below the pointer
    const box = canvas.getBoundingClientRect(), [low, high] = play.range, unit = (high - low) / box.width;
    const [x, y] = plane.placeOf(event);
    let nearest = CLOSE * unit, found = null;
    (play.points || []).forEach(([a, b], k) => {
      const away = Math.hypot(a - x, b - y);
      if (away < nearest) { nearest = away; found = k; }
    });
    return found;
  };
  canvas.addEventListener("pointerdown", event => {
    if (event.button || !play.points) return;
    const [x, y] = plane.placeOf(event), again = event.timeStamp - last.at < 350 && Math.hypot(event.clientX - last.x, event.clientY - last.y) < 12;
    last = { at: event.timeStamp, x: event.clientX, y: event.clientY };
    const k = pointAt(event);
    if (again) { last.at = 0; if (k !== null) play.remove(k); return; } // a double tap removes
    if (play.state.click === "add" || !play.base) {
      if (k === null) play.keep([play.round(x), play.round(y), play.labelOfClick(x, y, event.shiftKey)]);
      return;
    }
    if (k !== null && Math.hypot(x - play.probe[0], y - play.probe[1]) > play.unit / 2) play.list.choose(k);
    canvas.setPointerCapture(event.pointerId);
    dragged = event.shiftKey;
    play.move(x, y, play.labelAt(x, y, event.shiftKey));
  });
  canvas.addEventListener("pointermove", event => {
    if (dragged === null) return;
    const [x, y] = plane.placeOf(event);
    play.move(x, y, play.labelAt(x, y, dragged));
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { dragged = null; });

  canvas.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || !play.points) {
      if ((event.ctrlKey || event.metaKey) && event.key === "z") { event.preventDefault(); play.undo(); }
      return;
    }
    const [x, y] = play.probe, arrow = ARROWS[event.key], [low, high] = play.range;
    if (arrow) {
      const far = (event.shiftKey ? 2 : 0.5) * play.unit, within = v => Math.max(low, Math.min(high, v));
      play.move(within(x + far * arrow[0]), within(y + far * arrow[1]));
    } else if (["0", "1", "g"].includes(event.key.toLowerCase())) play.choose("label", event.key.toLowerCase());
    else if (event.key === "Enter") play.keep();
    else if (event.key === "Delete" || event.key === "Backspace") { if (play.list.chosen !== null) play.remove(play.list.chosen); }
    else if (event.key === "PageDown" || event.key === "PageUp") play.list.step(event.key === "PageDown" ? 1 : -1);
    else if (event.key === "Escape") play.list.choose(null);
    else return;
    event.preventDefault();
  });

  const list = view.one(".values ul");
  list.addEventListener("keydown", event => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) play.list.step(by);
    else if (event.key === "Delete" && play.list.chosen !== null) play.remove(play.list.chosen);
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", event => { if (event.target.dataset.point) play.list.choose(Number(event.target.dataset.point)); });

  view.element.addEventListener("change", event => {
    const { name, value } = event.target;
    if (name === "epoch") return;
    if (name === "lesson") { play.lesson.start(Number(value)); return; }
    const field = fieldsOf(play.config)[name];
    if (!field) return;
    try {
      play.problem("");
      play.choose(name, field[1](value));
    } catch (why) {
      play.problem(`${event.target.closest("label").firstChild.textContent} “${value}”: ${why}. Nothing was changed.`);
      play.showFields();
      event.target.value = name === "std" ? play.std : play.state[name];
    }
  });
  view.form.addEventListener("submit", event => event.preventDefault());
  view.field("epoch").addEventListener("input", event => play.epochs.show(Number(event.target.value)));
  view.element.addEventListener("click", event => {
    const what = event.target.closest("[data-do]")?.dataset.do;
    if (what === "keep") play.keep();
    else if (what === "undo") play.undo();
    else if (what === "leave") play.list.leaveEach();
    else if (what === "next") { play.lesson.start(play.state.lesson + 1); view.field("lesson").focus(); }
    else if (what) play.take(what);
  });
}
