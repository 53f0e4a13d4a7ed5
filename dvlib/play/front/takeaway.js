// What a reader takes away: a picture, a table that dvlib reads as it is, and Python lines.
import { writeAddress } from "./state.js";

function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Training points, then the sample's test points; dvlib keeps this split.
function tableOf({ points, test }) {
  const rows = points.map(point => [...point, "train"]);
  const held = Array.from(test.x, (_, i) => [test.x[i], test.y[i], test.labels[i], "test"]);
  if (!held.length) return ["x1,x2,label", ...rows.map(row => row.slice(0, 3).join())].join("\n") + "\n";
  return ["x1,x2,label,split", ...[...rows, ...held].map(row => row.join())].join("\n") + "\n";
}

// Python lines that train the very networks shown here.
function pythonOf({ state, probe, std, set, mesh }) {
  const lines = ["import numpy as np", "import dvlib", ""];
  const pairs = points => `[${points.map(([a, b]) => `[${a}, ${b}]`).join(", ")}]`;
  const labels = points => `[${points.map(point => point[2]).join(", ")}]`;
  if (set.means.length) {
    lines.push(`data = dvlib.make_dataset("${state.dataset}", seed=${state.seed}, n_per_class=${state.n}, cluster_std=${std})`, "X, y = data.X, data.y");
  } else if (set.x) lines.push(set.python);
  else lines.push("X, y = np.empty((0, 2)), np.empty(0, int)");
  if (state.removed.length) lines.push(`X, y = np.delete(X, [${state.removed}], 0), np.delete(y, [${state.removed}])`);
  if (state.added.length) lines.push(`X, y = np.concatenate([X, ${pairs(state.added)}]), np.append(y, ${labels(state.added)})`);
  lines.push("", `config = dvlib.MLPConfig(hidden_layer_sizes=(${state.hidden},), batch_size=${state.batch})`,
    `f_X = dvlib.fit(X, y, config, seed=${state.seed})`,
    `with_point = dvlib.fit(np.concatenate([X, ${pairs([probe])}]), np.append(y, ${probe[2]}), config, seed=${state.seed})`,
    `mesh = ${set.mesh ? `dvlib.MeshGrid(${mesh.low}, ${mesh.high}, ${mesh.side})` : "dvlib.X_M"}`,
    "moved = dvlib.dv(*(dvlib.boundary(fitted.network, mesh) for fitted in (f_X, with_point)))",
    'print(f"{moved:.2%}")');
  return `${lines.join("\n")}\n`;
}

// The plane with its sentence below, as a PNG.
function pictureOf(canvas, sentence) {
  const size = canvas.width, text = Math.round(size / 36), lines = [];
  const out = document.createElement("canvas"), context = out.getContext("2d");
  context.font = `${text}px system-ui, sans-serif`;
  for (const word of sentence.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (!lines.length || context.measureText(longer).width > size - 2 * text) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  out.width = size;
  out.height = size + Math.round((lines.length + 1) * 1.4 * text);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, out.width, out.height);
  context.drawImage(canvas, 0, 0);
  context.font = `${text}px system-ui, sans-serif`;
  context.fillStyle = "#000";
  lines.forEach((line, k) => context.fillText(line, text, size + 1.4 * text * (k + 1)));
  return new Promise(done => out.toBlob(done));
}

// Do one of them; returns what was done, in words.
export async function take(play, what) {
  const { state, config, view } = play, name = `playground_${state.dataset}_${state.seed}`;
  if (what === "png") {
    save(`${name}.png`, await pictureOf(view.canvas, view.one(".said").textContent));
    return `Saved ${name}.png.`;
  }
  if (what === "csv") {
    save(`${name}.csv`, new Blob([tableOf(play)], { type: "text/csv" }));
    return `Saved ${name}.csv. Figure 1 of it: make fig01 ARGS="dataset=${name}.csv standardize=no"`;
  }
  const text = what === "python" ? pythonOf(play) : `${config.place?.() ?? ""}${writeAddress(state, config)}`;
  try {
    await navigator.clipboard.writeText(text);
  } catch { // not allowed to copy here: show it instead
    return text;
  }
  return what === "python" ? "The lines are copied: they train these very networks." : "The link is copied; it holds all of this.";
}
