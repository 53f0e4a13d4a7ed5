// The playground: a state, what was trained for it, and how the reader's hands change both.
import { METHODS, colourBar } from "./colours.js";
import { CHECKS } from "./lessons.js";
import { Plane } from "./plane.js";
import { sentenceOf, sentenceOfBase, spoken } from "./sentences.js";
import { blocksOf, fieldsOf, labelOf, leanOf, onMesh, readAddress, writeAddress } from "./state.js";
import { pictureOf, pythonOf, save, tableOf } from "./takeaway.js";
import { viewOf } from "./view.js";
import { handle } from "./hands.js";

export class Playground {
  constructor(element, engine, config, hash = "") {
    Object.assign(this, { engine, config, view: viewOf(element, config), past: [], seen: {}, lessons: new Set() });
    this.plane = new Plane(this.view.canvas);
    handle(this);
    this.open(hash);
  }

  // Take the state of an address. What of it cannot be used is said, and the rest is kept.
  open(hash) {
    const [state, problems] = readAddress(hash, this.config);
    this.state = state;
    this.problem(problems.length ? `The address has something that cannot be used, and the usual was taken: ${problems.join("; ")}.` : "");
    this.past = [];
    this.seen = {};
    this.showFields();
    return this.reload();
  }
  problem(text) {
    const { one } = this.view;
    one(".problem").hidden = !text;
    if (one(".problem").textContent !== text) one(".problem").textContent = text;
  }

  get set() { return this.config.sets[this.state.dataset]; }
  get std() { return this.state.std ?? this.set.std; }
  // The label that the label switch gives a point; g's, or that of the nearest point without g.
  labelAt(x, y, shift = false) {
    if (shift) return 0;
    return this.state.label === "g" ? this.truth(x, y) : Number(this.state.label);
  }
  // A click that adds gives label 1, with Shift 0; the switch "0" gives 0 by touch.
  labelOfClick(x, y, shift) {
    if (shift || this.state.label === "0") return 0;
    return this.state.label === "g" && this.set.means.length ? this.truth(x, y) : 1;
  }
  truth(x, y) {
    const { means, meanLabels } = this.set;
    if (means.length) return labelOf(x, y, means, meanLabels);
    return labelOf(x, y, this.points || [], (this.points || []).map(point => point[2]));
  }
  get probe() { return this.state.probe[0]; }

  // Sample, train f_X and start the map anew: after any change of X or of the training.
  async reload() {
    const { state, engine, set } = this, turn = this.turn = (this.turn || 0) + 1;
    this.base = this.values = null;
    this.writeAddress();
    const sample = await this.sampleOf(set);
    if (turn !== this.turn) return;
    const kept = sample.labels.map((_, i) => i).filter(i => !state.removed.includes(i));
    this.numbers = [...kept, ...state.added.map((_, k) => sample.labels.length + k)];
    this.count = sample.labels.length; // of the sample's training points; then come those added
    const all = [...sample.labels.map((label, i) => [sample.x[i], sample.y[i], label]), ...state.added];
    this.points = this.numbers.map(i => all[i]);
    this.test = sample.test;
    this.left = this.points.map(() => ({}));
    this.chosen = null;
    this.show("points", "map");
    const found = [0, 1].map(label => this.points.filter(point => point[2] === label).length);
    if (!found[0] || !found[1]) return this.wait(found);
    const column = k => Float32Array.from(this.points, point => point[k]);
    const g = set.means.length ? onMesh(this.config.mesh, Uint8Array, (x, y) => labelOf(x, y, set.means, set.meanLabels)) : new Uint8Array(0);
    const base = await engine.load({
      x: column(0), y: column(1), labels: column(2), g, hidden: state.hidden, seed: state.seed,
      batch: state.batch, mesh: this.config.mesh, drawn: { low: this.range[0], high: this.range[1], side: 71 },
      config: this.config.training,
    });
    if (!base || turn !== this.turn) return;
    this.base = base;
    this.show("still");
    this.listPoints();
    this.view.one('[data-do="leave"]').disabled = false;
    await this.refit();
    this.fillMap();
  }
  // Too few labels to train: say what to do, and keep what was drawn.
  wait(found) {
    this.engine.each("add", null);
    this.view.one('[data-do="leave"]').disabled = true;
    this.base = null;
    this.cells = null;
    const missing = found[0] ? 1 : 0;
    const text = found[0] + found[1]
      ? `All points of X have label ${1 - missing}, so there is nothing to learn. Add a point of label ${missing}: choose the label below the plane, then click.`
      : "X has no points yet. Click in the plane to add some of label 1, with Shift some of label 0.";
    this.say(text, text);
    this.show("points", "map");
    this.listPoints();
  }
  get unit() { return (this.range[1] - this.range[0]) / (this.config.cells - 1); }
  get range() { return this.set.range || this.config.range; }
  async sampleOf(set) {
    const none = { x: [], y: [], labels: [] };
    if (set.x) return { x: [...set.x], y: [...set.y], labels: [...set.labels], test: none };
    if (!set.means.length) return { ...none, test: none };
    const { seed, n } = this.state;
    const drawn = await this.engine.sample({ seed, means: set.means, meanLabels: set.meanLabels, nPerLabel: n, std: this.std, noisy: set.noisy, testShare: this.config.testShare });
    if (drawn.train < 0) {
      this.problem(`With ${n} points per label and a spread of ${this.std}, g leaves too few points of one label to split. Give more points or less spread.`);
      return { ...none, test: none };
    }
    const part = (from, to) => ({ x: [...drawn.x.slice(from, to)], y: [...drawn.y.slice(from, to)], labels: [...drawn.labels.slice(from, to)] });
    return { ...part(0, drawn.train), test: part(drawn.train) };
  }

