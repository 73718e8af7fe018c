// The mixer: every stem plays in step from one clock, a fader is heard at once, and nothing is rendered before
// Render is pressed. Streamlit calls the default export again whenever the data changes and keeps the element.

const RAMP_S = 0.015;
const LOW_DB = -60;
const HIGH_DB = 12;
const SETTLE_MS = 250;
const MOST_BYTES = 900e6;
const instances = new WeakMap();

export default function (component) {
  const { parentElement } = component;
  let mixer = instances.get(parentElement);
  if (!mixer) {
    mixer = new Mixer(parentElement.querySelector(".mx"));
    instances.set(parentElement, mixer);
  }
  mixer.update(component);
  return () => {
    mixer.close();
    instances.delete(parentElement);
  };
}

class Mixer extends MixerLoading {
  constructor(root) {
    super();
    this.root = root;
    root.mixer = this;
    this.buffers = new Map();
    this.openings = new Map();
    this.opens = new Set();
    this.beginnings = new Map();
    this.at = 0;
    this.heard = "live";
    this.busDb = 0;
    this.analyzer = new Analyzer(root.querySelector(".an"));
    this.held = new Held({
      playing: () => Boolean(this.nodes),
      pause: () => this.pause(),
      say: (text) => this.say(text || this.data.note),
    });
    this.wire();
  }

  update({ data: sent, setTriggerValue }) {
    const data = JSON.parse(sent.json);
    const before = this.data;
    this.data = data;
    this.analyzer.target = data.target;
    this.trigger = setTriggerValue;
    if (!before || before.id !== data.id) this.begin(before);
    else if (before.note !== data.note) this.say(this.obstacle() ?? data.note);
    // A sound that was lost shows when it is asked for.
    this.strips.forEach((strip, n) => Object.assign(strip, { missing: data.strips[n].missing, state: data.strips[n].state }));
    for (const [key, url] of Object.entries(data.urls)) this.fetched(key, url);
    if (!data.rendered && this.heard !== "live") this.hear("live");
    this.part(".at").max = data.seconds.toFixed(2);
    if (this.pending && this.begins()) this.play();
    this.show();
  }

  part(selector) {
    return this.root.querySelector(selector);
  }

  // The settings stand anew: what was moved since, in this browser and at these settings, stays moved.
  begin(before) {
    const { strips } = this.data;
    const { moved, solo } = JSON.parse(sessionStorage.getItem(this.place())) ?? { moved: {}, solo: [] };
    this.strips = strips.map((strip) => ({ ...strip, ...moved[strip.name], solo: solo.includes(strip.name) }));
    const wanted = this.playable();
    for (const key of this.buffers.keys()) if (!wanted.has(key)) this.buffers.delete(key);
    const stems = (data) => data.strips.map((strip) => strip.key).join();
    if (before && (before.rate !== this.data.rate || stems(before) !== stems(this.data))) this.unload();
    this.whole = null;
    this.build();
    this.apply();
    this.say(this.obstacle() ?? this.data.note);
  }

  // Why nothing can be heard here, in one sentence; null when it can.
  obstacle() {
    const { channels, seconds, rate } = this.data;
    const instead = this.renders() ? "set the faders, and press Render to hear them." : "open each stem below to hear it.";
    if (!globalThis.AudioContext) return `This browser has no Web Audio: ${instead}`;
    if (channels > 2) return `Stems of ${channels} channels are not played here: ${instead}`;
    const bytes = this.playable().size * channels * seconds * rate * 4;
    if (bytes > MOST_BYTES) {
      return `These stems would take ${Math.round(bytes / 1e6)} MB of the browser's memory (the mixer takes up to ${MOST_BYTES / 1e6}): ${instead}`;
    }
    return null;
  }

  say(text) {
    this.part(".note").textContent = text ?? "";
  }

  // Sound ---------------------------------------------------------------------------------------

