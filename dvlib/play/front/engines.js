// Two engines with one interface. Both answer the newest dragged point before anything else.
//
// sample(spec)        a sample of a named mixture
// load(set)           takes training points; gives f_X; ends what runs on earlier ones
// add(point)          values of adding [x, y, label], and f; null if a newer point overtook it
// trajectory(point)   f after each epoch
// each(kind, items, onItem)  `add` or `leave` for many items, in the background; null ends it
// rest(set)           takes points of one label, which cannot be trained; ends all that runs
// onError             what is called with an error of anything that nobody waits for
import { Kernel, serve } from "./kernel.js";

class Engine {
  constructor() { this.background = []; this.newest = null; this.generation = 0; }

  add(point) {
    return new Promise(done => {
      if (this.newest) this.newest.done(null);
      this.newest = { kind: "add", argument: point, options: { withF: true }, done };
      this.next();
    });
  }
  each(kind, items, onItem) {
    this.background = this.background.filter(job => job.kind !== kind).concat(
      (items || []).map((argument, i) => ({ kind, argument, done: values => onItem(i, values) })));
    this.next();
  }
  rest() { this.end(); }
  end() {
    this.generation++;
    this.background = [];
    if (this.newest) this.newest.done(null);
    this.newest = null;
  }
  async load(set) {
    this.end();
    const { generation } = this;
    const base = await this.loadNow(set);
    return generation === this.generation ? base : null;
  }
  take() {
    const job = this.newest || this.background.shift();
    if (job === this.newest) this.newest = null;
    return job;
  }
}

// Fits in the browser, in workers: one job at a time each, since a queue would delay dragging.
export class WasmEngine extends Engine {
  // `modules`: the kernels in base64; the first that the browser can run is taken.
  constructor(modules, workers = Math.min(8, navigator.hardwareConcurrency || 2)) {
    super();
    this.lanes = [];
    const known = modules.map(text => Uint8Array.from(atob(text), c => c.charCodeAt(0)));
    const bytes = known.find(bytes => WebAssembly.validate(bytes)) || known.at(-1);
    this.ready = WebAssembly.compile(bytes).then(module => this.start(module, workers));
  }

  // A host may have no workers, or forbid them at once or when they start. Then the page's own
  // thread does the work, between two frames.
  async start(module, count) {
    const begin = lanes => {
      this.lanes = lanes;
      return Promise.all(lanes.map(lane => this.post(lane, { module })));
    };
    try { await begin(this.workers(count)); } catch { await begin([this.ownThread()]); }
  }
  lane(send) { return { send, waiting: new Map(), count: 0, busy: false }; }
  workers(count) {
    const text = `${Kernel}\nconst answer = (${serve})(postMessage);\nonmessage = ({ data }) => answer(data);`;
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    return Array.from({ length: count }, () => {
      const worker = new Worker(url), made = this.lane(message => worker.postMessage(message));
      worker.onmessage = ({ data }) => this.settle(made, data);
      worker.onerror = event => { for (const { fail } of made.waiting.values()) fail(new Error(event.message)); };
      return made;
    });
  }
  ownThread() {
    const answer = serve(message => this.settle(made, message));
    const made = this.lane(message => setTimeout(answer, 0, message));
    return made;
  }
  post(lane, message) {
    return new Promise((done, fail) => {
      const id = ++lane.count;
      lane.waiting.set(id, { done, fail });
      lane.send({ ...message, id });
    });
  }
  settle(lane, { id, result, error }) {
    const { done, fail } = lane.waiting.get(id);
    lane.waiting.delete(id);
    if (error) fail(new Error(error)); else done(result);
  }

  async sample(spec) { await this.ready; return this.post(this.lanes[0], { kind: "sample", argument: spec }); }
  trajectory(point) { return this.post(this.lanes[0], { kind: "trajectory", argument: point }); }
  async loadNow(set) {
    await this.ready;
    const bases = await Promise.all(this.lanes.map(lane => this.post(lane, { kind: "load", argument: set })));
    this.next();
    return bases[0];
  }
  async next() {
    for (const lane of this.lanes) {
      if (lane.busy || !(this.newest || this.background.length)) continue;
      const { done, ...message } = this.take(), generation = this.generation;
      lane.busy = true;
      this.post(lane, message).catch(error => { this.onError?.(error); return null; }).then(values => {
        const now = generation === this.generation ? values : null;
        lane.busy = false;
        if (now || message.options) done(now); // somebody waits for a dragged point
        this.next();
      });
    }
  }
}