  // Train with the probe. While it is dragged, only the newest place counts.
  async refit() {
    if (!this.base) return;
    this.path = null;
    const point = [...this.probe], values = await this.engine.add(point);
    if (!values || !this.base) return;
    this.values = values;
    this.measured = point;
    this.now = values.f;
    this.firstAt ??= performance.now(); // for `make bench`, as is the count
    this.fits = (this.fits || 0) + 1;
    const words = { point, values, toG: this.base.toG };
    this.say(`${sentenceOf(words)} ${sentenceOfBase(this.base)}`, sentenceOf(words));
    this.showEpochs();
    this.show("now");
    this.checkLesson();
  }
  move(x, y, label = this.labelAt(x, y)) {
    const round = v => Math.round(v * 100) / 100 + 0; // so that an address holds all of it
    this.state.probe = [[round(x), round(y), label]];
    this.writeAddress();
    this.show("now");
    this.refit();
  }

  // --- X ----------------------------------------------------------------------------------------
  change(edit) {
    this.past.push(structuredClone([this.state.added, this.state.removed]));
    edit();
    return this.reload();
  }
  keep(point = this.probe) { return this.change(() => { this.state.added = [...this.state.added, [...point]]; }); }
  remove(k) {
    const number = this.numbers[k], { state, count } = this;
    return this.change(() => {
      if (number < count) state.removed = [...state.removed, number];
      else state.added = state.added.filter((_, i) => i !== number - count);
    });
  }
  undo() {
    if (!this.past.length) return undefined;
    [this.state.added, this.state.removed] = this.past.pop();
    return this.reload();
  }
  set_(name, value) { // a field of the form
    this.state[name] = value;
    if (name === "dataset") Object.assign(this.state, { added: [], removed: [], std: null });
    if (["n", "std", "seed"].includes(name)) this.state.removed = [];
    this.showFields();
    if (name === "method") { this.show("map"); this.listPoints(); this.writeAddress(); this.checkLesson(); return; }
    if (name === "step") { this.writeAddress(); this.fillMap(); return; }
    if (["label", "click"].includes(name)) { this.writeAddress(); if (name === "label") this.move(...this.probe.slice(0, 2)); return; }
    this.reload();
  }

