// Colours of values: as in the figures, white is zero, blue above it, red below.
const RDBU = ["#67001f", "#b2182b", "#d6604d", "#f4a582", "#fddbc7", "#f7f7f7",
  "#d1e5f0", "#92c5de", "#4393c3", "#2166ac", "#053061"].map(rgbOf); // ColorBrewer's
export const LABELS = ["#b35806", "#542788"];
export const PROBE = "#00782f";

function rgbOf(hex) { return [1, 3, 5].map(k => parseInt(hex.slice(k, k + 2), 16)); }

// The colour of a value whose scale reaches from -reach to reach, as [r, g, b].
export function colourOf(value, reach) {
  const place = 5 + 5 * Math.max(-1, Math.min(1, value / (reach || 1)));
  const below = Math.min(9, Math.floor(place)), rest = place - below;
  return RDBU[below].map((c, k) => Math.round(c + rest * (RDBU[below + 1][k] - c)));
}
export const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;
// For a bar: all colours, or those above zero.
export const colourBar = signed => `linear-gradient(to right, ${RDBU.slice(signed ? 0 : 5).map(css).join(", ")})`;

// What can be shown: a value of `add` or `leave`, whether it can be negative, and how it is written.
const inPercent = digits => v => `${(100 * v).toFixed(digits)} %`;
export const METHODS = {
  moved: { name: "leave-one-out against f_X", high: "moves the boundary far", write: inPercent(2) },
  nearer: { name: "leave-one-out against g", signed: true, high: "boundary nearer to g", write: inPercent(2) },
  forgotten: { name: "forgetting events", high: "often forgotten", write: v => `${v}` },
  last: { name: "last learned", high: "learned late", write: v => `epoch ${v}` },
  memorized: { name: "memorization", signed: true, high: "right only if trained on", write: v => `${v}` },
};
