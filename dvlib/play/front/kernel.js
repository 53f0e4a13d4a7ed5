// What one worker computes: fits by dvlib's compiled kernels, and what is read from them.
//
// A worker gets this class as text, so it uses nothing from outside itself.
export class Kernel {
  static async start(module) {
    const kernel = new Kernel();
    kernel.e = (await WebAssembly.instantiate(module, {})).exports;
    kernel.e.alloc(0);
    kernel.empty = kernel.e.mark();
    return kernel;
  }

  // Arrays go into the memory of the module. It may grow, so views are made anew for each use.
  put(array) {
    const at = this.e.alloc(array.byteLength);
    new Uint8Array(this.e.memory.buffer, at).set(
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    return at;
  }
  view(Type, at, length) { return new Type(this.e.memory.buffer, at, length); }
  copy(Type, at, length) { return this.view(Type, at, length).slice(); }

  // A sample of a mixture, as `dvlib.make_dataset` draws it.
  sample({ seed, means, meanLabels, nPerLabel, std, noisy, testShare }) {
    const e = this.e, mark = e.mark(), total = 2 * nPerLabel;
    const [x, y] = [e.alloc(8 * total), e.alloc(8 * total)];
    const [labels, clusters] = [e.alloc(4 * total), e.alloc(4 * total)];
    const train = e.dv_sample(seed, this.put(new Float64Array(means.flat())),
      this.put(new Int32Array(meanLabels)), means.length, nPerLabel, std, noisy ? 1 : 0,
      testShare, x, y, labels, clusters);
    const sample = {
      train, x: this.copy(Float64Array, x, total), y: this.copy(Float64Array, y, total),
      labels: this.copy(Int32Array, labels, total),
    };
    e.release(mark);
    return sample;
  }

  // Take training points, and train f_X on them. `g`: labels on the mesh X^M, empty if unknown.
  load({ x, y, labels, g, hidden, seed, batch, mesh, drawn, config }) {
    const e = this.e, n = x.length;
    e.release(this.empty);
    const room = array => { const more = new Float32Array(n + 1); more.set(array); return this.put(more); };
    Object.assign(this, { n, hidden, seed, batch, mesh, drawn, config, size: 4 * hidden + 1, streams: new Map() });
    this.x = room(x), this.y = room(y), this.labels = room(labels);
    this.weights = this.put(new Float32Array(n + 1).fill(1));
    this.final = e.alloc(4 * this.size), this.loss = e.alloc(8), this.probe = e.alloc(12);
    this.base = e.alloc(mesh.side ** 2), this.now = e.alloc(mesh.side ** 2);
    this.g = g.length ? this.put(g) : 0;
    this.hits = e.alloc(config.epochs * (n + 1));
    const epochs = this.fit(n, { probes: n, at: [this.x, this.y, this.labels] });
    this.baseFinal = this.put(this.view(Float32Array, this.final, this.size).slice());
    this.labelMesh(this.base);
    this.baseToG = this.g ? this.share(this.base, this.g) : NaN;
    const hits = this.view(Uint8Array, this.hits, epochs * n);
    const [forgotten, last, known] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
    for (let i = 0; i < n; i++) {
      ({ forgotten: forgotten[i], last: last[i], known: known[i] } = this.learning(hits, epochs, n, i));
    }
    this.knownInBase = known;
    const loss = this.view(Float64Array, this.loss, 1)[0];
    return { epochs, loss, toG: this.baseToG, forgotten, last, f: this.decision(this.final) };
  }

  // The values of adding a point [x, y, label].
  add(point, { withF = false } = {}) {
    const epochs = this.fitWith(point);
    this.labelMesh(this.now);
    const hits = this.view(Uint8Array, this.hits, epochs);
    const unknown = this.valueAt(this.baseFinal, point) > 0 === point[2] > 0 ? 1 : 0;
    const values = { ...this.changes(1), ...this.learning(hits, epochs, 1, 0), unknown, epochs };
    values.memorized = values.known - unknown;
    if (withF) values.f = this.decision(this.final);
    return values;
  }

  // The values of leaving out training point i. For the fit it changes places with the last point,
  // as in dvlib: if later points moved up, they would fall into other minibatches.
  leave(i) {
    const n = this.n, names = ["x", "y", "labels"];
    const whole = names.map(name => this.copy(Float32Array, this[name], n));
    names.forEach((name, k) => {
      const view = this.view(Float32Array, this[name], n);
      view[i] = whole[k][n - 1];
      view[n - 1] = whole[k][i];
    });
    this.view(Float32Array, this.probe, 3).set(whole.map(array => array[i]));
    this.fit(n - 1, { probes: 1, at: [this.probe, this.probe + 4, this.probe + 8] });
    const point = whole.map(array => array[i]);
    names.forEach((name, k) => this.view(Float32Array, this[name], n).set(whole[k]));
    this.labelMesh(this.now);
    const unknown = this.valueAt(this.final, point) > 0 === point[2] > 0 ? 1 : 0;
    return { ...this.changes(-1), memorized: this.knownInBase[i] - unknown };
  }

  // f after each epoch, from 0 (the initial weights) on, and whether the point was correct then.
  trajectory(point) {
    const e = this.e, { side } = this.drawn, most = this.config.epochs;
    this.streamOf(this.n + 1); // kept, so it is drawn before the mark
    const mark = e.mark(), kept = this.put(Int32Array.from({ length: most + 1 }, (_, k) => k));
    const snapshots = e.alloc(4 * (most + 1) * this.size);
    const epochs = this.fitWith(point, { kept, count: most + 1, snapshots });
    const f = new Float32Array((epochs + 1) * side ** 2);
    const hits = this.copy(Uint8Array, this.hits, epochs);
    for (let k = 0; k <= epochs; k++) f.set(this.decision(snapshots + 4 * k * this.size), k * side ** 2);
    e.release(mark);
    return { epochs, f, hits };
  }

  fitWith(point, snapshots) {
    const n = this.n;
    ["x", "y", "labels"].forEach((name, k) => { this.view(Float32Array, this[name], n + 1)[n] = point[k]; });
    this.view(Float32Array, this.probe, 3).set(point);
    return this.fit(n + 1, { probes: 1, at: [this.probe, this.probe + 4, this.probe + 8], ...snapshots });
  }

  fit(n, { probes, at, kept = 0, count = 0, snapshots = 0 }) {
    const c = this.config, { initial, order } = this.streamOf(n);
    return this.e.dv_fit(this.x, this.y, this.labels, this.weights, n, initial, this.size, order,
      c.epochs, this.batch, c.rate, c.beta1, c.beta2, c.epsilon, c.alpha, c.tol, c.patience,
      ...at, probes, kept, count, this.hits, snapshots, this.final, this.loss);
  }

  streamOf(n) { // all randomness of a fit depends on the seed, the width and n only
    if (!this.streams.has(n)) {
      const e = this.e, { epochs } = this.config;
      const stream = { initial: e.alloc(4 * this.size), order: e.alloc(4 * epochs * n) };
      e.dv_stream(this.seed, this.hidden, stream.initial, n, stream.order, epochs);
      this.streams.set(n, stream);
    }
    return this.streams.get(n);
  }

  labelMesh(out) {
    const { low, high, side } = this.mesh, step = (high - low) / (side - 1);
    this.e.dv_labels(this.final, this.size, low, step, side, low, step, side, out);
  }
  share(a, b) { return this.e.dv_count(a, b, this.mesh.side ** 2) / this.mesh.side ** 2; }
  changes(sign) {
    const toG = this.g ? sign * (this.baseToG - this.share(this.now, this.g)) : NaN;
    return { moved: this.share(this.now, this.base), nearer: toG };
  }
  decision(packed) {
    const e = this.e, mark = e.mark(), { low, high, side } = this.drawn;
    const step = (high - low) / (side - 1), out = e.alloc(8 * side ** 2);
    e.dv_decision(packed, this.size, low, step, side, low, step, side, out);
    const f = Float32Array.from(this.view(Float64Array, out, side ** 2));
    e.release(mark);
    return f;
  }
  valueAt(packed, [x, y]) {
    const e = this.e, mark = e.mark(), out = e.alloc(8);
    e.dv_decision(packed, this.size, x, 1, 1, y, 1, 1, out);
    const value = this.view(Float64Array, out, 1)[0];
    e.release(mark);
    return value;
  }

  // As `dvlib.methods.forgetting` counts: hits[epoch * width + i] is 1 if point i was correct.
  learning(hits, epochs, width, i) {
    let forgotten = 0, last = epochs;
    for (let k = epochs - 1; k >= 0; k--) {
      if (!hits[k * width + i]) continue;
      last = k + 1;
      if (k + 1 < epochs && !hits[(k + 1) * width + i]) forgotten++;
    }
    return { forgotten, last, known: hits[(epochs - 1) * width + i] };
  }
}

// Answers messages {id, module} once, then {id, kind, …} with a method of the kernel.
export function serve(post) {
  let kernel;
  return async ({ id, module, kind, argument, options }) => {
    try {
      if (module) kernel = await Kernel.start(module);
      const result = kind ? kernel[kind](argument, options) : {};
      post({ id, result }, Object.values(result).filter(ArrayBuffer.isView).map(a => a.buffer));
    } catch (error) {
      post({ id, error: String(error) }, []);
    }
  };
}
