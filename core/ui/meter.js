// The live meter: loudness (M, S, I), true peak, correlation, by ITU-R BS.1770-5 and EBU Tech 3341.
//
// The classes up to MeterBank run in three places from this one source: in an AudioWorklet, where a page may
// have one, in a ScriptProcessorNode elsewhere, and on the page itself when a whole sound is read at once. So
// they use nothing of the page and nothing outside themselves; meterModule() sends their text to the worklet.

// Both filters of annex 1 in a row, for any rate: the same analogue prototypes as core/meter/filters.py.
class KWeighting {
  constructor(rate) {
    const shelf = Math.tan((Math.PI * 1681.9744509555319) / rate);
    const high = 10 ** (3.99984385397 / 20);
    const band = high ** 0.499666774155;
    const q = 0.7071752369554193;
    const a = 1 + shelf / q + shelf * shelf;
    this.shelf = [
      (high + (band * shelf) / q + shelf * shelf) / a,
      (2 * (shelf * shelf - high)) / a,
      (high - (band * shelf) / q + shelf * shelf) / a,
      (2 * (shelf * shelf - 1)) / a,
      (1 - shelf / q + shelf * shelf) / a,
    ];
    const pass = Math.tan((Math.PI * 38.13547087613982) / rate);
    const p = 0.5003270373253953;
    const c = 1 + pass / p + pass * pass;
    this.pass = [(2 * (pass * pass - 1)) / c, (1 - pass / p + pass * pass) / c];
    this.s1 = this.s2 = this.p1 = this.p2 = 0;
  }

  // Returns the sum of squares of the weighted samples from..to.
  energy(samples, from, to) {
    const [b0, b1, b2, a1, a2] = this.shelf;
    const [c1, c2] = this.pass;
    let { s1, s2, p1, p2 } = this;
    let sum = 0;
    for (let n = from; n < to; n++) {
      const x = samples[n];
      const y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b2 * x - a2 * y;
      const z = y + p1;
      p1 = -2 * y - c1 * z + p2;
      p2 = y - c2 * z;
      sum += z * z;
    }
    // Far below hearing a recursive filter would reckon with denormal numbers, which are slow.
    const calm = (value) => (Math.abs(value) < 1e-25 ? 0 : value);
    this.s1 = calm(s1);
    this.s2 = calm(s2);
    this.p1 = calm(p1);
    this.p2 = calm(p2);
    return sum;
  }
}

// Peak of the 4x oversampled sound (annex 2): a windowed sinc of 24 taps, Kaiser, beta 8.
class TruePeak {
  constructor(rate) {
    const side = TruePeak.SIDE;
    const factor = rate < 192000 ? 4 : 2;
    const bessel = (x) => {
      let sum = 1;
      for (let k = 1, term = 1; k < 40; k++) {
        term *= (x / 2 / k) ** 2;
        sum += term;
      }
      return sum;
    };
    this.rows = [];
    for (let phase = 1; phase < factor; phase++) {
      this.rows.push(
        Float64Array.from({ length: 2 * side }, (_, k) => {
          const distance = k + 1 - side - phase / factor;
          const sinc = Math.sin(Math.PI * distance) / (Math.PI * distance);
          return (sinc * bessel(8 * Math.sqrt(1 - (distance / side) ** 2))) / bessel(8);
        }),
      );
    }
    this.line = new Float64Array(2 * side);
    this.at = 0;
  }

  // Returns the highest magnitude at and between the samples from..to; the points of the last twelve follow later.
  peak(samples, from, to) {
    const { line, rows } = this;
    const taps = line.length;
    let at = this.at;
    let best = 0;
    for (let n = from; n < to; n++) {
      const x = samples[n];
      line[at] = x;
      at = at + 1 === taps ? 0 : at + 1;
      best = Math.max(best, x < 0 ? -x : x);
      for (const row of rows) {
        let sum = 0;
        for (let k = 0, place = at; k < taps; k++) {
          sum += row[k] * line[place];
          place = place + 1 === taps ? 0 : place + 1;
        }
        best = Math.max(best, sum < 0 ? -sum : sum);
      }
    }
    this.at = at;
    return best;
  }
}
TruePeak.SIDE = 12;

// One sound's readings, from 10 ms blocks of K-weighted energy as in core/meter/loudness.py.
class LoudnessMeter {
  constructor(rate, { oversampled = true } = {}) {
    this.rate = rate;
    this.oversampled = oversampled;
    this.reset();
  }

  reset() {
    this.filters = [];
    this.peaks = [];
    this.frames = 0;
    this.blocks = 0;
    this.ends = Math.round(this.rate / 100);
    this.power = new Float64Array(300);
    this.length = new Float64Array(300);
    this.top = new Float64Array(300);
    this.cross = new Float64Array(300 * 3);
    this.gated = [];
    this.clear();
    this.hold = this.recent = 0;
    this.loudest = { momentary: 0, short: 0 };
  }

