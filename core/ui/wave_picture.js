// What a waveform looks like: peaks by lane, spans of findings, loudness, gain reduction, time, playhead.
// It stands before the player in the same module; see wave.py.

const FLOOR_DB = -60;
const QUIET = 0.05;
const LOUDNESS_FLOOR = -60;
const REDUCTION_PX = 52;
const TIMES_PX = 18;
const DOT_PX = 5;
const BESIDE_HERTZ_PX = 58;
const TICKS_S = [0.00001, 0.00002, 0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800];

class WavePicture {
  draw() {
    if (!this.data) return;
    const { canvas, pen } = this;
    const width = canvas.clientWidth;
    const height = canvas.clientHeight;
    if (!width || !height) return;
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    this.ink = inks(this.root);
    const floor = height - TIMES_PX;
    const sound = floor - (this.data.reduction ? REDUCTION_PX : 0);
    const lane = sound / this.lanes.length;
    if (this.showSpectrogram && this.spectrogram) drawSpectrogram(this, width, sound);
    else this.lanes.forEach((one, row) => this.drawLane(one, row, width, row * lane, lane));
    this.drawSpans(width, sound);
    if (this.showLoudness && this.loudness) this.drawLoudness(width, sound);
    if (this.data.reduction) this.drawReduction(width, sound, REDUCTION_PX);
    this.drawSelection(width, sound);
    this.drawTimes(width, floor);
    this.drawHead(width, floor);
    this.say();
  }

  drawLane(lane, row, width, top, height) {
    const { pen, ink } = this;
    const fine = this.fineOf(...this.view);
    const { codes, top: coded, count: columns, start, span } = this.columnsOf(lane, row, fine);
    const [from, to] = this.view;
    const middle = top + height / 2;
    const half = (height / 2) * 0.94;
    const full = this.level(1, lane.top) * half;
    pen.fillStyle = ink.line;
    pen.fillRect(0, middle - 0.5, width, 1);
    pen.globalAlpha = this.showLoudness && this.loudness ? 0.35 : 1;
    if (fine?.samples) this.drawSamples(fine, row, lane.top, width, middle, half);
    for (let x = 0; x < width && !fine?.samples; x++) {
      const first = Math.max(0, Math.floor(((from - start + ((to - from) * x) / width) / span) * columns));
      const next = Math.floor(((from - start + ((to - from) * (x + 1)) / width) / span) * columns);
      let low = 127;
      let high = -127;
      let gap = false;
      for (let i = first; i < Math.max(next, first + 1) && i < columns; i++) {
        if (codes[2 * i] === -128) gap = true;
        else {
          low = Math.min(low, codes[2 * i]);
          high = Math.max(high, codes[2 * i + 1]);
        }
      }
      if (gap) {
        this.hatch(x, top, height);
        continue;
      }
      const up = this.height(high, coded, lane.top) * half;
      const down = this.height(low, coded, lane.top) * half;
      pen.fillStyle = ink.wave;
      pen.fillRect(x, middle - up, 1, Math.max(1, up - down));
      pen.fillStyle = ink.fail;
      if (up > full + 0.5) pen.fillRect(x, middle - up, 1, up - full);
      if (-down > full + 0.5) pen.fillRect(x, middle + full, 1, -down - full);
    }
    pen.globalAlpha = 1;
    if (this.scale === "dB") this.drawRuler(lane.top, width, middle, half);
    if (lane.top > 1.0001) {
      pen.fillStyle = ink.fail;
      for (let x = 0; x < width; x += 6) {
        pen.fillRect(x, middle - full, 3, 1);
        pen.fillRect(x, middle + full, 3, 1);
      }
    }
    if (lane.label) {
      pen.font = `600 11px ${ink.font}`;
      const wide = pen.measureText(lane.label).width + 10;
      pen.fillStyle = ink.veil;
      pen.fillRect(4, top + 4, wide, 16);
      pen.fillStyle = ink.text;
      pen.fillText(lane.label, 9, top + 16);
    }
  }

  // The columns that are drawn: the finer ones where they cover what is visible, else those of the whole.
  columnsOf(lane, row, fine) {
    if (!fine) return { codes: lane.codes, top: lane.top, count: lane.codes.length / 2, start: 0, span: this.data.seconds };
    const { codes, top } = fine.lanes[row];
    return { codes, top, count: fine.count, start: fine.from, span: fine.to - fine.from };
  }

