// Whether a reader did what a lesson asks. `seen` is the lesson's own note, empty at its start.
//
// A check gets the state, the values of the probe, those of f_X, and the share of the map that is
// there. It returns how many of the lesson's two steps are done.
const right = values => values.unknown === 1;
const near = ([x, y], a, b) => Math.hypot(x - a, y - b) < 1.5;

export const CHECKS = [
  ({ values, seen }) => {
    if (right(values) && values.moved < 0.02) seen.right = true;
    if (seen.right && !right(values) && values.moved > 0.05) seen.wrong = true;
    return [seen.right, seen.wrong];
  },
  ({ values, lawful, map }) => [map >= 0.06, lawful && values.moved >= 0.17],
  ({ state, map, seen }) => {
    if (state.method === "moved" && map >= 0.06) seen.moved = true;
    return [seen.moved, seen.moved && state.method === "nearer" && map >= 0.06];
  },
  ({ probe: [x, y], values, seen }) => {
    if (x > 18 && y > 14 && values.moved < 0.01) seen.upper = true;
    if (x > 18 && y < -5 && values.moved > 0.05) seen.lower = true;
    return [seen.upper, seen.lower];
  },
  ({ state, probe, values, lawful, seen }) => {
    if (lawful && near(probe, 4, 4) && probe[2] === 0) seen.gap = true;
    return [seen.gap, seen.gap && lawful && state.method === "last" && values.moved < 0.01 && values.last >= 20];
  },
  ({ probe, values }) => {
    const there = near(probe, 10, 7);
    return [there, there && probe[2] === 0 && values.known === 0];
  },
  ({ state, seen, base }) => {
    if (state.dataset === "two_clusters") seen.before = base.toG;
    return [seen.before > 0, seen.before > 0 && state.dataset === "zero_centered" && base.toG < seen.before];
  },
  ({ state, seen, base }) => {
    if (state.batch === 200) seen.before = base.epochs;
    return [seen.before > 0, seen.before > 0 && state.batch === 32 && base.epochs < seen.before];
  },
];
