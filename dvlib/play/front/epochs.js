// The boundary after each epoch of the training with the probe; computed once somebody asks.
export class Epochs {
  constructor(play) { Object.assign(this, { play, range: play.view.field("epoch"), path: null }); }

  renew(epochs) { // the probe was trained anew
    this.path = null;
    this.range.max = this.range.value = epochs;
    this.range.removeAttribute("aria-valuetext");
    this.say(`Trained for ${epochs} epochs. Move the slider to see the boundary after each.`);
  }
  say(text) { this.play.view.one(".epoch").textContent = text; }

  async show(epoch) {
    const { play } = this;
    if (!play.base) return;
    this.wanted = epoch;
    const asked = this.path ??= play.engine.trajectory([...play.probe]), path = await asked;
    if (asked !== this.path || !play.base) return;
    const size = path.f.length / (path.epochs + 1), at = Math.min(this.wanted, path.epochs);
    play.now = path.f.subarray(at * size, (at + 1) * size);
    const text = at ? `After epoch ${at} of ${path.epochs}: the point is ${path.hits[at - 1] ? "right" : "wrong"}.` : "Before training: the initial weights.";
    this.say(text);
    this.range.setAttribute("aria-valuetext", text);
    play.show("now");
  }
}
