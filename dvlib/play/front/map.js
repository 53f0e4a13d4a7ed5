// The value map: one refit a cell, coarse to fine, in the background.
import { blocksOf } from "./state.js";

export class ValueMap {
  constructor(play) { this.play = play; }

  clear() {
    this.play.engine.each("add", null);
    this.cells = null;
    this.progress();
  }
  fill() {
    const { play } = this;
    if (!play.base) return;
    const side = play.config.cells, [low] = play.range, { unit } = play;
    const blocks = blocksOf(side, play.state.step), values = new Array(blocks.length);
    const cells = this.cells = { side, blocks, values, done: 0, began: performance.now() };
    const points = blocks.map(([i, j]) => {
      const [x, y] = [low + i * unit, low + j * unit];
      return [x, y, play.truth(x, y)];
    });
    this.progress();
    play.engine.each("add", points, (k, found) => {
      if (cells !== this.cells) return;
      values[k] = found;
      cells.done++;
      if ([81, 324, 1296].includes(cells.done)) cells[`at${cells.done}`] = performance.now() - cells.began;
      play.later("map", 100, () => { play.show("map"); this.progress(); play.lesson.check(); });
    });
  }
  get share() { return this.cells ? this.cells.done / this.cells.blocks.length : 0; }
  progress() {
    const { one } = this.play.view, { cells, share } = this;
    const count = number => number.toLocaleString("en");
    one("progress").value = share;
    if (!cells) one(".progress span").textContent = "";
    else if (share === 1) one(".progress span").textContent = `Value map: ${count(cells.done)} refits done.`;
    else one(".progress span").textContent = `Value map: refit ${count(cells.done)} of ${count(cells.blocks.length)}`;
  }
}
