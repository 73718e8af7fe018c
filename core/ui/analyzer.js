// The analyzer's pictures: bars of M, S, I and true peak, goniometer, spectrum with peak hold, what was heard since
// Play (analyzer_history.js), and the figures.
// What it shows comes from a meterTap() and two AnalyserNodes; where those are connected to is the player's.

const ANALYZER_HTML = `
  <canvas class="bars" aria-hidden="true"></canvas>
  <canvas class="gonio" aria-hidden="true"></canvas>
  <canvas class="spectrum" aria-hidden="true"></canvas>
  <canvas class="history" aria-hidden="true"></canvas>
  <canvas class="heat" aria-hidden="true"></canvas>
  <dl class="figures"></dl>
  <small class="about"></small>`;
const OF_THE_PREVIEW = "Measured since Play, on the Opus preview: its true peak is not the file's.";
const OF_THE_SOUND = "Measured since Play or the last jump.";
const FIGURES = [
  ["momentary", "Momentary", "LUFS", 1],
  ["short", "Short-term", "LUFS", 1],
  ["integrated", "Integrated", "LUFS", 1],
  ["hold", "True peak", "dBTP", 1],
  ["headroom", "Headroom", "dB", 1],
  ["psr", "PSR", "dB", 1],
  ["correlation", "Correlation", "", 2],
];
const BAR_LOW = -54;
const BAR_HIGH = 6;
const SPECTRUM_LOW = -96;
const LABEL_PX = 11;

class Analyzer {
  constructor(root) {
    this.root = root;
    root.innerHTML = `<style>${ANALYZER_CSS}</style>${ANALYZER_HTML}`;
    const figures = root.querySelector(".figures");
    figures.innerHTML = FIGURES.map(([key, label]) => `<div><dt>${label}</dt><dd data-figure="${key}">–</dd></div>`).join("");
    this.past = new History();
    this.target = null; // LUFS that the song is to reach
    this.of(OF_THE_SOUND);
    this.clear();
  }

  // What the figures are figures of, in a sentence.
  of(text) {
    this.root.querySelector(".about").textContent = text;
  }

  clear() {
    this.past.clear();
    this.reading = null;
    this.held = null;
  }

