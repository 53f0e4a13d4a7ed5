// The points of X by value, linked with the plane.
import { METHODS } from "./colours.js";

const WATCHED = ["forgotten", "last"]; // from the training of f_X; the others take a refit a point

export class PointList {
  constructor(play) {
    Object.assign(this, { play, list: play.view.one(".values ul"), left: [], order: [], chosen: null });
  }
  renew() { // X has changed
    this.left = this.play.points.map(() => ({}));
    this.chosen = null;
    this.draw();
  }
  valueOf(k) {
    const { state, base } = this.play;
    return WATCHED.includes(state.method) ? base?.[state.method][k] : this.left[k]?.[state.method];
  }
  leaveEach() {
    const { play, left } = this, note = play.view.one(".note");
    const only = [0, 1].find(label => play.points.filter(point => point[2] === label).length === 1);
    if (only !== undefined) {
      note.textContent = `Without the only point of label ${only} there is nothing to learn. Give each label two.`;
      return;
    }
    play.view.one('[data-do="leave"]').disabled = true;
    let done = 0;
    play.engine.each("leave", left.map((_, k) => k), (k, values) => {
      if (left !== this.left) return;
      left[k] = values;
      done++;
      note.textContent = `${done.toLocaleString("en")} of ${left.length.toLocaleString("en")} refits`;
      if (done === left.length) this.draw(); else play.later("list", 1000, () => this.draw());
    });
  }
  draw() {
    const { play, list } = this, { one } = play.view, { method } = play.state, { write } = METHODS[method], digits = play.decimals;
    const known = play.points.map((_, k) => k).filter(k => Number.isFinite(this.valueOf(k)));
    this.order = known.sort((a, b) => this.valueOf(b) - this.valueOf(a));
    list.replaceChildren(...this.order.map(k => {
      const [x, y, label] = play.points[k], item = document.createElement("li");
      item.id = `${one(".keys").id}-${k}`;
      item.dataset.point = k;
      item.setAttribute("role", "option");
      item.textContent = `${write(this.valueOf(k))} · (${x.toFixed(digits)}, ${y.toFixed(digits)}), label ${label}`;
      return item;
    }));
    list.hidden = !this.order.length;
    const watched = WATCHED.includes(method);
    one('[data-do="leave"]').hidden = watched;
    one('[data-do="leave"]').disabled = !play.base || this.left.some(values => "moved" in values);
    if (watched) one(".note").textContent = "From the training of f_X alone.";
    else if (!this.order.length) one(".note").textContent = play.base ? `Takes ${play.points.length.toLocaleString("en")} refits.` : "";
    this.choose(this.chosen, false);
  }
  choose(k, say = true) {
    const { play, list } = this;
    this.chosen = k;
    list.querySelector("[aria-selected]")?.removeAttribute("aria-selected");
    list.removeAttribute("aria-activedescendant");
    const item = k === null ? null : list.querySelector(`[data-point="${k}"]`);
    if (item) {
      item.setAttribute("aria-selected", "true");
      list.setAttribute("aria-activedescendant", item.id);
      list.scrollTop = item.offsetTop - list.offsetTop - list.clientHeight / 2; // not the page
    }
    if (k !== null && say) {
      const [x, y, label] = play.points[k], value = this.valueOf(k), { name, write } = METHODS[play.state.method];
      const worth = Number.isFinite(value) ? `, ${name}: ${write(value)}` : "";
      play.announce(`Chosen: the point of X at (${x.toFixed(play.decimals)}, ${y.toFixed(play.decimals)}) with label ${label}${worth}.`);
    }
    play.show("now");
  }
  // Walk by value where values are known, else in the order of X.
  step(by) {
    const order = this.order.length ? this.order : this.play.points.map((_, k) => k);
    if (!order.length) return;
    const at = order.indexOf(this.chosen), first = by > 0 ? 0 : order.length - 1;
    this.choose(order[at < 0 ? first : (at + by + order.length) % order.length]);
  }
}
