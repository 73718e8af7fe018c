// The waveform's hands and ears: it plays the sound, seeks, zooms, and listens to the keyboard.
// Streamlit calls the default export again whenever the data changes and keeps the element; so one
// instance lives per element, and an update (a player's address, new findings) does not stop the sound.

const instances = new WeakMap();
let sounding = null;

export default function (component) {
  const { parentElement } = component;
  let wave = instances.get(parentElement);
  if (!wave) {
    wave = new Wave(parentElement.querySelector(".gw"));
    instances.set(parentElement, wave);
  }
  wave.update(component);
  return () => {
    wave.close();
    instances.delete(parentElement);
  };
}

function bytes(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

class Wave extends WavePicture {
  constructor(root) {
    super();
    this.root = root;
    this.canvas = root.querySelector("canvas");
    this.pen = this.canvas.getContext("2d");
    this.view = [0, 1];
    this.at = 0;
    this.scale = "linear";
    this.showLoudness = false;
    this.pointers = new Map();
    this.audio = null;
    this.pending = false;
    this.frame = 0;
    this.wire();
  }

  update({ data: sent, setTriggerValue }) {
    const data = JSON.parse(sent.json);
    const fresh = !this.data || this.data.id !== data.id;
    this.data = data;
    this.ask = () => setTriggerValue("play", Date.now());
    this.lanes = data.lanes.map((lane) => ({ ...lane, codes: new Int8Array(bytes(lane.peaks).buffer) }));
    this.loudness = data.loudness ? bytes(data.loudness) : null;
    if (fresh) {
      this.silence();
      this.view = [0, data.seconds];
      this.at = 0;
    }
    this.part(".play").hidden = !data.playable;
    this.part(".time").hidden = !data.playable;
    this.part(".meters").hidden = !data.playable;
    this.part(".loud").hidden = !this.loudness;
    this.canvas.style.height = `${data.lane_px * this.lanes.length + (data.reduction ? REDUCTION_PX : 0) + TIMES_PX}px`;
    this.canvas.setAttribute("aria-label", data.label);
    this.canvas.setAttribute("aria-valuemax", data.seconds.toFixed(1));
    if (data.url && (!this.audio || this.audio.dataset.url !== data.url)) this.load(data.url);
    this.draw();
  }

  part(selector) {
    return this.root.querySelector(selector);
  }

  // Sound ---------------------------------------------------------------------------------------

  load(url) {
    const playing = this.audio && !this.audio.paused;
    this.audio?.pause();
    this.audio = new Audio(url);
    this.audio.dataset.url = url;
    this.audio.preload = "auto";
    this.audio.currentTime = this.at;
    this.audio.onended = () => this.paused();
    this.audio.onpause = () => this.paused();
    this.audio.onerror = () => this.failed();
    this.measure();
    if (this.pending || playing) this.play();
  }

  // Open or close the analyzer.
  meters() {
    const panel = this.part(".an");
    panel.hidden = !panel.hidden;
    this.part(".meters").setAttribute("aria-pressed", String(!panel.hidden));
    if (panel.hidden || !window.gainstageMeter || !window.AudioContext) return;
    this.meter ??= new window.gainstageMeter.LiveMeter(panel);
    this.meter.draw();
    this.measure();
  }

  // Lead the sound past the meter. An element stays with the context that it was given to once.
  measure() {
    if (!this.meter || !this.audio || this.part(".an").hidden) return;
    const context = (window.gainstageContext ??= new AudioContext());
    context.resume();
    if (!this.audio.node) {
      this.audio.node = context.createMediaElementSource(this.audio);
      this.audio.node.connect(context.destination);
    }
    this.meter.listen(context, this.audio.node);
  }

  toggle() {
    if (!this.data.playable) return;
    if (this.audio && !this.audio.paused) {
      this.audio.pause();
    } else if (this.audio) {
      this.play();
    } else {
      this.pending = true;
      this.state("loading");
      this.ask();
    }
  }

  play() {
    this.pending = false;
    if (sounding && sounding !== this) sounding.audio?.pause();
    sounding = this;
    if (this.at >= this.data.seconds - 0.05) this.at = 0;
    this.audio.currentTime = this.at;
    if (this.audio.node) window.gainstageContext.resume();
    this.meter?.reset();
    this.audio.play().then(
      () => {
        this.state("playing");
        this.follow();
      },
      () => this.paused(),
    );
  }

  paused() {
    cancelAnimationFrame(this.frame);
    if (this.audio) this.at = Math.min(this.audio.currentTime, this.data.seconds);
    this.state("paused");
    this.draw();
  }

  failed() {
    this.audio = null;
    this.pending = false;
    this.state("paused");
    this.part(".time").textContent = "the player could not load this sound";
  }

  silence() {
    cancelAnimationFrame(this.frame);
    if (this.audio) {
      this.audio.onpause = this.audio.onended = this.audio.onerror = null;
      this.audio.pause();
      this.meter?.leave();
      this.audio.node?.disconnect();
      this.audio.src = "";
      this.audio = null;
    }
    this.pending = false;
    this.state("paused");
  }

  follow() {
    cancelAnimationFrame(this.frame);
    const step = () => {
      if (!this.audio || this.audio.paused) return;
      this.at = this.audio.currentTime;
      const [from, to] = this.view;
      if (this.at > to || this.at < from) this.show(this.at, this.at + (to - from));
      this.draw();
      this.meter?.draw();
      this.frame = requestAnimationFrame(step);
    };
    step();
  }

  state(name) {
    this.root.dataset.state = name;
    const button = this.part(".play");
    const playing = name === "playing";
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
    button.title = playing ? "Pause (space)" : "Play (space)";
  }

  seek(seconds) {
    this.at = Math.min(this.data.seconds, Math.max(0, seconds));
    if (this.audio) this.audio.currentTime = this.at;
    const [from, to] = this.view;
    if (this.at < from || this.at > to) this.show(this.at - (to - from) / 2, this.at + (to - from) / 2);
    this.draw();
  }

  // View ----------------------------------------------------------------------------------------

  show(from, to) {
    const whole = this.data.seconds;
    const length = Math.min(whole, Math.max(Math.min(whole, 0.05), to - from));
    const start = Math.min(whole - length, Math.max(0, from));
    this.view = [start, start + length];
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

  // Hands ---------------------------------------------------------------------------------------

  wire() {
    const { canvas } = this;
    this.part(".play").onclick = () => this.toggle();
    this.part(".meters").onclick = () => this.meters();
    this.part(".in").onclick = () => this.zoom(0.5);
    this.part(".out").onclick = () => this.zoom(2);
    this.part(".scale").onclick = () => {
      this.scale = this.scale === "linear" ? "dB" : "linear";
      this.part(".scale").setAttribute("aria-pressed", this.scale === "dB");
      this.draw();
    };
    this.part(".loud").onclick = () => {
      this.showLoudness = !this.showLoudness;
      this.part(".loud").setAttribute("aria-pressed", this.showLoudness);
      this.draw();
    };
    canvas.onpointerdown = (event) => this.press(event);
    canvas.onpointermove = (event) => this.move(event);
    canvas.onpointerup = canvas.onpointercancel = (event) => this.pointers.delete(event.pointerId);
    canvas.onwheel = (event) => this.wheel(event);
    canvas.onkeydown = (event) => this.key(event);
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(canvas);
    this.root.ontransitionend = () => this.draw(); // the theme changed
  }

  press(event) {
    this.pointers.set(event.pointerId, event);
    if (this.pointers.size === 1) this.seek(this.timeAt(event));
    canvasCapture(this.canvas, event);
  }

  move(event) {
    const held = this.pointers.get(event.pointerId);
    if (!held) {
      const time = this.timeAt(event);
      const span = this.data.spans.find((s) => time >= s.start && time <= s.stop);
      this.canvas.title = span ? span.text : "";
      return;
    }
    if (this.pointers.size === 2) {
      const other = [...this.pointers.values()].find((p) => p.pointerId !== event.pointerId);
      const before = Math.abs(held.clientX - other.clientX) || 1;
      const now = Math.abs(event.clientX - other.clientX) || 1;
      this.pointers.set(event.pointerId, event);
      this.zoom(before / now, (this.timeAt(event) + this.timeAt(other)) / 2);
    } else {
      this.pointers.set(event.pointerId, event);
      this.seek(this.timeAt(event));
    }
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
    const deeds = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.seek(this.at - step),
      ArrowRight: () => this.seek(this.at + step),
      Home: () => this.seek(0),
      End: () => this.seek(this.data.seconds),
      "+": () => this.zoom(0.5),
      "-": () => this.zoom(2),
      0: () => this.zoom(1e9),
    };
    const deed = deeds[event.key];
    if (!deed || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }

  close() {
    this.silence();
    this.watch.disconnect();
    if (sounding === this) sounding = null;
  }
}

function canvasCapture(canvas, event) {
  if (event.isTrusted) canvas.setPointerCapture(event.pointerId);
}
