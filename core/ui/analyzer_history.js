// What the analyzer remembers since Play: loudness over time with its target, and the spectrogram.
// Both show the whole of it, however long: where there is no more room, every two moments become one.

const HEAT = [[0, 0, 4], [59, 15, 112], [140, 41, 129], [222, 73, 104], [254, 159, 109], [252, 253, 191]];
const MOST_MOMENTS = 1024;
const HISTORY_LOW = -54;
const LEAST_HISTORY_S = 10;
const HEAT_ROWS = 96;
const HEAT_LOW_HZ = 40;
const HEAT_LOW_DB = -110;
const HEAT_HIGH_DB = -20;

// The colour of a level from 0 to 1.
function heatColour(level) {
  const place = Math.max(0, Math.min(1, level)) * (HEAT.length - 1);
  const below = Math.min(HEAT.length - 2, Math.floor(place));
  return HEAT[below].map((value, c) => value + (place - below) * (HEAT[below + 1][c] - value));
}

class History {
  constructor() {
    this.heat = document.createElement("canvas");
    this.heat.width = MOST_MOMENTS;
    this.heat.height = HEAT_ROWS;
    this.clear();
  }

  clear() {
    this.loudness = [];
    this.heard = 0; // columns of the spectrogram
    this.every = 1;
    this.came = 0;
    this.seconds = 0;
  }

  // A reading, and the levels of the spectrum at that moment, in dB; `rate` is that of the sound.
  take({ seconds, momentary, short }, bins, rate) {
    if (seconds < this.seconds) this.clear(); // the meter began anew
    this.seconds = seconds;
    this.came += 1;
    if (this.came % this.every) return;
    this.loudness.push([seconds, momentary, short]);
    this.column(bins, rate);
    if (this.loudness.length < MOST_MOMENTS) return;
    this.loudness = this.loudness.filter((_, n) => n % 2);
    this.heat.getContext("2d").drawImage(this.heat, 0, 0, MOST_MOMENTS / 2, HEAT_ROWS);
    this.heard = this.loudness.length;
    this.every *= 2;
  }

  column(bins, rate) {
    const image = new ImageData(1, HEAT_ROWS);
    const hz = rate / 2 / bins.length;
    const at = (row) => HEAT_LOW_HZ * (20000 / HEAT_LOW_HZ) ** (row / HEAT_ROWS);
    for (let row = 0; row < HEAT_ROWS; row++) {
      const first = Math.floor(at(row) / hz);
      let db = -Infinity;
      for (let n = first; n <= Math.max(first, at(row + 1) / hz) && n < bins.length; n++) db = Math.max(db, bins[n]);
      const colour = heatColour((db - HEAT_LOW_DB) / (HEAT_HIGH_DB - HEAT_LOW_DB));
      image.data.set([...colour, 255], 4 * (HEAT_ROWS - 1 - row));
    }
    this.heat.getContext("2d").putImageData(image, this.heard, 0);
    this.heard += 1;
  }

  // Momentary loudness thin, short-term loudness broad, and the target.
  drawLoudness({ pen, width, height }, ink, target) {
    const rows = height - 14;
    const long = Math.max(LEAST_HISTORY_S, this.seconds);
    const x = (seconds) => (width * seconds) / long;
    const y = (lufs) => rows * (1 - (Math.max(HISTORY_LOW, Math.min(0, lufs)) - HISTORY_LOW) / -HISTORY_LOW);
    pen.lineWidth = 1;
    for (const mark of [-14, -23, -36]) {
      if (Number.isFinite(target) && Math.abs(y(mark) - y(target)) < LABEL_PX) continue;
      pen.fillStyle = ink.line;
      pen.fillRect(0, y(mark), width, 1);
      pen.fillStyle = ink.text;
      pen.fillText(String(mark).replace("-", "−"), 2, y(mark) - 2);
    }
    if (Number.isFinite(target)) {
      pen.fillStyle = ink.warm;
      pen.fillRect(0, Math.round(y(target)), width, 2);
      pen.fillStyle = ink.text;
      pen.fillText(`Target ${figureText(target)} LUFS`, 2, y(target) - 3);
    }
    for (const [which, broad, alpha] of [[1, 1, 0.6], [2, 2, 1]]) {
      pen.strokeStyle = ink.bar;
      pen.lineWidth = broad;
      pen.globalAlpha = alpha;
      pen.beginPath();
      let down = false;
      for (const moment of this.loudness) {
        const there = moment[which] !== null;
        if (there && down) pen.lineTo(x(moment[0]), y(moment[which]));
        else if (there) pen.moveTo(x(moment[0]), y(moment[which]));
        down = there;
      }
      pen.stroke();
    }
    pen.lineWidth = pen.globalAlpha = 1;
    pen.fillStyle = ink.text;
    const end = `${Math.floor(long / 60)}:${String(Math.floor(long % 60)).padStart(2, "0")}`;
    pen.fillText("Loudness since Play", 2, height - 2);
    pen.fillText(end, width - pen.measureText(end).width - 2, height - 2);
  }

  drawHeat({ pen, width, height }, ink) {
    const rows = height - 14;
    const share = Math.min(1, this.seconds / LEAST_HISTORY_S);
    if (this.heard) pen.drawImage(this.heat, 0, 0, this.heard, HEAT_ROWS, 0, 0, width * share, rows);
    pen.fillStyle = ink.text;
    pen.fillText("Spectrogram since Play", 2, height - 2);
    for (const [hz, label] of [[100, "100 Hz"], [1000, "1 kHz"], [10000, "10 kHz"]]) {
      const y = rows * (1 - Math.log(hz / HEAT_LOW_HZ) / Math.log(20000 / HEAT_LOW_HZ));
      if (y < 9) continue;
      const broad = pen.measureText(label).width + 6;
      pen.fillStyle = "rgba(0, 0, 4, 0.7)";
      pen.fillRect(0, y - 10, broad, 12);
      pen.fillStyle = "#ffffff";
      pen.fillText(label, 3, y - 1);
    }
  }
}
