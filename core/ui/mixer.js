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

class Mixer extends MixerView {
  constructor(root) {
    super();
    this.root = root;
    root.mixer = this;
    this.buffers = new Map();
    this.at = 0;
    this.heard = "live";
    this.busDb = 0;
    this.analyzer = new Analyzer(root.querySelector(".an"));
    this.wire();
  }

  update({ data: sent, setTriggerValue }) {
    const data = JSON.parse(sent.json);
    const before = this.data;
    this.data = data;
    this.trigger = setTriggerValue;
    if (!before || before.id !== data.id) this.begin(before);
    for (const [key, url] of Object.entries(data.urls)) this.fetched(key, url);
    if (!data.rendered && this.heard === "rendered") this.hear("live");
    this.part(".at").max = data.seconds.toFixed(2);
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
    const wanted = new Set([...strips.map((strip) => strip.key), this.data.rendered?.key]);
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
    const { strips, channels, seconds, rate } = this.data;
    if (!globalThis.AudioContext) return "This browser has no Web Audio: set the faders, and press Render to hear them.";
    if (channels > 2) return `Stems of ${channels} channels are not played here: set the faders, and press Render to hear them.`;
    const bytes = strips.length * channels * seconds * rate * 4;
    if (bytes > MOST_BYTES) {
      return `These stems would take ${Math.round(bytes / 1e6)} MB of the browser's memory (the mixer takes up to ${MOST_BYTES / 1e6}): set the faders, and press Render to hear them.`;
    }
    return null;
  }

  say(text) {
    this.part(".note").textContent = text ?? "";
  }

  // Sound ---------------------------------------------------------------------------------------

  audible() {
    return this.strips.filter((strip) => !strip.missing);
  }

  needed() {
    const keys = new Set(this.audible().map((strip) => strip.key));
    if (this.heard === "rendered" && this.data.rendered) keys.add(this.data.rendered.key);
    return [...keys];
  }

  ready() {
    return this.context && this.needed().every((key) => this.buffers.get(key) instanceof AudioBuffer);
  }

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
    const { strips, channels, mono_check: monoCheck } = this.data;
    this.graph = new MixGraph(context, channels, strips.length, monoCheck);
    this.ears = { live: new GainNode(context), rendered: new GainNode(context, { gain: 0 }) };
    this.gates = { live: new GainNode(context), rendered: new GainNode(context, { gain: 0 }) };
    this.measured = new GainNode(context, { channelCount: 2, channelCountMode: "explicit" });
    this.graph.bus.connect(this.ears.live).connect(context.destination);
    this.graph.bus.connect(this.gates.live).connect(this.measured);
    this.ears.rendered.connect(context.destination);
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

  // Ask the studio for what is not here yet; it answers with addresses in the next data.
  fetch() {
    const missing = this.needed().filter((key) => !this.buffers.has(key));
    if (missing.length) this.trigger("fetch", JSON.stringify(missing));
  }

  async fetched(key, url) {
    if (this.buffers.has(key) || !this.context) return;
    const { context } = this;
    this.buffers.set(key, "loading");
    try {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(answer.statusText);
      const buffer = await context.decodeAudioData(await answer.arrayBuffer());
      if (this.context !== context) return;
      this.buffers.set(key, buffer);
      if (this.ready()) this.loaded();
    } catch {
      this.buffers.delete(key);
      this.pending = false;
      this.state("paused");
      this.say("The stems could not be fetched: press Play to try again.");
    }
  }

  loaded() {
    this.reckon();
    if (this.pending || this.nodes) this.play();
  }

  toggle() {
    if (this.root.dataset.state === "playing") {
      this.pause();
      return;
    }
    if (this.obstacle()) return;
    this.open(); // within the press, which browsers ask for
    this.context.resume();
    if (this.ready()) {
      this.play();
    } else {
      this.pending = true;
      this.state("loading");
      this.fetch();
    }
  }