  // Listen to a node of a context; the meter's readings are given to take().
  listen(context, node) {
    this.leave();
    const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    const stereo = new GainNode(context, { channelCount: 2, channelCountMode: "explicit" });
    const scopes = [0, 1].map(() => new AnalyserNode(context, { fftSize: 1024, smoothingTimeConstant: 0 }));
    const spectrum = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0.75 });
    node.connect(stereo);
    stereo.connect(splitter);
    scopes.forEach((scope, c) => splitter.connect(scope, c));
    const moment = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 });
    stereo.connect(spectrum);
    stereo.connect(moment);
    this.nodes = { node, stereo, splitter, scopes, spectrum, moment, rate: context.sampleRate };
    this.bins = new Float32Array(moment.frequencyBinCount);
  }

  leave() {
    if (!this.nodes) return;
    this.nodes.node.disconnect(this.nodes.stereo);
    this.nodes.stereo.disconnect();
    this.nodes.splitter.disconnect();
    this.nodes = null;
  }

  take(reading) {
    this.reading = { ...reading, headroom: Number.isFinite(reading.hold) ? -reading.hold : null };
    for (const [key, , unit, digits] of FIGURES) {
      const cell = this.root.querySelector(`[data-figure="${key}"]`);
      const text = figureText(this.reading[key], digits);
      cell.textContent = unit && text !== "–" ? `${text} ${unit}` : text;
    }
    this.root.dataset.seconds = reading.seconds.toFixed(1);
    if (!this.nodes) return;
    this.nodes.moment.getFloatFrequencyData(this.bins);
    this.past.take(reading, this.bins, this.nodes.rate);
  }

  draw() {
    if (this.root.hidden) return;
    const style = getComputedStyle(this.root);
    const ink = (name) => style.getPropertyValue(`--st-${name}`).trim();
    this.ink = {
      text: ink("text-color"),
      line: ink("border-color"),
      bar: ink("blue-color"),
      warm: ink("orange-color"),
      hot: ink("red-color"),
    };
    this.bars();
    this.goniometer();
    this.spectrum();
    for (const [selector, of] of [[".history", "drawLoudness"], [".heat", "drawHeat"]]) {
      const paper = this.pen(selector);
      if (paper.width) this.past[of](paper, this.ink, this.target); // a player may show them in its waveform
    }
  }

  pen(selector) {
    const canvas = this.root.querySelector(selector);
    const { clientWidth: width, clientHeight: height } = canvas;
    const scale = devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
    if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.font = "10px sans-serif";
    return { pen, width, height };
  }

  bars() {
    const { pen, width, height } = this.pen(".bars");
    const { momentary, short, integrated, peak, hold } = this.reading ?? {};
    const rows = height - 14;
    const y = (db) => rows * (1 - (Math.max(BAR_LOW, Math.min(BAR_HIGH, db)) - BAR_LOW) / (BAR_HIGH - BAR_LOW));
    const step = (width - 22) / 4;
    pen.fillStyle = this.ink.text;
    pen.strokeStyle = this.ink.line;
    let free = 0; // where the next label has room
    for (const db of [0, -14, -23, -36, -48]) {
      pen.globalAlpha = 0.5;
      pen.beginPath();
      pen.moveTo(22, y(db));
      pen.lineTo(width, y(db));
      pen.stroke();
      pen.globalAlpha = 0.8;
      const low = Math.max(8, y(db) + 3);
      if (low < free) continue;
      pen.fillText(String(db).replace("-", "−"), 0, low);
      free = low + LABEL_PX;
    }
    pen.globalAlpha = 1;
    [["M", momentary], ["S", short], ["I", integrated], ["TP", peak, hold]].forEach(([label, value, held], n) => {
      const left = 24 + n * step;
      const broad = step - 6;
      pen.fillStyle = this.ink.text;
      pen.fillText(label, left + broad / 2 - pen.measureText(label).width / 2, height - 2);
      if (Number.isFinite(value)) {
        pen.fillStyle = label === "TP" && value > -1 ? this.ink.hot : this.ink.bar;
        pen.fillRect(left, y(value), broad, rows - y(value));
      }
      if (Number.isFinite(held)) {
        pen.fillStyle = held > 0 ? this.ink.hot : this.ink.text;
        pen.fillRect(left, y(held) - 1, broad, 2);
      }
    });
  }

  // Mid goes up, side goes across: mono is an upright line, one channel upside down a level one.
  goniometer() {
    const { pen, width, height } = this.pen(".gonio");
    const middle = [width / 2, height / 2];
    const radius = Math.min(...middle) - 4;
    pen.strokeStyle = this.ink.line;
    pen.beginPath();
    for (const [dx, dy] of [[1, 1], [1, -1]]) {
      pen.moveTo(middle[0] - (dx * radius) / Math.SQRT2, middle[1] - (dy * radius) / Math.SQRT2);
      pen.lineTo(middle[0] + (dx * radius) / Math.SQRT2, middle[1] + (dy * radius) / Math.SQRT2);
    }
    pen.stroke();
    pen.fillStyle = this.ink.text;
    pen.fillText("L", middle[0] - radius / Math.SQRT2 - 8, middle[1] - radius / Math.SQRT2);
    pen.fillText("R", middle[0] + radius / Math.SQRT2 + 2, middle[1] - radius / Math.SQRT2);
    if (!this.nodes) return;
    const [left, right] = this.nodes.scopes.map((scope) => {
      const samples = new Float32Array(scope.fftSize);
      scope.getFloatTimeDomainData(samples);
      return samples;
    });
    pen.strokeStyle = this.ink.bar;
    pen.globalAlpha = 0.75;
    pen.beginPath();
    for (let n = 0; n < left.length; n++) {
      const side = ((right[n] - left[n]) / Math.SQRT2) * radius;
      const mid = ((left[n] + right[n]) / Math.SQRT2) * radius;
      const place = [middle[0] + side, middle[1] - mid];
      if (n) pen.lineTo(...place);
      else pen.moveTo(...place);
    }
    pen.stroke();
    pen.globalAlpha = 1;
  }

  spectrum() {
    const { pen, width, height } = this.pen(".spectrum");
    const rows = height - 14;
    const x = (hz) => (width * Math.log(hz / 20)) / Math.log(1000);
    const y = (db) => rows * Math.min(1, Math.max(0, db / SPECTRUM_LOW));
    pen.strokeStyle = this.ink.line;
    pen.fillStyle = this.ink.text;
    for (const [hz, label] of [[100, "100"], [1000, "1k"], [10000, "10k"]]) {
      pen.beginPath();
      pen.moveTo(x(hz), 0);
      pen.lineTo(x(hz), rows);
      pen.stroke();
      pen.fillText(label, x(hz) - 8, height - 2);
    }
    if (!this.nodes) return;
    const { spectrum, rate } = this.nodes;
    const bins = new Float32Array(spectrum.frequencyBinCount);
    spectrum.getFloatFrequencyData(bins);
    if (this.held?.length !== bins.length) this.held = new Float32Array(bins.length).fill(-Infinity);
    bins.forEach((db, n) => {
      this.held[n] = Math.max(db, this.held[n]);
    });
    const line = (values, colour, alpha) => {
      pen.strokeStyle = colour;
      pen.globalAlpha = alpha;
      pen.beginPath();
      let begun = false;
      for (let n = 1; n < values.length; n++) {
        const hz = (n * rate) / spectrum.fftSize;
        if (hz < 20 || hz > 20000) continue;
        if (begun) pen.lineTo(x(hz), y(values[n]));
        else pen.moveTo(x(hz), y(values[n]));
        begun = true;
      }
      pen.stroke();
      pen.globalAlpha = 1;
    };
    line(this.held, this.ink.warm, 0.8);
    line(bins, this.ink.bar, 1);
  }
}

// A figure as text: a dash for what does not exist yet, −∞ for the level of silence.
function figureText(value, digits = 1) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (value === -Infinity) return "−∞";
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? (0).toFixed(digits) : text).replace("-", "−");
}

// An analyzer that a player opens beside itself: it takes a node of a context, and makes no sound.
class LiveMeter {
  // `preview` tells whether what plays is a preview; `target` is the loudness that the song is to reach, in LUFS.
  constructor(root, { preview = false, target = null } = {}) {
    this.analyzer = new Analyzer(root);
    this.analyzer.target = target;
    if (preview && playerCodec() === "opus") this.analyzer.of(OF_THE_PREVIEW);
  }

  async listen(context, node) {
    if (this.node === node) return;
    this.leave();
    this.node = node;
    this.analyzer.listen(context, node);
    const tap = await meterTap(context, 1, ([reading]) => this.analyzer.take(reading));
    if (this.node !== node) {
      tap.close();
      return;
    }
    this.tap = tap;
    tap.connect(node, 0);
  }

  // Start measuring anew, as at the start of playing.
  reset() {
    this.tap?.reset();
    this.analyzer.clear();
  }

  draw() {
    this.analyzer.draw();
  }

  leave() {
    this.tap?.close();
    this.analyzer.leave();
    this.tap = this.node = null;
  }
}