  clear() {
    this.block = { energy: 0, peak: 0, ll: 0, rr: 0, lr: 0, from: this.frames };
  }

  // Take `count` frames of one or two channels.
  push(channels, count) {
    while (this.filters.length < channels.length) {
      this.filters.push(new KWeighting(this.rate));
      this.peaks.push(new TruePeak(this.rate));
    }
    let from = 0;
    while (from < count) {
      const to = Math.min(count, from + this.ends - this.frames);
      this.take(channels, from, to);
      this.frames += to - from;
      if (this.frames === this.ends) this.close();
      from = to;
    }
  }

  take(channels, from, to) {
    const { block } = this;
    channels.forEach((samples, c) => {
      block.energy += this.filters[c].energy(samples, from, to);
      let peak = 0;
      if (this.oversampled) {
        peak = this.peaks[c].peak(samples, from, to);
      } else {
        for (let n = from; n < to; n++) peak = Math.max(peak, Math.abs(samples[n]));
      }
      block.peak = Math.max(block.peak, peak);
    });
    if (channels.length < 2) return;
    const [left, right] = channels;
    for (let n = from; n < to; n++) {
      block.ll += left[n] * left[n];
      block.rr += right[n] * right[n];
      block.lr += left[n] * right[n];
    }
  }

  // A block of 10 ms is complete.
  close() {
    const { block } = this;
    const place = this.blocks % 300;
    this.power[place] = block.energy;
    this.length[place] = this.frames - block.from;
    this.top[place] = block.peak;
    this.cross.set([block.ll, block.rr, block.lr], 3 * place);
    this.blocks += 1;
    this.hold = Math.max(this.hold, block.peak);
    this.recent = Math.max(this.recent, block.peak);
    if (this.blocks >= 40) {
      const square = this.square(40);
      this.loudest.momentary = Math.max(this.loudest.momentary, square);
      if (this.blocks % 10 === 0) this.gated.push(square);
    }
    if (this.blocks >= 300) this.loudest.short = Math.max(this.loudest.short, this.square(300));
    this.ends = Math.round(((this.blocks + 1) * this.rate) / 100);
    this.clear();
  }

  // Mean square of the last so many blocks.
  square(blocks) {
    let energy = 0;
    let frames = 0;
    for (let back = 1; back <= blocks; back++) {
      const place = (this.blocks - back + 300) % 300;
      energy += this.power[place];
      frames += this.length[place];
    }
    return energy / frames;
  }

  integrated() {
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const absolute = this.gated.filter((square) => LoudnessMeter.lufs(square) > -70);
    if (!absolute.length) return -Infinity;
    const gate = mean(absolute) / 10;
    const relative = absolute.filter((square) => square > gate);
    return relative.length ? LoudnessMeter.lufs(mean(relative)) : -Infinity;
  }

  correlation() {
    let [ll, rr, lr] = [0, 0, 0];
    for (let back = 1; back <= Math.min(30, this.blocks); back++) {
      const place = 3 * ((this.blocks - back + 300) % 300);
      ll += this.cross[place];
      rr += this.cross[place + 1];
      lr += this.cross[place + 2];
    }
    return ll > 1e-12 && rr > 1e-12 ? lr / Math.sqrt(ll * rr) : null;
  }

  // What a display shows; -Infinity is the level of silence, null what does not exist (yet).
  read() {
    const momentary = this.blocks >= 40 ? LoudnessMeter.lufs(this.square(40)) : null;
    const short = this.blocks >= 300 ? LoudnessMeter.lufs(this.square(300)) : null;
    const top = LoudnessMeter.db(this.top.reduce((a, b) => Math.max(a, b), 0));
    const reading = {
      momentary,
      short,
      integrated: this.blocks >= 40 ? this.integrated() : null,
      momentary_max: LoudnessMeter.lufs(this.loudest.momentary),
      short_max: LoudnessMeter.lufs(this.loudest.short),
      peak: LoudnessMeter.db(this.recent),
      hold: LoudnessMeter.db(this.hold),
      psr: short !== null && short > -70 ? top - short : null,
      correlation: this.correlation(),
      seconds: this.frames / this.rate,
    };
    this.recent = 0;
    return reading;
  }

  static lufs(square) {
    return square > 1e-20 ? -0.691 + 10 * Math.log10(square) : -Infinity;
  }

  static db(amplitude) {
    return amplitude > 0 ? 20 * Math.log10(amplitude) : -Infinity;
  }
}

