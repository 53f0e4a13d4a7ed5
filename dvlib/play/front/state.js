// What is chosen and drawn, and its place in the address: #dataset=two_clusters&seed=1&…
import { METHODS } from "./colours.js";

export const MOST_PER_LABEL = 1000, MOST_OWN = 1000;
const whole = (low, high) => text => {
  const number = Number(text);
  if (text.trim() === "" || !Number.isInteger(number) || number < low || number > high) throw `give a whole number from ${low} to ${high.toLocaleString("en")}`;
  return number;
};
const between = (low, high) => text => {
  const number = Number(text);
  if (text.trim() === "" || !(number >= low && number <= high)) throw `give a number from ${low} to ${high}`;
  return number;
};
const oneOf = words => text => {
  if (!words().map(String).includes(text)) throw `give ${words().join(", ")}`;
  return typeof words()[0] === "number" ? Number(text) : text;
};
const points = text => {
  const numberOf = part => part.trim() === "" ? NaN : Number(part);
  const all = text.split(";").filter(Boolean).map(one => one.split(",").map(numberOf));
  if (all.some(one => one.length !== 3 || !one.every(v => Math.abs(v) <= 1e15) || ![0, 1].includes(one[2]))) throw "give x,y,label for each point, separated by semicolons";
  if (all.length > MOST_OWN) throw `${all.length.toLocaleString("en")} points are too many for an address: give at most ${MOST_OWN.toLocaleString("en")}`;
  return all;
};
const rows = text => text.split(",").filter(Boolean).map(whole(0, 1e5));

// For each name: its value without an address, and how it is read from text.
export function fieldsOf(config) {
  return {
    dataset: [config.dataset, oneOf(() => Object.keys(config.sets))],
    n: [config.nPerLabel, whole(4, MOST_PER_LABEL)],
    std: [null, between(0.05, 6)],
    seed: [config.seed, whole(0, 4294967295)],
    hidden: [config.hidden, oneOf(() => [1000, 300, 100])],
    batch: [config.batch, whole(1, 5000)],
    method: [config.method, oneOf(() => Object.keys(METHODS))],
    step: [1, oneOf(() => [1, 2, 4])],
    click: ["probe", oneOf(() => ["probe", "add"])],
    label: ["g", oneOf(() => ["g", "0", "1"])],
    probe: [[config.probe], points],
    added: [[], points],
    removed: [[], rows],
    lesson: [config.lesson, whole(0, config.lessons.length)],
  };
}

// The state that an address asks for, and sentences on what of it cannot be used.
export function readAddress(hash, config) {
  const fields = fieldsOf(config), state = {}, problems = [];
  for (const [name, [usual]] of Object.entries(fields)) state[name] = structuredClone(usual);
  for (const part of hash.replace(/^#/, "").split("&").filter(Boolean)) {
    const [name, text = ""] = part.split("=").map(one => { try { return decodeURIComponent(one); } catch { return one; } });
    if (!Object.hasOwn(fields, name)) { problems.push(`“${name.slice(0, 40)}” is unknown`); continue; }
    try { state[name] = fields[name][1](text); } catch (why) { problems.push(`${name} “${text.slice(0, 40)}”: ${why}`); }
  }
  if (!state.probe.length) state.probe = structuredClone(fields.probe[0]);
  return [state, problems];
}

export function writeAddress(state, config) {
  const parts = [];
  for (const [name, [usual]] of Object.entries(fieldsOf(config))) {
    if (JSON.stringify(state[name]) === JSON.stringify(usual)) continue;
    const value = state[name];
    const text = Array.isArray(value) ? value.map(String).join(Array.isArray(value[0]) ? ";" : ",") : String(value);
    parts.push(`${name}=${text}`);
  }
  return parts.length ? `#${parts.join("&")}` : "";
}

// g: the label of the nearest mean; without means, of the nearest training point.
export function labelOf(x, y, means, labels) {
  let nearest = Infinity, label = 1;
  for (let i = 0; i < labels.length; i++) {
    const square = (x - means[i][0]) ** 2 + (y - means[i][1]) ** 2;
    if (square < nearest) { nearest = square; label = labels[i]; }
  }
  return label;
}
// How much nearer the next mean of label 1 is than that of label 0: zero on g's boundary.
export function leanOf(x, y, means, labels) {
  const nearest = [Infinity, Infinity];
  labels.forEach((label, i) => {
    nearest[label] = Math.min(nearest[label], (x - means[i][0]) ** 2 + (y - means[i][1]) ** 2);
  });
  return nearest[0] - nearest[1];
}
export function onMesh({ low, high, side }, Type, value) { // rows of constant y, as dvlib's meshes
  const out = new Type(side * side), step = (high - low) / (side - 1);
  for (let r = 0; r < side; r++) for (let c = 0; c < side; c++) out[r * side + c] = value(low + c * step, low + r * step);
  return out;
}
// Cells of the value map, coarse to fine: [column, row, cells wide], at least `step` wide.
export function blocksOf(side, step) {
  const blocks = [];
  for (const wide of [4, 2, 1].filter(one => one >= step)) {
    for (let i = 0; i < side; i += wide) for (let j = 0; j < side; j += wide) {
      if (wide === 4 || i % (2 * wide) || j % (2 * wide)) blocks.push([i, j, wide]);
    }
  }
  return blocks;
}
