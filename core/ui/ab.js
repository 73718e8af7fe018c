// Two sounds in step, one of them heard. Both play from one clock, and switching moves two gains within a few
// milliseconds, so that there is no gap and no click. Loudness is matched by gains that Python worked out.
// Streamlit calls the default export again whenever the data changes and keeps the element.

const FADE_S = 0.012;
const instances = new WeakMap();

export default function (component) {
  const { parentElement } = component;
  let pair = instances.get(parentElement);
  if (!pair) {
    pair = new Pair(parentElement.querySelector(".ab"));
    instances.set(parentElement, pair);
  }
  pair.update(component);
  return () => {
    pair.close();
    instances.delete(parentElement);
  };
}

class Pair {
  constructor(root) {
    this.root = root;
    root.pair = this;
    this.side = "a";
    this.matched = true;
    this.at = 0;
    this.pending = false;
    this.blind = new Blind(this, this.part(".blind"));
    this.held = new Held({
      playing: () => Boolean(this.nodes),
      pause: () => this.pause(),
      say: (text) => (this.part(".note").textContent = text),
    });
    this.wire();
  }

  update({ data: sent, setTriggerValue }) {
    const data = JSON.parse(sent.json);
    const fresh = !this.data || this.data.id !== data.id;
    this.data = data;
    this.ask = () => setTriggerValue("play", Date.now());
    if (fresh) {
      this.unload();
      this.at = 0;
    }
    this.part(".at").max = this.seconds().toFixed(2);
    this.blind.update(data.blind, fresh);
    this.show();
    if (data.sounds.a.url && !this.buffers && !this.loading) this.load();
  }

  part(selector) {
    return this.root.querySelector(selector);
  }

  // The second sound is so much later than the first; the first one's time is the pair's.
  delay() {
    return this.data.delay;
  }

  seconds() {
    return Math.max(this.data.sounds.a.seconds, this.data.sounds.b.seconds - this.delay(), 0.01);
  }

  // Of the difference B is subtracted: what both have in common is silent.
  gain(side) {
    const audible = this.side === "x" ? this.blind.x : this.side;
    if (side !== audible && audible !== "d") return 0;
    const sign = audible === "d" && side === "b" ? -1 : 1;
    const { gain_db, scale } = this.data.sounds[side];
    return sign * scale * (this.matched ? 10 ** (gain_db / 20) : 1);
  }

  // Sound ---------------------------------------------------------------------------------------

  async load() {
    const id = this.data.id;
    this.loading = true;
    this.context ??= new AudioContext();
    try {
      const buffers = await Promise.all(
        ["a", "b"].map(async (side) => {
          const answer = await fetch(this.data.sounds[side].url);
          if (!answer.ok) throw new Error(answer.statusText);
          return this.context.decodeAudioData(await answer.arrayBuffer());
        }),
      );
      if (!this.data || this.data.id !== id) return;
      this.buffers = { a: buffers[0], b: buffers[1] };
      if (this.pending) this.play();
    } catch {
      this.state("paused");
      this.part(".time").textContent = "the player could not load the sounds";
    } finally {
      this.loading = false;
    }
  }

  toggle() {
    if (this.root.dataset.state === "playing") {
      this.pause();
    } else if (this.buffers) {
      this.play();
    } else {
      this.pending = true;
      this.context ??= new AudioContext(); // made within the press, which browsers ask for
      this.state("loading");
      this.ask();
      if (this.data.sounds.a.url && !this.loading) this.load();
    }
  }

  play() {
    this.pending = false;
    this.held.watch(this.context);
    this.context.resume();
    if (!this.out) {
      this.out = new GainNode(this.context);
      this.out.connect(this.context.destination);
    }
    this.measure();
    this.meter?.reset();
    if (this.at >= this.seconds() - 0.05) this.at = 0;
    this.stopSources();
    const began = this.context.currentTime + 0.02;
    this.began = began - this.at;
    this.nodes = {};
    for (const side of ["a", "b"]) {
      const source = new AudioBufferSourceNode(this.context, { buffer: this.buffers[side] });
      const gain = new GainNode(this.context, { gain: this.gain(side) });
      source.connect(gain).connect(this.out);
      const offset = this.at + (side === "b" ? this.delay() : 0);
      if (offset < this.buffers[side].duration) source.start(began + Math.max(0, -offset), Math.max(0, offset));
      this.nodes[side] = { source, gain };
    }
    this.state("playing");
    this.follow();
    this.held.begun();
  }

  // Open or close the analyzer: it shows what is audible, at the level at which it plays.
  meters() {
    if (this.blind.running) return;
    const panel = this.part(".an");
    panel.hidden = !panel.hidden;
    this.part(".meters").setAttribute("aria-pressed", String(!panel.hidden));
    if (panel.hidden || !window.gainstageMeter) return;
    this.meter ??= new window.gainstageMeter.LiveMeter(panel, { target: this.data.target });
    this.meter.draw();
    this.measure();
  }

