// The playground: a state, what was trained for it, and what is seen of both.
import { METHODS, colourBar } from "./colours.js";
import { Epochs } from "./epochs.js";
import { handle } from "./hands.js";
import { Lesson } from "./lesson.js";
import { PointList } from "./list.js";
import { ValueMap } from "./map.js";
import { Plane } from "./plane.js";
import { sentenceOf, sentenceOfBase, spoken } from "./sentences.js";
import { fieldsOf, labelOf, leanOf, onMesh, readAddress, writeAddress } from "./state.js";
import { take } from "./takeaway.js";
import { viewOf } from "./view.js";

const OF_X = ["dataset", "n", "std", "seed", "added", "removed"]; // what a change can be undone of
const NONE = { x: [], y: [], labels: [] };
const SIDE = 71; // of the mesh on which f is drawn: steps of 0.5, along which it is nearly linear

export class Playground {
  constructor(element, engine, config, hash = "") {
    Object.assign(this, { engine, config, view: viewOf(element, config), past: [], timers: {}, turn: 0, asked: 0, answered: 0, fits: 0 });
    this.plane = new Plane(this.view.canvas);
    this.map = new ValueMap(this);
    this.list = new PointList(this);
    this.epochs = new Epochs(this);
    this.lesson = new Lesson(this);
    engine.onError = error => this.problem(`Training failed: ${error.message}.`);
    this.view.one('[data-do="link"]').hidden = !config.place; // a notebook has no address
    handle(this);
    this.open(hash);
  }

  // Take the state of an address. What of it cannot be used is said, and the rest is kept.
  open(hash) {
    const [state, problems] = readAddress(hash, this.config);
    this.state = state;
    this.past = [];
    this.problem(problems.length ? `The address has something that cannot be used, and the usual was taken: ${problems.join("; ")}.` : "");
    this.showFields();
    return this.reload();
  }

  get set() { return this.config.sets[this.state.dataset]; }
  get std() { return this.state.std ?? this.set.std; }
  get range() { return this.set.range || this.config.range; }
  get mesh() { return this.set.mesh || this.config.mesh; }
  get unit() { return (this.range[1] - this.range[0]) / (this.config.cells - 1); }
  // Decimals of a coordinate, so that addresses hold all of it: hundredths in the paper's plane.
  get decimals() { return Math.min(15, Math.max(0, 2 - Math.floor(Math.log10(this.unit)))); }
  round(v) { return Number(v.toFixed(this.decimals)) + 0; }
  get probe() { return this.state.probe[0]; }
  get cells() { return this.map.cells; }

  // The label of a place by g; where g is unknown, that of the nearest point of X.
  truth(x, y) {
    const { means, meanLabels } = this.set;
    if (means.length) return labelOf(x, y, means, meanLabels);
    return labelOf(x, y, this.points, this.points.map(point => point[2]));
  }
  // The label that the switch below the plane gives the probe.
  labelAt(x, y, shift = false) {
    if (shift) return 0;
    return this.state.label === "g" ? this.truth(x, y) : Number(this.state.label);
  }
  // A click that adds to X gives label 1 where g is unknown, with Shift 0.
  labelOfClick(x, y, shift) {
    return this.state.label === "g" && !this.set.means.length ? Number(!shift) : this.labelAt(x, y, shift);
  }

  // Sample, train f_X and start the map anew: after any change of X or of the training.
  async reload() {
    const turn = ++this.turn;
    this.base = this.values = null;
    this.writeAddress();
    const { test, ...sample } = await this.sample();
    if (turn !== this.turn) return;
    this.takePoints(sample, test);
    const found = [0, 1].map(label => this.points.filter(point => point[2] === label).length);
    if (!found[0] || !found[1]) { this.wait(found); return; }
    const base = await this.engine.load(this.training()).catch(this.engine.onError);
    if (!base || turn !== this.turn) return;
    this.base = base;
    this.show("still");
    this.list.draw();
    await this.refit();
    this.map.fill();
  }
  async sample() {
    const { set, state: { seed, n }, std } = this, { means, meanLabels, noisy } = set;
    if (set.x) return { x: [...set.x], y: [...set.y], labels: [...set.labels], test: set.test || NONE };
    if (!means.length) return { ...NONE, test: NONE };
    const drawn = await this.engine.sample({ seed, means, meanLabels, nPerLabel: n, std, noisy, testShare: this.config.testShare });
    if (drawn.train < 0) {
      this.problem(`With ${n} points per label and a spread of ${std}, g leaves too few points of one label to split. Give more points or less spread.`);
      return { ...NONE, test: NONE };
    }
    const part = (...ends) => Object.fromEntries(["x", "y", "labels"].map(name => [name, [...drawn[name].slice(...ends)]]));
    return { ...part(0, drawn.train), test: part(drawn.train) };
  }
  // X: the sample without what was removed, and what was added. `numbers` tell them apart.
  takePoints({ x, y, labels }, test) {
    const { added, removed } = this.state, all = [...labels.map((label, i) => [x[i], y[i], label]), ...added];
    Object.assign(this, { count: labels.length, test });
    this.numbers = all.map((_, i) => i).filter(i => !removed.includes(i));
    this.points = this.numbers.map(i => all[i]);
    this.list.renew();
    this.show("points", "map");
  }
  columns() { // in double precision, as they were drawn; a fit rounds them
    const column = k => Float64Array.from(this.points, point => point[k]);
    return { x: column(0), y: column(1), labels: column(2) };
  }
  training() {
    const { set, state, range, mesh, config: { training } } = this;
    const g = set.means.length ? onMesh(mesh, Uint8Array, (x, y) => labelOf(x, y, set.means, set.meanLabels)) : new Uint8Array(0);
    return {
      ...this.columns(), g, hidden: state.hidden, seed: state.seed, batch: state.batch,
      mesh, drawn: { low: range[0], high: range[1], side: SIDE }, config: training,
    };
  }
  // Too few labels to train: say what to do, and keep what was drawn.
  wait(found) {
    const missing = found[0] ? 1 : 0;
    this.engine.rest(this.columns());
    this.map.clear();
    this.say(found[0] + found[1]
      ? `All points of X have label ${1 - missing}, so there is nothing to learn. Add a point of label ${missing}: choose the label below the plane, then click.`
      : "X has no points yet. Click in the plane to add some of label 1, with Shift some of label 0.");
    this.list.draw();
    this.show("points", "map");
  }

