// The blind test of the A/B player: X is A or B, drawn anew for each trial. What X is shows nowhere on the page
// until the trials are over: neither pressed buttons, nor levels, nor the analyzer, which is closed meanwhile.
// Concatenated after ab.js, whose player it turns.

class Blind {
  constructor(pair, root) {
    this.pair = pair;
    this.root = root;
    this.part(".start").onclick = () => this.start();
    this.part(".hear-x").onclick = () => this.hear();
    this.part(".is-a").onclick = () => this.answer("a");
    this.part(".is-b").onclick = () => this.answer("b");
  }

  part(selector) {
    return this.root.querySelector(selector);
  }

  // The sounds are others, or the page tells of no test: what was begun is over.
  update(offered, fresh) {
    this.offered = offered;
    this.root.hidden = !offered || !this.pair.data.matchable;
    if (fresh) this.end("");
    if (fresh && offered) this.say(`${offered.trials} trials: X is A or B, both equally loud. Press what X is.`);
  }

  get running() {
    return this.x !== null && this.x !== undefined;
  }

  start() {
    this.right = this.done = 0;
    this.pair.begin();
    this.draw();
  }

  draw() {
    this.x = crypto.getRandomValues(new Uint8Array(1))[0] & 1 ? "b" : "a";
    this.enable(true);
    this.say(`Trial ${this.done + 1} of ${this.offered.trials}: listen to A, B and X.`);
    this.hear();
  }

  hear() {
    this.pair.choose("x");
    if (this.pair.root.dataset.state === "paused") this.pair.toggle();
  }

  answer(side) {
    this.right += side === this.x;
    this.done += 1;
    if (this.done < this.offered.trials) this.draw();
    else this.result();
  }

  result() {
    const { trials, chances } = this.offered;
    const chance = chances[this.right];
    const verdict = chance <= 0.05 ? "You hear a difference." : "No difference is shown.";
    this.end(
      `${this.right} of ${trials} right. Guessing does as well in ${(100 * chance).toFixed(1)} % of tests. ${verdict}`,
    );
  }

  end(text) {
    this.x = null;
    this.enable(false);
    this.say(text);
    if (this.pair.side === "x") this.pair.choose("a");
    this.pair.show();
  }

  enable(on) {
    for (const name of ["hear-x", "is-a", "is-b"]) this.part(`.${name}`).disabled = !on;
    this.part(".start").textContent = on ? "Start again" : "Start ABX test";
    this.part(".hear-x").setAttribute("aria-pressed", String(this.pair.side === "x"));
  }

  say(text) {
    this.part("output").textContent = text;
  }
}