  // A blind test begins: both equally loud, and nothing that shows which of them plays.
  begin() {
    if (!this.part(".an").hidden) this.meters();
    this.matched = true;
  }

  measure() {
    if (this.meter && this.out && !this.part(".an").hidden) this.meter.listen(this.context, this.out);
  }

  pause() {
    this.at = this.now();
    this.stopSources();
    this.state("paused");
    this.show();
  }

  stopSources() {
    cancelAnimationFrame(this.frame);
    for (const { source, gain } of Object.values(this.nodes ?? {})) {
      source.onended = null;
      source.disconnect();
      gain.disconnect();
    }
    this.nodes = null;
  }

  now() {
    if (!this.nodes) return this.at;
    return Math.min(this.seconds(), Math.max(0, this.context.currentTime - this.began));
  }

  follow() {
    const step = () => {
      if (!this.nodes) return;
      this.at = this.now();
      if (this.at >= this.seconds()) {
        this.pause();
        return;
      }
      this.show();
      this.meter?.draw();
      this.frame = requestAnimationFrame(step);
    };
    step();
  }

  seek(seconds) {
    const playing = Boolean(this.nodes);
    this.at = Math.min(this.seconds(), Math.max(0, seconds));
    if (playing) this.play();
    this.show();
  }

  choose(side) {
    this.side = side;
    this.level();
  }

  level() {
    for (const [side, { gain }] of Object.entries(this.nodes ?? {})) {
      const now = this.context.currentTime;
      gain.gain.cancelScheduledValues(now);
      gain.gain.setValueAtTime(gain.gain.value, now);
      gain.gain.linearRampToValueAtTime(this.gain(side), now + FADE_S);
    }
    this.show();
  }

  unload() {
    this.stopSources();
    this.buffers = null;
    this.pending = false;
    this.state("paused");
  }

  close() {
    this.unload();
    this.held.leave();
    this.meter?.leave();
    this.context?.close();
    this.context = this.out = null;
    this.data = null;
  }

  // Looks ---------------------------------------------------------------------------------------

  state(name) {
    this.root.dataset.state = name;
    const playing = name === "playing";
    const button = this.part(".play");
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
    button.title = playing ? "Pause (space)" : "Play (space)";
  }

  show() {
    if (!this.data) return;
    this.root.dataset.side = this.side;
    this.root.dataset.at = this.at.toFixed(2);
    for (const side of ["a", "b"]) {
      const sound = this.data.sounds[side];
      const button = this.part(`.side.${side}`);
      button.setAttribute("aria-pressed", String(side === this.side));
      button.querySelector("span").textContent = sound.label;
      button.querySelector("small").textContent = this.matched ? sound.matched : sound.plain;
    }
    this.part(".diff").setAttribute("aria-pressed", String(this.side === "d"));
    this.part(".diff").disabled = this.blind.running;
    this.part(".match").setAttribute("aria-pressed", String(this.matched));
    this.part(".match").disabled = !this.data.matchable || this.blind.running;
    this.part(".meters").disabled = this.blind.running;
    this.part(".hear-x").setAttribute("aria-pressed", String(this.side === "x"));
    const slider = this.part(".at");
    if (this.root.getRootNode().activeElement !== slider || this.nodes) slider.value = this.at;
    this.part(".time").textContent = `${clock(this.at)} / ${clock(this.seconds())}`;
  }

  // Hands ---------------------------------------------------------------------------------------

  wire() {
    this.part(".play").onclick = () => this.toggle();
    this.part(".side.a").onclick = () => this.choose("a");
    this.part(".side.b").onclick = () => this.choose("b");
    this.part(".diff").onclick = () => this.difference();
    this.part(".match").onclick = () => this.match();
    this.part(".meters").onclick = () => this.meters();
    this.part(".at").oninput = (event) => this.seek(Number(event.target.value));
    this.root.onkeydown = (event) => this.key(event);
  }

  difference() {
    if (!this.blind.running) this.choose(this.side === "d" ? "a" : "d");
  }

  match() {
    if (!this.data.matchable || this.blind.running) return;
    this.matched = !this.matched;
    this.level();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onButton = event.target.tagName === "BUTTON";
    const onSlider = event.target.tagName === "INPUT";
    const deeds = {
      x: () => (this.blind.running ? this.blind.hear() : this.choose(this.side === "a" ? "b" : "a")),
      a: () => this.choose("a"),
      b: () => this.choose("b"),
      d: () => this.difference(),
      m: () => this.match(),
      Home: () => this.seek(0),
    };
    if (!onButton) deeds[" "] = () => this.toggle();
    if (!onSlider) {
      deeds.ArrowLeft = () => this.seek(this.now() - 5);
      deeds.ArrowRight = () => this.seek(this.now() + 5);
    }
    const deed = deeds[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }
}

function clock(seconds) {
  const tenths = Math.round(seconds * 10);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
}
