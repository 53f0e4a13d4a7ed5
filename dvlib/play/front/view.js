// The elements of the playground. No behaviour: `playground.js` gives them that.
import { METHODS } from "./colours.js";

const option = (value, name) => `<option value="${value}">${name}</option>`;
const choice = (name, label, options) =>
  `<label>${label}<select name="${name}">${options.map(([value, text]) => option(value, text)).join("")}</select></label>`;
const number = (name, label, low, high, step = 1) =>
  `<label>${label}<input name="${name}" type="number" inputmode="decimal" min="${low}" max="${high}" step="${step}"></label>`;
const radios = (name, legend, options) => `<fieldset><legend>${legend}</legend>${options.map(([value, text]) =>
  `<label><input type="radio" name="${name}" value="${value}">${text}</label>`).join("")}</fieldset>`;

export function viewOf(element, config) {
  const id = `dv${Math.random().toString(36).slice(2, 8)}`;
  element.classList.add("dvplay");
  element.innerHTML = `
  <div class="stage">
    <canvas tabindex="0" role="application" aria-roledescription="plane" aria-label="The plane, with the added point" aria-describedby="${id}-keys ${id}-said"></canvas>
    <p class="said" id="${id}-said"></p>
    <div class="bar"><span class="low"></span><span class="colours"></span><span class="high"></span></div>
    <p class="meaning"></p>
    <p class="lines"><span class="g">g, the truth</span><span class="base">f_X</span><span class="now">f with the point</span></p>
    <div class="clicks">
      ${radios("label", "Label of a point", [["g", "g's"], ["0", "0"], ["1", "1"]])}
      ${radios("click", "A click", [["probe", "moves the point"], ["add", "adds to X"]])}
      <button type="button" data-do="keep">Keep the point in X</button>
      <button type="button" data-do="undo">Undo</button>
    </div>
    <p class="keys" id="${id}-keys">Click or drag to move the point. Keys: arrows (with Shift, farther), 0, 1 or G for its label, Enter to keep it, Page Up and Page Down to choose a point of X, Delete to remove that one, Escape to go back.</p>
  </div>
  <div class="side">
    <p class="unseen" role="status" aria-live="polite"></p>
    <p class="problem" role="alert" hidden></p>
    <section class="lesson" aria-labelledby="${id}-lesson">
      <label>Lesson<select name="lesson">${option(0, "none: play")}${config.lessons.map((one, k) => option(k + 1, `${k + 1}. ${one.title}`)).join("")}</select></label>
      <div class="task" hidden><h2 id="${id}-lesson"></h2><p class="ask"></p><ol></ol><p class="answer" hidden></p>
      <button type="button" data-do="next" hidden>Next lesson</button></div>
    </section>
    <form class="controls">
      ${choice("dataset", "Data set", Object.keys(config.sets).map(name => [name, name.replaceAll("_", " ")]))}
      ${number("n", "Points per label", 4, 1000)}
      ${number("std", "Spread of the clusters", 0.05, 6, "any")}
      ${number("seed", "Seed", 0, 4294967295)}
      ${choice("hidden", "Hidden units", [[1000, "1,000"], [300, "300: faster, another picture"], [100, "100: faster, another picture"]])}
      ${number("batch", "Points per batch", 1, 5000)}
      ${choice("method", "Value", Object.entries(METHODS).map(([key, one]) => [key, one.name]))}
      ${choice("step", "Map, in steps of", [[1, "1 (36 × 36)"], [2, "2 (18 × 18)"], [4, "4 (9 × 9)"]])}
    </form>
    <p class="progress"><progress max="1" value="0" aria-label="Value map"></progress> <span></span></p>
    <section class="training"><h2>Training, epoch by epoch</h2>
      <label><span class="unseen">Epoch</span><input name="epoch" type="range" min="0" max="1" value="1"></label><p class="epoch"></p></section>
    <section class="values"><h2>The points of X by value</h2>
      <button type="button" data-do="leave">Leave each out</button>
      <p class="note"></p><ul role="listbox" tabindex="0" aria-label="Points of X, the highest value first"></ul></section>
    <p class="take"><button type="button" data-do="link">Copy the link</button><button type="button" data-do="png">PNG</button><button type="button" data-do="csv">CSV</button><button type="button" data-do="python">Copy as Python</button></p>
    <p class="done" role="status"></p>
  </div>`;
  const one = query => element.querySelector(query);
  return { element, one, all: query => [...element.querySelectorAll(query)], canvas: one("canvas"), form: one("form"), field: name => one(`[name="${name}"]`) };
}
