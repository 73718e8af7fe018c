// What the song bar plays, apart from any element: it lives on the window, and goes on while pages change.

const FADE_S = 0.012;

class Deck {
  constructor(id) {
    this.id = id;
    this.buffers = new Map();
    this.at = 0;
    this.side = "a";
    this.compared = false;
    this.keys = { a: null, b: null };
    this.held = new Held({
      playing: () => Boolean(this.nodes),
      pause: () => this.pause(),
      say: (text) => {
        this.note = text;
        this.onchange?.();
      },
    });
    this.chosen = { a: false, b: false }; // by hand: until then A is the song as it is delivered, B its mix
  }

  open() {
    if (!this.context) {
      this.context = new AudioContext();
      this.out = new GainNode(this.context);
      this.out.connect(this.context.destination);
      this.held.watch(this.context);
    }
    this.context.resume();
  }

  async load(key, url) {
    if (this.buffers.has(key) || !this.context) return;
    this.buffers.set(key, "loading");
    try {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(answer.statusText);
      this.buffers.set(key, await this.context.decodeAudioData(await answer.arrayBuffer()));
    } catch {
      this.buffers.delete(key);
      this.pending = false;
      this.failed = true;
    }
    this.onchange?.();
  }

  has(side) {
    return this.buffers.get(this.keys[side]) instanceof AudioBuffer;
  }

  play(gains, seconds) {
    this.pending = false;
    this.failed = false;
    this.stop();
    this.onplay?.();
    this.context.resume();
    if (this.at >= seconds - 0.05) this.at = 0;
    const began = this.context.currentTime + 0.02;
    this.began = began - this.at;
    this.nodes = {};
    for (const side of ["a", "b"]) {
      if (!this.has(side)) continue;
      const buffer = this.buffers.get(this.keys[side]);
      const source = new AudioBufferSourceNode(this.context, { buffer });
      const gain = new GainNode(this.context, { gain: gains[side] });
      source.connect(gain).connect(this.out);
      if (this.at < buffer.duration) source.start(began, this.at);
      this.nodes[side] = { source, gain };
    }
    this.held.begun();
    this.onchange?.();
  }

  level(gains) {
    if (!this.nodes) return;
    const now = this.context.currentTime;
    for (const [side, { gain }] of Object.entries(this.nodes)) {
      gain.gain.cancelScheduledValues(now);
      gain.gain.setValueAtTime(gain.gain.value, now);
      gain.gain.linearRampToValueAtTime(gains[side], now + FADE_S);
    }
  }

  now(seconds = Infinity) {
    if (!this.nodes) return this.at;
    return Math.min(seconds, Math.max(0, this.context.currentTime - this.began));
  }

  pause(seconds) {
    this.at = this.now(seconds);
    this.stop();
    this.onchange?.();
  }

  stop() {
    for (const { source, gain } of Object.values(this.nodes ?? {})) {
      source.disconnect();
      gain.disconnect();
    }
    this.nodes = null;
  }

  end() {
    this.stop();
    this.held.leave();
    this.context?.close();
    this.context = this.out = null;
  }
}
