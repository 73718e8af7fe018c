// How the mixer gets its sounds: asked of the studio, fetched side by side, and played from their first seconds
// on. A FLAC file's beginning decodes by itself; the whole takes over at a sample of its own, unheard.

const OPENINGS = [1 << 20, 1 << 22];
const SLOW_MS = 2000;
const LEAST_S = 2;
const HAND_OVER_S = 0.1;

class MixerLoading extends MixerListen {
  there(key) {
    return this.buffers.get(key) instanceof AudioBuffer;
  }

  // The whole sound, or its first seconds while the rest is on its way.
  sound(key) {
    return this.there(key) ? this.buffers.get(key) : this.openings.get(key);
  }

  ready() {
    return this.context && this.needed().every((key) => this.there(key));
  }

  // Whether there is enough of all sounds to begin.
  begins() {
    const enough = (key) => this.there(key) || this.openings.get(key)?.duration > this.at + LEAST_S;
    return this.context && this.needed().every(enough);
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
    let begun;
    this.beginnings.set(key, new Promise((go) => (begun = go)));
    try {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(answer.statusText);
      const bytes = await readAll(answer, (opening) => this.opening(context, key, opening).then(begun));
      if (bytes.byteLength < OPENINGS[0]) begun();
      // The first seconds of all are decoded before the whole of any.
      await Promise.all(this.beginnings.values());
      const buffer = await context.decodeAudioData(bytes);
      if (this.context !== context) return;
      this.buffers.set(key, buffer);
      if (this.ready()) this.loaded();
    } catch {
      this.buffers.delete(key);
      this.pending = false;
      this.state("paused");
      this.say("The stems could not be fetched: press Play to try again.");
    } finally {
      begun();
      this.beginnings.delete(key);
    }
  }

  // A browser that decodes no part of a file waits for the whole.
  async opening(context, key, bytes) {
    if (this.opens.has(key)) return; // the processor is slow, not the network
    this.opens.add(key);
    const buffer = await context.decodeAudioData(bytes).catch(() => null);
    this.opens.delete(key);
    if (!buffer || this.context !== context || this.there(key)) return;
    this.openings.set(key, buffer);
    if (this.pending && this.begins()) this.play();
  }

  // Every sound is here: it is played, or takes over from the first seconds of it, which end where it begins.
  loaded() {
    this.openings.clear();
    this.level();
    this.reckon();
    if (!this.nodes) {
      if (this.pending) this.play();
      return;
    }
    const { context, nodes } = this;
    const frames = Math.ceil((context.currentTime + HAND_OVER_S) * context.sampleRate);
    const at = frames / context.sampleRate;
    this.nodes = this.start(at, at - this.began);
    nodes.forEach((source) => source.stop(at));
  }

  // The first seconds are over, and the rest is not here yet.
  runsOut() {
    const begun = this.audible().filter(({ key }) => !this.there(key));
    return begun.some(({ key }) => this.at > (this.openings.get(key)?.duration ?? 0) - HAND_OVER_S);
  }
}

// Read an answer to its end; `opening` is given what has come when that is enough to begin with.
async function readAll(answer, opening) {
  const [pieces, began] = [[], performance.now()];
  let [length, next] = [0, 0];
  const reader = answer.body.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    pieces.push(step.value);
    length += step.value.length;
    if (length < OPENINGS[next]) continue;
    if (next === 0 || performance.now() - began > SLOW_MS) opening(joined(pieces, length).slice(0, OPENINGS[next]));
    next += 1;
  }
  return joined(pieces, length);
}

function joined(pieces, length) {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes.buffer;
}
