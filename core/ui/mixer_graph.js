// The mix as a graph of Web Audio nodes, live and offline alike: the same law as core/stages/mix.py.

// Gains of a strip for left and right: balance of a stereo stem, constant power of a mono one.
function stripGains({ gain_db, pan }, channels) {
  const level = 10 ** (gain_db / 20);
  if (channels === 1) {
    const angle = ((pan + 1) * Math.PI) / 4;
    return [level * Math.SQRT2 * Math.cos(angle), level * Math.SQRT2 * Math.sin(angle)];
  }
  const turned = Math.cos((Math.abs(pan) * Math.PI) / 2);
  return [level * (pan > 0 ? turned : 1), level * (pan < 0 ? turned : 1)];
}

// The gains in effect: muted strips are silent, and where one is soloed all others too.
function gainsOf(strips, channels, { solo = true } = {}) {
  const soloed = solo && strips.some((strip) => strip.solo && !strip.missing);
  return strips.map((strip) =>
    strip.mute || strip.missing || (soloed && !strip.solo) ? [0, 0] : stripGains(strip, channels),
  );
}

class MixGraph {
  constructor(context, channels, strips, monoCheck) {
    this.context = context;
    this.channels = channels;
    this.sum = new GainNode(context, { channelCount: 2, channelCountMode: "explicit" });
    this.bus = new GainNode(context);
    // One channel out of two is their mean; it plays on both sides again.
    this.check = new GainNode(context, { channelCount: monoCheck ? 1 : 2, channelCountMode: "explicit" });
    this.sum.connect(this.check).connect(this.bus);
    // What is heard: the faders' mix, or the sound that it is compared with; of a residual both.
    this.ears = { live: new GainNode(context), rendered: new GainNode(context, { gain: 0 }) };
    this.out = new GainNode(context);
    this.bus.connect(this.ears.live).connect(this.out);
    this.ears.rendered.connect(this.out);
    this.strips = Array.from({ length: strips }, () => {
      const enter = new GainNode(context, { channelCount: channels, channelCountMode: "explicit" });
      // A stem, and the same stem as it was before: one of them is open.
      const [wet, dry] = [new GainNode(context), new GainNode(context, { gain: 0 })];
      wet.connect(enter);
      dry.connect(enter);
      const sides = [new GainNode(context, { gain: 0 }), new GainNode(context, { gain: 0 })];
      const leave = new ChannelMergerNode(context, { numberOfInputs: 2 });
      if (channels === 1) {
        sides.forEach((side) => enter.connect(side));
      } else {
        const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
        enter.connect(splitter);
        sides.forEach((side, c) => splitter.connect(side, c));
      }
      sides.forEach((side, c) => side.connect(leave, 0, c));
      leave.connect(this.sum);
      return { enter, wet, dry, sides, leave };
    });
  }

  // `scales`: what turns a preview that was written lower up to the stem's own level.
  set(gains, scales, busGain, ramp_s = 0) {
    const now = this.context.currentTime;
    this.strips.forEach(({ sides }, n) =>
      sides.forEach((side, c) => glide(side.gain, gains[n][c] * scales[n], now, ramp_s)),
    );
    glide(this.bus.gain, busGain, now, ramp_s);
  }
}

// A step would click; without a ramp, as offline, the value stands from the first sample.
function glide(parameter, value, now, ramp_s) {
  if (!ramp_s) {
    parameter.value = value;
    return;
  }
  parameter.cancelScheduledValues(now);
  parameter.setValueAtTime(parameter.value, now);
  parameter.linearRampToValueAtTime(value, now + ramp_s);
}

// Returns a function that sums a piece of all stems, for readWhole().
function summing(buffers, gains, scales, channels, monoCheck) {
  const parts = buffers
    .map((buffer, n) => ({ buffer, gains: gains[n].map((gain) => gain * scales[n]) }))
    .filter(({ buffer, gains: [left, right] }) => buffer && (left || right));
  const wide = channels === 2 || parts.some(({ gains: [left, right] }) => Math.abs(left - right) > 1e-9);
  const total = [new Float32Array(32768), new Float32Array(32768)];
  return (from, count) => {
    total.forEach((side) => side.fill(0));
    for (const { buffer, gains: sides } of parts) {
      sides.forEach((gain, c) => {
        if (c === 1 && !wide) return;
        const samples = buffer.getChannelData(Math.min(c, buffer.numberOfChannels - 1));
        const out = total[c];
        for (let n = 0; n < count; n++) out[n] += gain * samples[from + n];
      });
    }
    if (!wide) return [total[0]];
    if (monoCheck) {
      for (let n = 0; n < count; n++) total[0][n] = total[1][n] = (total[0][n] + total[1][n]) / 2;
    }
    return total;
  };
}