// Several sounds at once, such as the stems and their bus; only the last is oversampled.
class MeterBank {
  constructor(rate, sounds) {
    this.meters = Array.from({ length: sounds }, (_, n) => new LoudnessMeter(rate, { oversampled: n === sounds - 1 }));
    this.every = Math.round(rate / 20);
    this.since = 0;
    this.mono = false;
    this.silence = [new Float32Array(16384)];
  }

  reset() {
    this.meters.forEach((meter) => meter.reset());
  }

  // Returns all readings twenty times a second, and null in between.
  push(inputs, count) {
    this.meters.forEach((meter, n) => {
      const channels = inputs[n]?.length ? Array.from(inputs[n]).slice(0, this.mono ? 1 : 2) : this.silence;
      meter.push(channels, count);
    });
    this.since += count;
    if (this.since < this.every) return null;
    this.since -= this.every;
    return this.meters.map((meter) => meter.read());
  }
}

function meterModule() {
  const processor = `
TruePeak.SIDE = ${TruePeak.SIDE};
registerProcessor("gainstage-meter", class extends AudioWorkletProcessor {
  constructor(options) {
    super();
    this.bank = new MeterBank(sampleRate, options.processorOptions.sounds);
    this.port.onmessage = ({ data }) => {
      if (data.reset) this.bank.reset();
      if (data.mono !== undefined) this.bank.mono = data.mono;
    };
  }
  process(inputs) {
    const readings = this.bank.push(inputs, 128);
    if (readings) this.port.postMessage(readings);
    return true;
  }
});`;
  return new Blob([KWeighting, TruePeak, LoudnessMeter, MeterBank].map((one) => `${one}\n`).concat(processor), { type: "text/javascript" });
}

const meterModules = new WeakMap();

function meterReady(context) {
  if (!meterModules.has(context)) {
    const address = URL.createObjectURL(meterModule());
    meterModules.set(context, context.audioWorklet.addModule(address).finally(() => URL.revokeObjectURL(address)));
  }
  return meterModules.get(context);
}

// Returns a meter of several sounds in a context: `inputs(n)` is where sound n is connected to. It makes no sound.
async function meterTap(context, sounds, onreadings) {
  // A page that was not fetched over https, nor from this machine, has no worklets.
  if (!context.audioWorklet) return scriptTap(context, sounds, onreadings);
  await meterReady(context);
  const node = new AudioWorkletNode(context, "gainstage-meter", {
    numberOfInputs: sounds,
    numberOfOutputs: 1,
    processorOptions: { sounds },
  });
  node.port.onmessage = ({ data }) => onreadings(data);
  node.connect(context.destination);
  return {
    connect: (source, n) => source.connect(node, 0, n),
    reset: () => node.port.postMessage({ reset: true }),
    mono: (mono) => node.port.postMessage({ mono }),
    close: () => {
      node.port.onmessage = null;
      node.disconnect();
    },
    threaded: true,
  };
}

function scriptTap(context, sounds, onreadings) {
  const bank = new MeterBank(context.sampleRate, sounds);
  const merger = new ChannelMergerNode(context, { numberOfInputs: 2 * sounds });
  const node = context.createScriptProcessor(2048, 2 * sounds, 1);
  node.onaudioprocess = ({ inputBuffer }) => {
    const inputs = bank.meters.map((_, n) => [inputBuffer.getChannelData(2 * n), inputBuffer.getChannelData(2 * n + 1)]);
    const readings = bank.push(inputs, inputBuffer.length);
    if (readings) onreadings(readings);
  };
  merger.connect(node).connect(context.destination);
  return {
    connect: (source, n) => {
      const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
      const stereo = new GainNode(context, { channelCount: 2, channelCountMode: "explicit" });
      source.connect(stereo).connect(splitter);
      splitter.connect(merger, 0, 2 * n);
      splitter.connect(merger, 1, 2 * n + 1);
    },
    reset: () => bank.reset(),
    mono: (mono) => {
      bank.mono = mono;
    },
    close: () => {
      node.onaudioprocess = null;
      node.disconnect();
    },
    threaded: false,
  };
}

// Reads a whole sound at once, in slices between which the page breathes; null when `wanted()` turned false.
async function readWhole(rate, frames, piece, wanted) {
  const meter = new LoudnessMeter(rate, { oversampled: false });
  const slice = 32768;
  for (let from = 0, began = performance.now(); from < frames; from += slice) {
    const count = Math.min(slice, frames - from);
    meter.push(piece(from, count), count);
    if (performance.now() - began > 12) {
      await new Promise((resume) => setTimeout(resume, 0));
      if (!wanted()) return null;
      began = performance.now();
    }
  }
  return { integrated: meter.integrated(), peak: LoudnessMeter.db(Math.max(meter.hold, meter.block.peak)) };
}