  open() {
    if (this.context) return;
    try {
      // At the stems' own rate nothing is resampled: what is heard is what is rendered.
      this.context = new AudioContext({ sampleRate: this.data.rate });
    } catch {
      this.context = new AudioContext();
      this.say(`This browser does not play ${this.data.rate} Hz as it is: what is heard is resampled, what is rendered is not.`);
    }
    const { context } = this;
    this.held.watch(context);
    const { strips, channels, mono_check: monoCheck } = this.data;
    this.graph = new MixGraph(context, channels, strips.length, monoCheck);
    this.gates = { live: new GainNode(context), rendered: new GainNode(context, { gain: 0 }) };
    this.measured = new GainNode(context, { channelCount: 2, channelCountMode: "explicit" });
    this.graph.out.connect(context.destination);
    this.graph.bus.connect(this.gates.live).connect(this.measured);
    this.gates.rendered.connect(this.measured);
    this.analyzer.listen(context, this.measured);
    const sounds = strips.length + 1;
    meterTap(context, sounds, (readings) => this.take(readings)).then((tap) => {
      if (this.context !== context) return tap.close();
      this.tap = tap;
      this.graph.strips.forEach(({ leave }, n) => tap.connect(leave, n));
      tap.connect(this.measured, sounds - 1);
      return this.apply();
    });
  }

  toggle() {
    if (this.root.dataset.state === "playing") {
      this.pause();
      return;
    }
    if (this.obstacle()) return;
    this.open(); // within the press, which browsers ask for
    this.context.resume();
    if (this.begins()) {
      this.play();
    } else {
      this.pending = true;
      this.state("loading");
    }
    this.fetch();
  }

  play() {
    this.pending = false;
    this.stop();
    if (this.at >= this.data.seconds - 0.05) this.at = 0;
    const { context } = this;
    context.resume();
    const began = Math.ceil((context.currentTime + 0.02) * context.sampleRate) / context.sampleRate;
    this.at = Math.round(this.at * context.sampleRate) / context.sampleRate;
    this.began = began - this.at;
    this.nodes = this.start(began, this.at);
    this.tap?.reset();
    this.analyzer.clear();
    this.apply();
    this.state("playing");
    this.follow();
    this.held.begun();
  }

  // All sounds from `offset` on, at one time of the context's clock; both are whole samples.
  start(when, offset, graph = this.graph) {
    const nodes = [];
    const one = (key, into) => {
      const buffer = this.sound(key);
      if (!buffer || offset >= buffer.duration) return;
      const source = new AudioBufferSourceNode(graph.context, { buffer });
      into.forEach((node) => source.connect(node));
      source.start(when, offset);
      nodes.push(source);
    };
    this.strips.forEach((strip, n) => {
      const { wet, dry } = graph.strips[n];
      if (!strip.missing) one(strip.key, [wet]);
      if (strip.before) one(strip.before.key, [dry]);
    });
    const { rendered } = this.data;
    if (rendered) one(rendered.key, [graph.ears.rendered, ...(graph === this.graph ? [this.gates.rendered] : [])]);
    return nodes;
  }

  pause() {
    this.at = this.now();
    this.stop();
    this.state("paused");
    this.show();
  }

  stop() {
    cancelAnimationFrame(this.frame);
    this.nodes?.forEach((source) => {
      source.stop();
      source.disconnect();
    });
    this.nodes = null;
  }

  now() {
    if (!this.nodes) return this.at;
    return Math.min(this.data.seconds, Math.max(0, this.context.currentTime - this.began));
  }

  seek(seconds) {
    const playing = Boolean(this.nodes);
    this.at = Math.min(this.data.seconds, Math.max(0, seconds));
    if (playing) this.play();
    this.show();
  }

  follow() {
    const step = () => {
      if (!this.nodes) return;
      this.at = this.now();
      if (this.at >= this.data.seconds) {
        this.pause();
        return;
      }
      if (this.runsOut()) {
        this.pause();
        this.pending = true;
        this.state("loading");
        return;
      }
      this.clock();
      this.draw();
      this.frame = requestAnimationFrame(step);
    };
    step();
  }

