// The waveform's player: it plays the sound, seeks and loops.
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

// Columns, or single samples, of a part of the sound, as wave.py sends them.
function fineOf(sent) {
  if (!sent) return null;
  const lanes = sent.lanes.map(({ peaks, top }) => ({ codes: new Int8Array(bytes(peaks).buffer), top }));
  const samples = sent.samples?.map((text) => new Float32Array(bytes(text).buffer)) ?? null;
  return { ...sent, lanes, samples, count: samples ? samples[0].length : lanes[0].codes.length / 2 };
}

function bytes(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

class Wave extends WaveHands {
  constructor(root) {
    super();
    this.root = root;
    this.canvas = root.querySelector("canvas");
    this.pen = this.canvas.getContext("2d");
    this.view = [0, 1];
    this.at = 0;
    this.scale = null;
    this.selection = null;
    this.looped = false;
    this.showLoudness = false;
    this.showSpectrogram = false;
    this.pointers = new Map();
    this.audio = null;
    this.pending = false;
    this.frame = 0;
    this.held = new Held({
      playing: () => Boolean(this.audio && !this.audio.paused),
      pause: () => this.stop(),
      say: (text) => (this.part(".note").textContent = text),
    });
    this.wire();
  }

  update({ data: sent, setTriggerValue }) {
    const data = JSON.parse(sent.json);
    const fresh = !this.data || this.data.id !== data.id;
    this.data = data;
    this.trigger = setTriggerValue;
    this.lanes = data.lanes.map((lane) => ({ ...lane, codes: new Int8Array(bytes(lane.peaks).buffer) }));
    this.loudness = data.loudness ? bytes(data.loudness) : null;
    this.fine = fineOf(data.fine);
    if (fresh) this.spectrogram = null;
    if (data.spectrogram) this.spectrogram ??= { ...data.spectrogram, picture: spectrogramPicture(data.spectrogram) };
    // Of several stems a quiet one is told from a silent one by decibels alone.
    this.scale ??= data.playable ? "linear" : "dB";
    if (fresh) {
      this.silence();
      this.view = [0, data.seconds];
      this.at = 0;
      this.selection = null;
      this.looped = false;
      this.part(".chosen").hidden = true;
    }
    this.sayChosen();
    this.part(".silence").hidden = !data.editable;
    this.part(".repaint").hidden = this.part(".lego").hidden = !data.editable;
    this.part(".play").hidden = !data.playable;
    this.part(".time").hidden = !data.playable;
    this.part(".meters").hidden = !data.playable;
    this.part(".loud").hidden = !this.loudness;
    this.part(".loop").hidden = this.part(".spec").hidden = !data.playable;
    this.part(".prev").hidden = this.part(".next").hidden = !data.spans.length;
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
    if (this.audio) this.audio.onpause = null;
    this.audio?.pause();
    this.audio = new Audio(url);
    this.audio.dataset.url = url;
    this.audio.preload = "auto";
    this.audio.currentTime = this.at;
    this.audio.onended = () => this.ended();
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
    this.meter ??= new window.gainstageMeter.LiveMeter(panel, { preview: true });
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
    this.held.watch(context);
    this.meter.listen(context, this.audio.node);
  }

  toggle() {
    if (!this.data.playable) return;
    if (this.audio && !this.audio.paused) {
      this.stop();
    } else if (this.audio) {
      this.play();
    } else {
      this.pending = true;
      this.state("loading");
      this.trigger("play", `${playerCodec()} ${Date.now()}`);
    }
  }

  play() {
    this.pending = false;
    if (sounding && sounding !== this) sounding.stop();
    sounding = this;
    this.meant = false;
    if (this.at >= this.data.seconds - 0.05) this.at = 0;
    this.audio.currentTime = this.at;
    this.held.watch(this.audio.node ? window.gainstageContext : null);
    if (this.audio.node) window.gainstageContext.resume();
    this.held.begun();
    this.meter?.reset();
    this.audio.play().then(
      () => {
        this.state("playing");
        this.follow();
      },
      ({ name }) => {
        this.meant ||= name !== "NotAllowedError"; // another error is told as what it is
        this.paused();
      },
    );
  }

  // A pause that was asked for here; any other is the browser's.
  stop() {
    this.meant = true;
    this.audio?.pause();
  }

  paused() {
    if (!this.meant && this.audio && !this.audio.ended) this.held.taken();
    cancelAnimationFrame(this.frame);
    if (this.audio) this.at = Math.min(this.audio.currentTime, this.data.seconds);
    this.state("paused");
    this.draw();
  }

  // A loop may end where the sound ends.
  ended() {
    this.paused();
    if (!this.looped || !this.selection) return;
    this.seek(this.selection[0]);
    this.play();
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
      if (this.looped && this.selection && this.at >= this.selection[1]) {
        this.at = this.audio.currentTime = this.selection[0];
      }
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

  close() {
    clearTimeout(this.asking);
    clearTimeout(this.measuring);
    this.silence();
    this.held.leave();
    this.watch.disconnect();
    if (sounding === this) sounding = null;
  }
}