  // --- map and list -----------------------------------------------------------------------------
  fillMap() {
    if (!this.base) return;
    const side = this.config.cells, [low] = this.range, { unit } = this;
    const blocks = blocksOf(side, this.state.step), values = new Array(blocks.length);
    const cells = this.cells = { side, blocks, values, done: 0, began: performance.now() };
    const points = blocks.map(([i, j]) => {
      const [x, y] = [low + i * unit, low + j * unit];
      return [x, y, this.truth(x, y)];
    });
    this.progress();
    this.engine.each("add", points, (k, found) => {
      if (cells !== this.cells) return;
      values[k] = found;
      cells.done++;
      if (cells.done === 81 || cells.done === 324 || cells.done === blocks.length) cells[`at${cells.done}`] = performance.now() - cells.began;
      this.later("map", 100, () => { this.show("map"); this.progress(); this.checkLesson(); });
    });
  }
  progress() {
    const { one } = this.view, { cells } = this, share = cells ? cells.done / cells.blocks.length : 0;
    one("progress").value = share;
    one(".progress span").textContent = !cells ? "" : share === 1 ? `Value map: ${cells.blocks.length.toLocaleString("en")} refits done.` : `Value map: refit ${cells.done.toLocaleString("en")} of ${cells.blocks.length.toLocaleString("en")}`;
  }
  // At most one call of a name in so many milliseconds; nothing runs while nothing happens.
  later(name, wait, call) {
    this.timers ??= {};
    this.timers[name] ??= setTimeout(() => { delete this.timers[name]; call(); }, wait);
  }
  valueOf(k) { // of training point k
    const { method } = this.state;
    if (method === "forgotten" || method === "last") return this.base?.[method][k];
    return this.left[k]?.[method];
  }
  leaveEach() {
    const began = this.left;
    this.view.one('[data-do="leave"]').disabled = true;
    let done = 0;
    this.engine.each("leave", this.points.map((_, k) => k), (k, values) => {
      if (began !== this.left) return;
      this.left[k] = values;
      done++;
      this.view.one(".note").textContent = `${done.toLocaleString("en")} of ${began.length.toLocaleString("en")} refits`;
      if (done === began.length) this.listPoints(); else this.later("list", 1000, () => this.listPoints());
    });
  }
  listPoints() {
    const { one } = this.view, list = one(".values ul"), write = METHODS[this.state.method].write;
    const order = this.points.map((_, k) => k).filter(k => Number.isFinite(this.valueOf(k)));
    order.sort((a, b) => this.valueOf(b) - this.valueOf(a));
    this.order = order;
    list.replaceChildren(...order.map(k => {
      const [x, y, label] = this.points[k], item = document.createElement("li");
      item.id = `${list.closest(".dvplay").querySelector(".keys").id}-${k}`;
      item.dataset.point = k;
      item.role = "option";
      item.textContent = `${write(this.valueOf(k))} · (${x.toFixed(2)}, ${y.toFixed(2)}), label ${label}`;
      return item;
    }));
    list.hidden = !order.length;
    const watched = ["forgotten", "last"].includes(this.state.method);
    one('[data-do="leave"]').hidden = watched;
    if (watched) one(".note").textContent = "From the training of f_X alone.";
    else if (!order.length) one(".note").textContent = this.base ? `Takes ${this.points.length.toLocaleString("en")} refits.` : "";
    this.choose(this.chosen);
  }
  choose(k) {
    const list = this.view.one(".values ul");
    this.chosen = k;
    list.querySelector("[aria-selected]")?.removeAttribute("aria-selected");
    const item = k === null ? null : list.querySelector(`[data-point="${k}"]`);
    if (item) { item.setAttribute("aria-selected", "true"); item.scrollIntoView({ block: "nearest" }); list.setAttribute("aria-activedescendant", item.id); } else list.removeAttribute("aria-activedescendant");
    if (k !== null) {
      const [x, y, label] = this.points[k], value = this.valueOf(k);
      this.announce(`Chosen: the point of X at (${x.toFixed(2)}, ${y.toFixed(2)}) with label ${label}${Number.isFinite(value) ? `, ${METHODS[this.state.method].name}: ${METHODS[this.state.method].write(value)}` : ""}.`);
    }
    this.show("now");
  }