// Fits in the Python process of a notebook: anywidget's messages with binary buffers. A round trip
// takes longer than a fit, so three requests are in flight.
export class KernelEngine extends Engine {
  constructor(model) {
    super();
    const view = Math.random().toString(36).slice(2); // a notebook may show the widget twice
    Object.assign(this, { model, view, waiting: new Map(), count: 0, flying: 0 });
    this.heard = (message, buffers) => this.hear(message, buffers || []);
    model.on("msg:custom", this.heard);
  }
  close() {
    this.model.off("msg:custom", this.heard);
    this.post({ kind: "close" });
  }
  post(message, buffers) { this.model.send({ view: this.view, ...message }, undefined, buffers); }

  ask(kind, argument) {
    const id = ++this.count, [plain, buffers] = pack(argument);
    return new Promise((done, fail) => {
      this.waiting.set(id, { done, fail });
      this.post({ id, kind, argument: plain }, buffers);
    });
  }
  hear({ view, id, result, error, last }, buffers) {
    const request = view === this.view && this.waiting.get(id);
    if (!request) return;
    if (error) { this.waiting.delete(id); request.fail(new Error(error)); return; }
    if (request.onItem) { request.onItem(unpack(result, buffers)); if (last) this.waiting.delete(id); return; }
    this.waiting.delete(id);
    request.done(unpack(result, buffers));
  }
  sample(spec) { return this.ask("sample", spec); }
  loadNow(set) { return this.ask("load", set); }
  rest(set) { this.end(); this.ask("rest", set).catch(this.onError); }
  trajectory(point) { return this.ask("trajectory", point); }
  next() {
    while (this.newest && this.flying < 3) {
      const { argument, done } = this.take(), generation = this.generation;
      this.flying++;
      this.ask("add", argument).catch(error => { this.onError?.(error); return null; }).then(values => {
        this.flying--;
        done(generation === this.generation ? values : null);
        this.next();
      });
    }
  }
  each(kind, items, onItem) { // one message; Python answers in portions and stops when told anew
    const id = ++this.count, generation = this.generation;
    for (const [key, request] of this.waiting) if (request.each === kind) this.waiting.delete(key);
    this.waiting.set(id, { each: kind, fail: error => this.onError?.(error), onItem: ({ at, ...columns }) => {
      if (generation !== this.generation) return;
      at.forEach((i, k) => onItem(i, Object.fromEntries(
        Object.entries(columns).map(([name, column]) => [name, column[k]]))));
    } });
    this.post({ id, kind: "each", argument: { kind, items: items || [] } });
  }
}

// Arrays leave a message's JSON as buffers: {x: Float32Array} becomes {x: {buffer: 0, type: …}}.
function pack(argument) {
  if (Array.isArray(argument) || argument === null || typeof argument !== "object") return [argument, []];
  const buffers = [], plain = {};
  for (const [name, value] of Object.entries(argument)) {
    if (!ArrayBuffer.isView(value)) { plain[name] = value; continue; }
    plain[name] = { buffer: buffers.length, type: value.constructor.name };
    buffers.push(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength));
  }
  return [plain, buffers];
}
function unpack(result, buffers) {
  if (result === null) return null; // a newer point overtook it
  const types = { Float32Array, Float64Array, Int32Array, Uint8Array }, whole = {};
  for (const [name, value] of Object.entries(result)) {
    if (value === null || value?.buffer === undefined) { whole[name] = value; continue; }
    const b = buffers[value.buffer]; // a DataView, and not always at a multiple of 8 bytes
    const bytes = b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength);
    whole[name] = new types[value.type](bytes);
  }
  return whole;
}

// Why this browser cannot train, as a sentence; null if it can.
export function cannotRun() {
  const instead = "Open it in a current Firefox, Chrome, Edge or Safari, or call dvlib.playground() in JupyterLab, which trains in Python.";
  if (typeof WebAssembly !== "object") return `The playground trains networks in WebAssembly, which this browser does not have or has switched off. ${instead}`;
  // A module of one function that makes a vector, as small as there is.
  const simd = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);
  return WebAssembly.validate(simd) ? null : `The playground needs WebAssembly with vectors (SIMD), which this browser does not have. ${instead}`;
}