  // Everything that a control changed goes into the graph, and its outcome is reckoned when it stands still.
  apply() {
    this.keep();
    if (this.graph) {
      this.graph.set(this.gains(), this.scales(), 10 ** (this.busDb / 20), RAMP_S);
      this.tap?.mono(this.isMono());
      this.level();
    }
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.reckon(), SETTLE_MS);
    this.show();
  }

  scales() {
    return this.strips.map((strip) => strip.scale);
  }

  // The mix of mono stems is mono as long as none of them is panned.
  isMono() {
    return this.data.channels === 1 && this.strips.every((strip) => strip.mute || strip.pan === 0);
  }

  // Read the whole mix as it would be rendered: its loudness, and the gain of the bus that its peak asks for.
  async reckon() {
    clearTimeout(this.settle);
    if (!this.renders()) return;
    const stems = this.strips.map((strip) => this.buffers.get(strip.key));
    if (!this.context || this.audible().some((strip) => !this.there(strip.key))) return;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const { channels, mono_check: monoCheck, headroom_dbfs: most } = this.data;
    const gains = gainsOf(this.strips, channels, { solo: false });
    const frames = Math.min(...stems.filter(Boolean).map((buffer) => buffer.length));
    const piece = summing(stems, gains, this.scales(), channels, monoCheck);
    const read = await readWhole(this.context.sampleRate, frames, piece, () => this.turn === turn);
    if (!read || this.turn !== turn || !this.graph) return;
    this.busDb = Math.min(0, Number.isFinite(read.peak) ? most - read.peak : 0);
    this.whole = { integrated: read.integrated + this.busDb, peak: read.peak + this.busDb };
    this.graph.set(gainsOf(this.strips, channels), this.scales(), 10 ** (this.busDb / 20), RAMP_S);
    this.level();
    this.show();
  }

  // The mix of the faders as a sound, the way Render makes it; where nothing is rendered, what is heard.
  async bounce() {
    const buffers = this.strips.map((strip) => this.sound(strip.key)).filter(Boolean);
    const length = Math.max(...buffers.map((buffer) => buffer.length));
    const { channels, mono_check: monoCheck } = this.data;
    const context = new OfflineAudioContext(2, length, this.context.sampleRate);
    const graph = new MixGraph(context, channels, this.strips.length, monoCheck);
    const gains = this.renders() ? gainsOf(this.strips, channels, { solo: false }) : this.gains();
    graph.set(gains, this.scales(), 10 ** (this.busDb / 20));
    this.level(graph, 0);
    (this.renders() ? graph.bus : graph.out).connect(context.destination);
    this.start(0, 0, graph);
    return context.startRendering();
  }

  // Changes ---------------------------------------------------------------------------------------

  moved() {
    return this.strips.filter((strip, n) => {
      const made = this.data.strips[n];
      return strip.gain_db !== made.gain_db || strip.pan !== made.pan || strip.mute !== made.mute;
    });
  }

  // Where this run's moves are kept, whatever revision its settings stand at: the page may be drawn anew meanwhile.
  place() {
    return this.data.id.replace(/:\d+$/, "");
  }

  set(n, change) {
    Object.assign(this.strips[n], change);
    this.apply();
  }

  keep(strips = this.moved()) {
    const moved = Object.fromEntries(strips.map(({ name, gain_db, pan, mute }) => [name, { gain_db, pan, mute }]));
    const solo = this.strips.filter((strip) => strip.solo).map((strip) => strip.name);
    sessionStorage.setItem(this.place(), JSON.stringify({ moved, solo }));
  }

  revert() {
    this.strips.forEach((strip, n) => {
      const { gain_db, pan, mute } = this.data.strips[n];
      Object.assign(strip, { gain_db, pan, mute });
    });
    this.apply();
  }

  render() {
    if (!this.renders() || this.data.live || !(this.moved().length || this.data.soloed)) return;
    this.keep([]);
    this.trigger("render", JSON.stringify(this.strips.map(({ name, gain_db, pan, mute }) => ({ name, gain_db, pan, mute }))));
  }

  unload() {
    this.stop();
    this.held.leave();
    for (const each of [this.openings, this.opens, this.beginnings]) each.clear();
    this.pending = false;
    this.tap?.close();
    this.analyzer.leave();
    this.context?.close();
    this.tap = this.context = this.graph = this.gates = null;
    this.state("paused");
  }

  close() {
    clearTimeout(this.settle);
    this.unload();
    this.buffers.clear();
  }
}