  // --- what is seen -----------------------------------------------------------------------------
  show(...names) {
    const { set, state, cells, config } = this;
    if (!this.points) return;
    if (this.shown !== state.dataset) {
      this.shown = state.dataset;
      const drawn = { low: this.range[0], high: this.range[1], side: 141 };
      this.gLine = set.means.length ? onMesh(drawn, Float32Array, (x, y) => leanOf(x, y, set.means, set.meanLabels)) : null;
    }
    const method = METHODS[state.method];
    this.plane.show({
      range: this.range, points: this.points, g: this.gLine, base: this.base?.f, now: this.base ? this.now : null,
      probe: this.probe, chosen: this.chosen === null ? null : this.points[this.chosen],
      cells: cells ? { ...cells, values: cells.values.map(one => one?.[state.method]) } : { side: config.cells, values: [], blocks: [] },
      onReach: reach => {
        const { one } = this.view;
        one(".colours").style.background = colourBar(method.signed);
        one(".low").textContent = !cells ? "" : method.write(method.signed ? -reach : 0).replace("-", "−");
        one(".high").textContent = cells ? method.write(reach) : "";
        one(".meaning").textContent = `Colour: ${method.name}, of a point added there. Blue: ${method.high}.`;
      },
    }, ...names);
  }
  showFields() {
    const { state, view, set } = this;
    for (const [name] of Object.entries(fieldsOf(this.config))) {
      for (const field of view.all(`[name="${name}"]`)) {
        if (field.type === "radio") field.checked = field.value === state[name];
        else if (document.activeElement !== field || field.tagName === "SELECT") field.value = name === "std" ? this.std ?? "" : state[name];
      }
    }
    for (const name of ["n", "std"]) view.field(name).disabled = !set.means.length;
    const nearer = view.field("method").querySelector('[value="nearer"]');
    nearer.disabled = !set.means.length;
    if (nearer.disabled && state.method === "nearer") { state.method = "moved"; view.field("method").value = "moved"; }
    this.showLesson();
  }
  say(text, short) {
    this.view.one(".said").textContent = text;
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => this.announce(spoken(short)), 500); // not while it is dragged
  }
  announce(text) { this.view.one('[aria-live="polite"]').textContent = text; }
  done(text) { this.view.one(".done").textContent = text; }
  writeAddress() { this.later("address", 200, () => this.config.onAddress?.(writeAddress(this.state, this.config))); }

  // Epochs of the training with the probe; only once somebody asks for them.
  showEpochs() {
    const range = this.view.field("epoch"), { epochs } = this.values;
    range.max = epochs;
    range.value = epochs;
    this.view.one(".epoch").textContent = `Trained for ${epochs} epochs. Move the slider to see the boundary after each.`;
  }
  async showEpoch(epoch) {
    if (!this.base) return;
    this.wanted = epoch;
    if (!this.path) {
      const path = this.path = this.engine.trajectory([...this.probe]);
      await path;
      if (path !== this.path) return;
    }
    const path = await this.path, side = 71 ** 2;
    if (!this.path) return;
    this.now = path.f.subarray(this.wanted * side, (this.wanted + 1) * side);
    const text = !this.wanted ? "Before training: the initial weights." : `After epoch ${this.wanted} of ${path.epochs}: the point is ${path.hits[this.wanted - 1] ? "right" : "wrong"}.`;
    this.view.one(".epoch").textContent = text;
    this.view.field("epoch").setAttribute("aria-valuetext", text);
    this.show("now");
  }

  // --- lessons ----------------------------------------------------------------------------------
  showLesson() {
    const { one } = this.view, lesson = this.config.lessons[this.state.lesson - 1];
    one(".task").hidden = !lesson;
    if (!lesson) return;
    one(".task h2").textContent = lesson.title;
    one(".ask").textContent = lesson.ask;
    if (one("ol").dataset.lesson !== lesson.title) {
      one("ol").dataset.lesson = lesson.title;
      one("ol").replaceChildren(...lesson.do.map(text => Object.assign(document.createElement("li"), { textContent: text })));
      one(".answer").hidden = one('[data-do="next"]').hidden = true;
    }
  }
  startLesson(k) {
    const lesson = this.config.lessons[k - 1];
    this.view.one("ol").dataset.lesson = "";
    return this.open(lesson ? `#${lesson.start}` : "#lesson=0");
  }
  checkLesson() {
    const { state, base, values, view, cells } = this, lesson = this.config.lessons[state.lesson - 1];
    if (!lesson || !base || !values) return;
    const [x, y, label] = this.measured;
    const done = CHECKS[state.lesson - 1]({
      state, base, values, probe: this.measured, seen: this.seen, lawful: label === this.truth(x, y),
      map: cells ? cells.done / cells.blocks.length : 0,
    });
    [...view.one("ol").children].forEach((item, k) => {
      if (item.classList.contains("did") || !done[k]) return;
      item.classList.add("did");
      item.append(Object.assign(document.createElement("span"), { className: "unseen", textContent: " (done)" }));
    });
    if (done.every(Boolean) && view.one(".answer").hidden) {
      view.one(".answer").textContent = lesson.answer;
      view.one(".answer").hidden = false;
      view.one('[data-do="next"]').hidden = state.lesson === this.config.lessons.length;
      this.lessons.add(state.lesson);
      clearTimeout(this.speaking);
      this.announce(`Done. ${lesson.answer}`);
    }
  }

  // --- to take away -----------------------------------------------------------------------------
  async take(what) {
    const { state, config } = this, name = `playground_${state.dataset}_${state.seed}`;
    if (what === "png") {
      save(`${name}.png`, await pictureOf(this.view.canvas, this.view.one(".said").textContent));
      this.done(`Saved ${name}.png.`);
    } else if (what === "csv") {
      const columns = { x: this.points.map(p => p[0]), y: this.points.map(p => p[1]), labels: this.points.map(p => p[2]), test: this.test };
      save(`${name}.csv`, new Blob([tableOf(columns)], { type: "text/csv" }));
      this.done(`Saved ${name}.csv. Figure 1 of it: make fig01 DATASET=${name}.csv STANDARDIZE=no`);
    } else {
      const link = `${config.place?.() ?? ""}${writeAddress(state, config)}`;
      const text = what === "link" ? link : pythonOf(state, this.probe, { sampled: this.set.means.length > 0, std: this.std, seed: state.seed });
      try {
        await navigator.clipboard.writeText(text);
        this.done(what === "link" ? "The link is copied; it holds all of this." : "The lines are copied: they train these very networks.");
      } catch { this.done(text); } // not allowed to copy here: show it instead
    }
  }
}