  fineOf(from, to) {
    const { fine } = this;
    const slack = 1 / this.data.rate;
    return fine && fine.from <= from + slack && fine.to >= to - slack ? fine : null;
  }

  // Single samples: a line through them, and a dot for each where there is room.
  drawSamples(fine, row, top, width, middle, half) {
    const { pen, ink } = this;
    const [from, to] = this.view;
    const samples = fine.samples[row];
    const px = width / ((to - from) * this.data.rate);
    const x = (n) => ((fine.from + n / this.data.rate - from) / (to - from)) * width;
    const y = (value) => middle - Math.sign(value) * this.level(Math.abs(value), top) * half;
    const first = Math.max(0, Math.floor((from - fine.from) * this.data.rate) - 1);
    const last = Math.min(samples.length - 1, Math.ceil((to - fine.from) * this.data.rate) + 1);
    pen.strokeStyle = ink.wave;
    pen.lineWidth = 1.4;
    pen.beginPath();
    let drawn = false;
    for (let n = first; n <= last; n++) {
      if (!Number.isFinite(samples[n])) drawn = false;
      else if (drawn) pen.lineTo(x(n), y(samples[n]));
      else pen.moveTo(x(n), y(samples[n]));
      drawn = Number.isFinite(samples[n]);
    }
    pen.stroke();
    for (let n = first; n <= last; n++) {
      if (!Number.isFinite(samples[n])) this.hatch(Math.round(x(n)), middle - half, 2 * half);
      else if (px >= DOT_PX) {
        pen.fillStyle = Math.abs(samples[n]) > 1 ? ink.fail : ink.wave;
        pen.fillRect(x(n) - 1.5, y(samples[n]) - 1.5, 3, 3);
      }
    }
  }

  // The highest amplitude of a lane around a time, within what a pixel covers; null where it is not a number.
  peakAt(row, time) {
    const fine = this.fineOf(...this.view);
    const pixel = (this.view[1] - this.view[0]) / Math.max(1, this.canvas.clientWidth);
    if (fine?.samples) {
      const value = fine.samples[row][Math.round((time - fine.from) * this.data.rate)];
      return Number.isFinite(value) ? Math.abs(value) : null;
    }
    const { codes, top, count, start, span } = this.columnsOf(this.lanes[row], row, fine);
    const first = Math.min(count - 1, Math.max(0, Math.floor(((time - start) / span) * count)));
    const last = Math.min(count - 1, Math.max(first, Math.ceil(((time + pixel - start) / span) * count) - 1));
    let code = 0;
    for (let n = first; n <= last; n++) {
      if (codes[2 * n] === -128) return null;
      code = Math.max(code, Math.abs(codes[2 * n]), Math.abs(codes[2 * n + 1]));
    }
    return (code / 127) ** 2 * top;
  }

  // Height of the lanes together, without gain reduction and time.
  soundPx() {
    return this.canvas.clientHeight - TIMES_PX - (this.data.reduction ? REDUCTION_PX : 0);
  }

  drawSelection(width, height) {
    if (!this.selection) return;
    const [from, to] = this.view;
    const [left, right] = this.selection.map((time) => ((time - from) / (to - from)) * width);
    this.pen.fillStyle = this.ink.chosen;
    this.pen.fillRect(left, 0, Math.max(1, right - left), height);
    this.pen.fillStyle = this.ink.wave;
    this.pen.fillRect(left, 0, 1, height);
    this.pen.fillRect(right, 0, 1, height);
  }

  drawRuler(top, width, middle, half) {
    const { pen, ink } = this;
    pen.font = `10px ${ink.font}`;
    for (const mark of [-20, -40]) {
      const up = this.level(10 ** (mark / 20), top) * half;
      pen.fillStyle = ink.veil;
      pen.fillRect(0, middle - up, width, 1);
      pen.fillRect(0, middle + up, width, 1);
      if (half < 30 || (mark === -40 && half < 60)) continue;
      pen.fillRect(width - 40, middle - up - 7, 38, 14);
      pen.fillStyle = ink.text;
      pen.fillText(`${mark} dB`, width - 37, middle - up + 3);
    }
  }