  play() {
    this.pending = false;
    this.stop();
    if (this.at >= this.data.seconds - 0.05) this.at = 0;
    const { context } = this;
    context.resume();
    const began = context.currentTime + 0.02;
    this.began = began - this.at;
    this.nodes = [];
    const start = (key, into) => {
      const buffer = this.buffers.get(key);
      if (!(buffer instanceof AudioBuffer) || this.at >= buffer.duration) return;
      const source = new AudioBufferSourceNode(context, { buffer });
      into.forEach((node) => source.connect(node));
      source.start(began, this.at);
      this.nodes.push(source);
    };
    this.strips.forEach((strip, n) => {
      if (!strip.missing) start(strip.key, [this.graph.strips[n].enter]);
    });
    if (this.data.rendered) start(this.data.rendered.key, [this.ears.rendered, this.gates.rendered]);
    this.tap?.reset();
    this.analyzer.clear();
    this.apply();
    this.state("playing");
    this.follow();
    setTimeout(() => {
      if (this.nodes && this.context?.state === "suspended") {
        this.pause();
        this.say("The browser holds the sound back until the page is pressed: press Play again.");
      }
    }, 800);
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
      this.graph.set(gainsOf(this.strips, this.data.channels), this.scales(), 10 ** (this.busDb / 20), RAMP_S);
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
    const stems = this.strips.map((strip) => this.buffers.get(strip.key));
    if (!this.context || this.audible().some((strip) => !(this.buffers.get(strip.key) instanceof AudioBuffer))) return;
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

  // The mix of the faders as a sound, the way Render makes it: for whoever wants to compare both.
  async bounce() {
    const stems = this.strips.map((strip) => this.buffers.get(strip.key));
    const length = Math.max(...stems.filter(Boolean).map((buffer) => buffer.length));
    const { channels, mono_check: monoCheck, strips } = this.data;
    const context = new OfflineAudioContext(2, length, this.context.sampleRate);
    const graph = new MixGraph(context, channels, strips.length, monoCheck);
    graph.set(gainsOf(this.strips, channels, { solo: false }), this.scales(), 10 ** (this.busDb / 20));
    graph.bus.connect(context.destination);
    stems.forEach((buffer, n) => {
      if (!buffer) return;
      const source = new AudioBufferSourceNode(context, { buffer });
      source.connect(graph.strips[n].enter);
      source.start();
    });
    return context.startRendering();
  }

  // Live or as rendered ---------------------------------------------------------------------------

  // How much the rendered mix is turned up or down to be as loud as the faders' mix; its peak stays under 0 dBTP.
  matchDb() {
    const { rendered } = this.data;
    if (!rendered || rendered.lufs === null || !Number.isFinite(this.whole?.integrated)) return 0;
    return Math.min(this.whole.integrated - rendered.lufs, Math.max(0, -(rendered.dbtp ?? 0)));
  }

  hear(which) {
    if (which === "rendered" && !this.data.rendered) return;
    this.heard = which;
    if (which === "rendered" && this.context && !this.ready()) this.fetch();
    this.level();
    this.show();
  }

  level() {
    if (!this.ears) return;
    const now = this.context.currentTime;
    const there = this.data.rendered && this.buffers.get(this.data.rendered.key) instanceof AudioBuffer;
    const rendered = this.heard === "rendered" && there;
    const scale = this.data.rendered?.scale ?? 1;
    glide(this.ears.live.gain, rendered ? 0 : 1, now, RAMP_S);
    glide(this.ears.rendered.gain, rendered ? scale * 10 ** (this.matchDb() / 20) : 0, now, RAMP_S);
    glide(this.gates.live.gain, rendered ? 0 : 1, now, RAMP_S);
    glide(this.gates.rendered.gain, rendered ? scale : 0, now, RAMP_S);
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
    if (this.data.live || !(this.moved().length || this.data.soloed)) return;
    this.keep([]);
    this.trigger("render", JSON.stringify(this.strips.map(({ name, gain_db, pan, mute }) => ({ name, gain_db, pan, mute }))));
  }

  unload() {
    this.stop();
    this.pending = false;
    this.tap?.close();
    this.analyzer.leave();
    this.context?.close();
    this.tap = this.context = this.graph = this.ears = this.gates = null;
    this.state("paused");
  }

  close() {
    clearTimeout(this.settle);
    this.unload();
    this.buffers.clear();
  }
}
