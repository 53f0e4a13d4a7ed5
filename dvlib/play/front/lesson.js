// The lesson on the screen: its text, and whether the reader has done it.
//
// lessons.json has them. Its "done" are two expressions, one for each step of a lesson, which page.py
// makes into functions, CHECKS. They read the state, the values of the probe [x, y, label], those of
// f_X (base) and the share of the map that is there. `seen` is the lesson's own note, empty at first.
export class Lesson {
  constructor(play) { Object.assign(this, { play, seen: {}, shown: null }); }

  get text() { return this.play.config.lessons[this.play.state.lesson - 1]; }
  start(k) {
    this.shown = null;
    const lesson = this.play.config.lessons[k - 1];
    return this.play.open(lesson ? `#${lesson.start}` : "#lesson=0");
  }
  show() {
    const { text } = this, { one } = this.play.view;
    one(".task").hidden = !text;
    if (!text || this.shown === text) return;
    this.shown = text;
    this.seen = {};
    one(".task h2").textContent = text.title;
    one(".ask").textContent = text.ask;
    one("ol").replaceChildren(...text.do.map(step => Object.assign(document.createElement("li"), { textContent: step })));
    one(".answer").hidden = one('[data-do="next"]').hidden = true;
  }
  check() {
    const { play, text, seen } = this, { state, base, values, view } = play;
    if (!text || !base || !values) return;
    const [x, y, label] = play.measured;
    const done = CHECKS[state.lesson - 1]({
      state, base, values, seen, x, y, label, lawful: label === play.truth(x, y), map: play.map.share,
      right: values.unknown === 1, near: (a, b) => Math.hypot(x - a, y - b) < 1.5,
    });
    [...view.one("ol").children].forEach((item, k) => {
      if (item.classList.contains("did") || !done[k]) return;
      item.classList.add("did");
      item.append(Object.assign(document.createElement("span"), { className: "unseen", textContent: " (done)" }));
    });
    if (!done.every(Boolean) || !view.one(".answer").hidden) return;
    view.one(".answer").textContent = text.answer;
    view.one(".answer").hidden = false;
    view.one('[data-do="next"]').hidden = state.lesson === play.config.lessons.length;
    play.announceSoon(`Done. ${text.answer}`);
  }
}