  // Codes are the square root of the amplitude over their top, so that -80 dB is still above nothing.
  height(code, coded, top) {
    const amplitude = (code / 127) ** 2 * coded;
    return Math.sign(code) * this.level(amplitude, top);
  }

  level(amplitude, top) {
    if (this.scale === "linear") return amplitude / top;
    if (amplitude <= 0) return 0;
    const ceiling = 20 * Math.log10(top);
    // Below the scale is not nothing: a quiet stem keeps a visible height, a silent one is a line.
    return Math.max(QUIET, (20 * Math.log10(amplitude) - FLOOR_DB) / (ceiling - FLOOR_DB));
  }

  hatch(x, top, height) {
    const { pen, ink } = this;
    pen.fillStyle = ink.failWash;
    pen.fillRect(x, top, 1, height);
    pen.fillStyle = ink.fail;
    for (let y = top + ((x * 1) % 7); y < top + height; y += 7) pen.fillRect(x, y, 1, 1.6);
  }

  drawSpans(width, floor) {
    const { pen, ink } = this;
    const [from, to] = this.view;
    for (const span of this.data.spans) {
      const left = ((span.start - from) / (to - from)) * width;
      const wide = Math.max(2, ((span.stop - span.start) / (to - from)) * width);
      if (left > width || left + wide < 0) continue;
      const high = span.lane === null ? floor : floor / this.lanes.length;
      const top = span.lane === null ? 0 : span.lane * high;
      pen.fillStyle = span.severity === "fail" ? ink.failWash : ink.warnWash;
      pen.fillRect(left, top, wide, high);
      pen.fillStyle = span.severity === "fail" ? ink.fail : ink.warn;
      pen.fillRect(left, top, wide, 3);
    }
  }

  // Over the spectrogram, which is dark in every theme, it is white, and beside the frequencies' labels.
  drawLoudness(width, floor) {
    const { pen } = this;
    const over = this.showSpectrogram && this.spectrogram;
    const ink = over ? { ...this.ink, text: "#ffffff", line: "rgba(255, 255, 255, 0.35)", veil: "rgba(0, 0, 4, 0.7)" } : this.ink;
    const write = (text, lufs) => {
      const left = over ? BESIDE_HERTZ_PX : 34;
      pen.fillStyle = over ? ink.veil : "transparent";
      pen.fillRect(left - 3, y(lufs) - 14, pen.measureText(text).width + 6, 14);
      pen.fillStyle = ink.text;
      pen.fillText(text, left, y(lufs) - 3);
    };
    const [from, to] = this.view;
    const count = this.loudness.length;
    const y = (lufs) => floor * (1 - (lufs - LOUDNESS_FLOOR) / -LOUDNESS_FLOOR);
    pen.font = `11px ${ink.font}`;
    pen.lineWidth = 1;
    const { target } = this.data;
    for (const mark of [-14, -23, -40]) {
      if (target !== null && Math.abs(mark - target) < 4) continue;
      pen.fillStyle = ink.line;
      pen.fillRect(0, y(mark), width, 1);
      write(`${mark} LUFS`.replace("-", "−"), mark);
    }
    if (target !== null) {
      pen.fillStyle = ink.warn;
      pen.fillRect(0, y(target), width, 1.5);
      write(`Target ${target.toFixed(1)} LUFS`.replace("-", "−"), target);
    }
    pen.strokeStyle = ink.text;
    pen.lineWidth = 1.6;
    pen.beginPath();
    let down = false;
    for (let i = 0; i < count; i++) {
      const time = (i + 1) * this.data.hop;
      const x = ((time - from) / (to - from)) * width;
      const code = this.loudness[i];
      if (code === 0 || x < -20 || x > width + 20) {
        down = false;
        continue;
      }
      const lufs = Math.max(LOUDNESS_FLOOR, -70 + ((code - 1) / 254) * 75);
      if (down) pen.lineTo(x, y(lufs));
      else pen.moveTo(x, y(lufs));
      down = true;
    }
    pen.stroke();
  }