  // Train with the probe. While it is dragged, only the newest place counts: of two that train side
  // by side, the older may be done last.
  async refit() {
    if (!this.base) return;
    const order = ++this.asked, point = [...this.probe], values = await this.engine.add(point);
    if (!values || !this.base || order < this.answered) return;
    Object.assign(this, { values, measured: point, now: values.f, answered: order });
    this.firstAt ??= performance.now(); // `make bench` reads it, and the count
    this.fits++;
    const sentence = sentenceOf({ point, values });
    this.say(`${sentence} ${sentenceOfBase(this.base)}`, sentence);
    this.epochs.renew(values.epochs);
    this.show("now");
    this.lesson.check();
  }
  move(x, y, label = this.labelAt(x, y)) {
    this.state.probe = [[this.round(x), this.round(y), label]];
    this.writeAddress();
    this.show("now");
    this.refit();
  }

  // Changes of X; each can be undone, also one of the sample, which drops points.
  remember() { this.past.push(structuredClone(OF_X.map(name => [name, this.state[name]]))); }
  change(edit) {
    this.remember();
    edit(this.state);
    return this.reload();
  }
  keep(point = this.probe) { return this.change(state => { state.added = [...state.added, [...point]]; }); }
  remove(k) {
    const number = this.numbers[k];
    return this.change(state => {
      if (number < this.count) state.removed = [...state.removed, number];
      else state.added = state.added.filter((_, i) => i !== number - this.count);
    });
  }
  undo() {
    if (!this.past.length) return;
    Object.assign(this.state, Object.fromEntries(this.past.pop()));
    this.problem("");
    this.showFields();
    this.reload();
  }
  // A field of the form or a switch.
  choose(name, value) {
    const { state } = this;
    if (OF_X.includes(name)) this.remember();
    state[name] = value;
    if (name === "dataset") Object.assign(state, { added: [], removed: [], std: null });
    if (["n", "std", "seed"].includes(name) && !this.set.x) state.removed = []; // rows of another sample
    this.showFields();
    this.writeAddress();
    if (name === "label") this.move(...this.probe.slice(0, 2));
    else if (name === "step") this.map.fill();
    else if (name === "method") {
      this.show("map");
      this.list.draw();
      this.lesson.check();
    } else if (name !== "click") this.reload();
  }

  // What is seen
  show(...names) {
    const { set, state, cells, points, list, base, range } = this, method = METHODS[state.method];
    if (!points) return;
    if (this.drawn !== set) {
      this.drawn = set;
      const fine = { low: range[0], high: range[1], side: 141 };
      this.g = set.means.length ? onMesh(fine, Float32Array, (x, y) => leanOf(x, y, set.means, set.meanLabels)) : null;
    }
    this.plane.show({
      range, points, g: this.g, base: base?.f, now: base ? this.now : null, probe: this.probe,
      chosen: list.chosen === null ? null : points[list.chosen], method: state.method,
      cells: cells || { side: this.config.cells, values: [], blocks: [] },
      onReach: reach => {
        const { one } = this.view;
        one(".colours").style.background = colourBar(method.signed);
        one(".low").textContent = cells ? method.write(method.signed ? -reach : 0).replace("-", "−") : "";
        one(".high").textContent = cells ? method.write(reach) : "";
        one(".meaning").textContent = `Colour: ${method.name}, of a point added there. Blue: ${method.high}.`;
      },
    }, ...names);
  }
  showFields() {
    const { state, view, set } = this;
    const nearer = view.field("method").querySelector('[value="nearer"]');
    nearer.disabled = !set.means.length;
    if (nearer.disabled && state.method === "nearer") state.method = "moved";
    for (const name of Object.keys(fieldsOf(this.config))) for (const field of view.all(`[name="${name}"]`)) {
      if (field.type === "radio") field.checked = field.value === state[name];
      else field.value = name === "std" ? this.std ?? "" : state[name];
    }
    for (const name of ["n", "std"]) view.field(name).disabled = !set.means.length;
    this.lesson.show();
  }
  problem(text) {
    const place = this.view.one(".problem");
    place.hidden = !text;
    if (place.textContent !== text) place.textContent = text;
  }
  say(text, short = text) {
    this.view.one(".said").textContent = text;
    this.announceSoon(spoken(short));
  }
  announceSoon(text) { // not while the point is dragged
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => this.announce(text), 500);
  }
  announce(text) { // and not what was to be said soon, which would replace it
    clearTimeout(this.speaking);
    this.view.one('[aria-live="polite"]').textContent = text;
  }
  writeAddress() { this.later("address", 200, () => this.config.onAddress?.(writeAddress(this.state, this.config))); }
  // At most one call of a name in so many milliseconds; nothing runs while nothing happens.
  later(name, wait, call) {
    this.timers[name] ??= setTimeout(() => { delete this.timers[name]; call(); }, wait);
  }
  async take(what) { this.view.one(".done").textContent = await take(this, what); }
}
