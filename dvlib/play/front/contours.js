// Curves where f, given on side × side points, passes through zero (marching squares).
//
// Points of the mesh are joined by edges: number 2 k goes from point k to the right, 2 k + 1 up. A
// curve is a sequence of edges it crosses, so that a dashed line is dashed along its whole length.
export function curvesOf(f, side) {
  const neighbours = new Map();
  const join = (a, b) => neighbours.set(a, [...(neighbours.get(a) || []), b]);
  for (let row = 0; row + 1 < side; row++) for (let column = 0; column + 1 < side; column++) {
    const k = row * side + column;
    const corners = [f[k] > 0, f[k + 1] > 0, f[k + side + 1] > 0, f[k + side] > 0];
    const edges = [2 * k, 2 * (k + 1) + 1, 2 * (k + side), 2 * k + 1];
    const crossed = edges.filter((_, s) => corners[s] !== corners[(s + 1) % 4]);
    for (let s = 0; s + 1 < crossed.length; s += 2) {
      join(crossed[s], crossed[s + 1]);
      join(crossed[s + 1], crossed[s]);
    }
  }
  const curves = [], seen = new Set();
  const walk = start => {
    const curve = [];
    for (let edge = start; edge !== undefined; edge = neighbours.get(edge).find(one => !seen.has(one))) {
      seen.add(edge);
      curve.push(crossing(f, side, edge));
    }
    if (neighbours.get(start).length > 1) curve.push(curve[0]); // closed
    curves.push(curve);
  };
  const edges = [...neighbours.keys()], ends = edges.filter(edge => neighbours.get(edge).length === 1);
  for (const edge of [...ends, ...edges]) if (!seen.has(edge)) walk(edge);
  return curves;
}

function crossing(f, side, edge) {
  const k = edge >> 1, up = edge & 1, a = f[k], share = a / (a - f[k + (up ? side : 1)]);
  return [k % side + (up ? 0 : share), Math.floor(k / side) + (up ? share : 0)];
}
