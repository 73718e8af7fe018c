// The waveform's hands: the visible span, a selection, the findings, the pointer and the keyboard.
// It stands between the picture and the player in the same module; see wave.py.

const FEWEST_SAMPLES = 24;
const ASK_MS = 200;
const DRAG_PX = 4;

class WaveHands extends WavePicture {
  // View ----------------------------------------------------------------------------------------

  show(from, to) {
    const whole = this.data.seconds;
    const shortest = Math.min(whole, FEWEST_SAMPLES / this.data.rate);
    const length = Math.min(whole, Math.max(shortest, to - from));
    const start = Math.min(whole - length, Math.max(0, from));
    this.view = [start, start + length];
    clearTimeout(this.asking);
    this.asking = setTimeout(() => this.askFiner(), ASK_MS);
  }

  // Ask for columns of the visible span, and as much on both sides, where those at hand are broader than a pixel.
  askFiner() {
    if (!this.data) return;
    const [from, to] = this.view;
    const length = to - from;
    const whole = this.data.seconds;
    const broad = (count, span) => (count * length) / span < this.canvas.clientWidth * 0.9;
    if (!broad(this.lanes[0].codes.length / 2, whole)) return;
    const fine = this.fineOf(from, to);
    if (fine && (fine.samples || !broad(fine.count, fine.to - fine.from))) return;
    const span = [Math.max(0, from - length / 2), Math.min(whole, to + length / 2)];
    this.trigger("view", JSON.stringify(span.map((seconds) => Number(seconds.toFixed(6)))));
  }

  zoom(factor, centre) {
    const [from, to] = this.view;
    const middle = centre ?? (this.at >= from && this.at <= to ? this.at : (from + to) / 2);
    const share = (middle - from) / (to - from || 1);
    const length = (to - from) * factor;
    this.show(middle - share * length, middle + (1 - share) * length);
    this.draw();
  }

  timeAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const [from, to] = this.view;
    return from + ((event.clientX - box.left) / box.width) * (to - from);
  }

  // Selection -----------------------------------------------------------------------------------

  select(a, b) {
    const inside = (seconds) => Math.min(this.data.seconds, Math.max(0, seconds));
    const [from, to] = [inside(Math.min(a, b)), inside(Math.max(a, b))];
    this.selection = to - from > 0 ? [from, to] : null;
    this.chosen();
  }

  clear() {
    this.selection = null;
    this.looped = false;
    this.chosen();
  }

  chosen() {
    const bar = this.part(".chosen");
    bar.hidden = !this.selection;
    this.part(".loop").setAttribute("aria-pressed", String(this.looped));
    this.root.dataset.selection = (this.selection ?? []).map((seconds) => seconds.toFixed(3)).join(" ");
    this.sayChosen();
    clearTimeout(this.measuring);
    if (this.selection) this.measuring = setTimeout(() => this.trigger("select", JSON.stringify(this.selection)), ASK_MS);
    this.draw();
  }

  sayChosen() {
    if (!this.selection) return;
    const [from, to] = this.selection;
    const measured = this.data.measured;
    const known = measured && Math.abs(measured.from - from) < 1e-6 && Math.abs(measured.to - to) < 1e-6;
    const length = to - from < 1 ? `${((to - from) * 1000).toFixed(1)} ms` : `${(to - from).toFixed(2)} s`;
    this.part(".span").textContent = `${clock(from, 3)} to ${clock(to, 3)} (${length})${known ? `: ${measured.text}` : ""}`;
  }

  loop() {
    if (!this.selection) return;
    this.looped = !this.looped;
    this.part(".loop").setAttribute("aria-pressed", String(this.looped));
    if (this.looped) this.seek(this.selection[0]);
  }

  // Findings ------------------------------------------------------------------------------------

  // Go to the next finding after the playhead, or the one before it; round at the ends.
  jump(forward) {
    const spans = [...this.data.spans].sort((a, b) => a.start - b.start);
    if (!spans.length) return;
    const near = 0.02;
    const next = forward
      ? (spans.find((span) => span.start > this.at + near) ?? spans[0])
      : (spans.findLast((span) => span.start < this.at - near) ?? spans[spans.length - 1]);
    this.seek(next.start);
    const [from, to] = this.view;
    if (next.stop > to || next.start < from) this.show(next.start - (to - from) / 4, next.start + (3 * (to - from)) / 4);
    const read = this.part(".read");
    read.setAttribute("aria-live", "polite");
    read.textContent = `${clock(next.start, 2)} ${next.text}`;
    this.draw();
  }

  // Hands ---------------------------------------------------------------------------------------

  wire() {
    const { canvas } = this;
    this.part(".play").onclick = () => this.toggle();
    this.part(".meters").onclick = () => this.meters();
    this.part(".in").onclick = () => this.zoom(0.5);
    this.part(".out").onclick = () => this.zoom(2);
    this.part(".loop").onclick = () => this.loop();
    this.part(".clear").onclick = () => this.clear();
    for (const verb of ["silence", "repaint", "lego"]) {
      this.part(`.${verb}`).onclick = () => this.trigger("edit", JSON.stringify([verb, ...this.selection]));
    }
    this.part(".closer").onclick = () => {
      const [from, to] = this.selection;
      this.show(from, to);
      this.draw();
    };
    this.part(".prev").onclick = () => this.jump(false);
    this.part(".next").onclick = () => this.jump(true);
    this.part(".scale").onclick = () => {
      this.scale = this.scale === "linear" ? "dB" : "linear";
      this.draw();
    };
    this.part(".loud").onclick = () => {
      this.showLoudness = !this.showLoudness;
      this.part(".loud").setAttribute("aria-pressed", this.showLoudness);
      this.draw();
    };
    this.part(".spec").onclick = () => {
      this.showSpectrogram = !this.showSpectrogram;
      this.part(".spec").setAttribute("aria-pressed", String(this.showSpectrogram));
      if (this.showSpectrogram && !this.spectrogram) this.trigger("spectrogram", Date.now());
      this.draw();
    };
    canvas.onpointerdown = (event) => this.press(event);
    canvas.onpointermove = (event) => this.move(event);
    canvas.onpointerup = (event) => this.release(event);
    canvas.onpointercancel = (event) => this.pointers.delete(event.pointerId);
    canvas.onpointerleave = () => {
      if (!this.pointers.size) this.part(".read").textContent = "";
    };
    canvas.onwheel = (event) => this.wheel(event);
    canvas.onkeydown = (event) => this.key(event);
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(canvas);
    this.root.ontransitionend = () => this.draw(); // the theme changed
  }

  // A press seeks when it is let go where it was made; one that is drawn along selects.
  press(event) {
    this.pointers.set(event.pointerId, event);
    this.began = this.pointers.size === 1 ? { time: this.timeAt(event), x: event.clientX, drawn: false } : null;
    if (event.isTrusted) this.canvas.setPointerCapture(event.pointerId);
    this.read(event);
  }

  move(event) {
    const held = this.pointers.get(event.pointerId);
    this.read(event);
    if (!held) return;
    this.pointers.set(event.pointerId, event);
    if (this.pointers.size === 2) {
      const other = [...this.pointers.values()].find((p) => p.pointerId !== event.pointerId);
      const before = Math.abs(held.clientX - other.clientX) || 1;
      const now = Math.abs(event.clientX - other.clientX) || 1;
      this.zoom(before / now, (this.timeAt(event) + this.timeAt(other)) / 2);
    } else if (this.began) {
      this.began.drawn ||= Math.abs(event.clientX - this.began.x) > DRAG_PX;
      if (this.began.drawn) this.select(this.began.time, this.timeAt(event));
    }
  }

  release(event) {
    this.pointers.delete(event.pointerId);
    const { began } = this;
    this.began = null;
    if (!began) return;
    if (began.drawn) this.seek(this.selection?.[0] ?? began.time);
    else if (event.shiftKey) this.select(this.at, began.time);
    else this.seek(began.time);
  }

  // What is under the pointer: its time, the level there, and the finding.
  read(event) {
    const time = Math.min(this.data.seconds, Math.max(0, this.timeAt(event)));
    const box = this.canvas.getBoundingClientRect();
    const share = (event.clientY - box.top) / Math.max(1, this.soundPx());
    const row = Math.min(this.lanes.length - 1, Math.max(0, Math.floor(share * this.lanes.length)));
    const span = this.data.spans.find((s) => time >= s.start && time <= s.stop && (s.lane === null || s.lane === row));
    const lane = this.lanes.length > 1 && this.lanes[row].label ? `${this.lanes[row].label} ` : "";
    const read = this.part(".read");
    read.setAttribute("aria-live", "off"); // a pointer on its way is nothing to read out
    read.textContent = `${clock(time, 3)} ${lane}${levelText(this.peakAt(row, time))}${span ? `: ${span.text}` : ""}`;
  }

  wheel(event) {
    const [from, to] = this.view;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.timeAt(event));
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY) && to - from < this.data.seconds) {
      event.preventDefault();
      const shift = (event.deltaX / this.canvas.clientWidth) * (to - from);
      this.show(from + shift, to + shift);
      this.draw();
    }
  }

  key(event) {
    const step = event.shiftKey ? 1 : 5;
    const whole = this.data.seconds;
    const deeds = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.seek(this.at - step),
      ArrowRight: () => this.seek(this.at + step),
      Home: () => this.seek(0),
      End: () => this.seek(whole),
      "+": () => this.zoom(0.5),
      "-": () => this.zoom(2),
      0: () => this.zoom(1e9),
      "[": () => this.select(this.at, Math.max(this.selection?.[1] ?? whole, this.at)),
      "]": () => this.select(Math.min(this.selection?.[0] ?? 0, this.at), this.at),
      l: () => this.loop(),
      n: () => this.jump(true),
      p: () => this.jump(false),
      Escape: () => this.clear(),
    };
    const deed = deeds[event.key];
    if (!deed || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }
}

function levelText(amplitude) {
  if (amplitude === null) return "not a number";
  if (amplitude <= 0) return "−∞ dBFS";
  return `${(20 * Math.log10(amplitude)).toFixed(1).replace("-", "−")} dBFS`;
}
