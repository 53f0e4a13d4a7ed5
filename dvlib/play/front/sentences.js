// What the network does, in words.
const times = ["never", "once", "twice"];
export const percent = share => {
  const text = (100 * share).toFixed(1);
  return share > 0 && text === "0.0" ? "less than 0.1 %" : `${text} %`;
};
const timesOf = count => times[count] || `${count} times`;

export function sentenceOf({ point: [x, y, label], values }) {
  const { moved, nearer, forgotten, last, known, unknown, epochs } = values;
  const without = unknown ? "right without it" : "wrong without it";
  const toG = Number.isFinite(nearer) && Math.abs(nearer) >= 0.0005
    ? `, ${nearer > 0 ? "nearer to" : "away from"} g by ${percent(Math.abs(nearer))}` : "";
  const learned = known || last < epochs
    ? `First right after epoch ${last} of ${epochs}, forgotten ${timesOf(forgotten)}${known ? "" : ", wrong at the end"}.`
    : `Never right in ${epochs} epochs.`;
  return `Adding (${signed(x)}, ${signed(y)}) with label ${label} moves the boundary by ${percent(moved)} of the plane${toG}. The network is ${without}. ${learned}`;
}
export function sentenceOfBase({ epochs, toG }) {
  const wrong = Number.isFinite(toG) ? ` and has ${percent(toG)} of the plane wrong` : "";
  return `f_X was trained for ${epochs} epochs${wrong}.`;
}
const signed = v => String(v).replace("-", "−");
export const spoken = text => text.replaceAll("−", "minus ");