  drawReduction(width, top, height) {
    const { pen, ink } = this;
    const { values_db: values, hop_s: hop } = this.data.reduction;
    const [from, to] = this.view;
    const most = Math.max(3, ...values);
    pen.fillStyle = ink.line;
    pen.fillRect(0, top, width, 1);
    pen.fillStyle = ink.warn;
    for (let x = 0; x < width; x++) {
      const first = Math.floor((from + ((to - from) * x) / width) / hop);
      const next = Math.floor((from + ((to - from) * (x + 1)) / width) / hop);
      let taken = 0;
      for (let i = first; i < Math.max(next, first + 1) && i < values.length; i++) taken = Math.max(taken, values[i]);
      if (taken > 0) pen.fillRect(x, top + 1, 1, (taken / most) * (height - 6));
    }
    const text = `Gain reduction, at most ${Math.max(0, ...values).toFixed(1)} dB`;
    pen.font = `11px ${ink.font}`;
    pen.fillStyle = ink.veil;
    pen.fillRect(4, top + height - 20, pen.measureText(text).width + 10, 16);
    pen.fillStyle = ink.text;
    pen.fillText(text, 9, top + height - 8);
  }

  drawTimes(width, floor) {
    const { pen, ink } = this;
    const [from, to] = this.view;
    const step = TICKS_S.find((s) => (s / (to - from)) * width >= 70) ?? 3600;
    const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    pen.font = `11px ${ink.font}`;
    for (let n = Math.ceil(from / step); n * step <= to; n++) {
      const x = ((n * step - from) / (to - from)) * width;
      pen.fillStyle = ink.line;
      pen.fillRect(x, floor, 1, 4);
      const text = clock(n * step, digits);
      const wide = pen.measureText(text).width;
      pen.fillStyle = ink.faint;
      pen.fillText(text, Math.min(width - wide, Math.max(0, x - wide / 2)), floor + 15);
    }
  }

  drawHead(width, floor) {
    if (!this.data.playable) return;
    const [from, to] = this.view;
    const x = ((this.at - from) / (to - from)) * width;
    const left = Math.min(width - 2, Math.max(0, x - 0.75));
    this.pen.fillStyle = this.ink.veil; // what it passes over may be of its own colour
    this.pen.fillRect(left - 1, 0, 3.5, floor);
    this.pen.fillStyle = this.ink.text;
    this.pen.fillRect(left, 0, 1.5, floor);
  }

  say() {
    const fine = this.fineOf(...this.view);
    const whole = clock(this.data.seconds, 0);
    this.part(".time").textContent = `${clock(this.at)} / ${whole}`;
    this.part(".scale").textContent = this.scale === "dB" ? "dB scale" : "Linear";
    this.part(".scale").setAttribute("aria-pressed", String(this.scale === "dB"));
    this.canvas.setAttribute("aria-valuenow", this.at.toFixed(1));
    this.canvas.setAttribute("aria-valuetext", `${clock(this.at)} of ${whole}`);
    this.root.dataset.at = this.at.toFixed(2);
    this.root.dataset.view = this.view.map((v) => v.toFixed(5)).join(" ");
    this.root.dataset.fine = fine ? (fine.samples ? "samples" : "columns") : "";
  }
}

function clock(seconds, digits = 1) {
  const minutes = Math.floor(seconds / 60);
  const rest = (seconds - minutes * 60).toFixed(digits).padStart(digits ? 3 + digits : 2, "0");
  return `${minutes}:${rest}`;
}

function inks(root) {
  const css = getComputedStyle(root);
  const of = (name) => css.getPropertyValue(name).trim();
  return {
    wave: of("--st-blue-color"),
    text: of("--st-text-color"),
    font: of("--st-font"),
    fail: of("--st-red-color"),
    warn: of("--st-orange-color"),
    failWash: withAlpha(of("--st-red-color"), 0.2),
    warnWash: withAlpha(of("--st-orange-color"), 0.2),
    line: withAlpha(of("--st-text-color"), 0.18),
    faint: withAlpha(of("--st-text-color"), 0.65),
    chosen: withAlpha(of("--st-blue-color"), 0.16),
    veil: withAlpha(of("--st-background-color"), 0.75),
  };
}

function withAlpha(colour, alpha) {
  return `color-mix(in srgb, ${colour} ${alpha * 100}%, transparent)`;
}
