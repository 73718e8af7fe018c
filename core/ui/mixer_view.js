// The mixer's looks and hands: channel strips, meters, the bus, keyboard and touch.

const FADER_STEPS = 1000;
const KNEE_DB = -24;
const KNEE = 250;
const METER_LOW = -60;
const METER_HIGH = 6;
const FALL_DB = 1.2;
const MOST_REDUCTION = 12;

// A quarter of a fader's way goes from -60 to -24 dB, the rest to +12, where decisions are made.
function faderAt(db) {
  return db < KNEE_DB
    ? (KNEE * (db - LOW_DB)) / (KNEE_DB - LOW_DB)
    : KNEE + ((FADER_STEPS - KNEE) * (db - KNEE_DB)) / (HIGH_DB - KNEE_DB);
}

function faderDb(at) {
  const db =
    at < KNEE
      ? LOW_DB + (at / KNEE) * (KNEE_DB - LOW_DB)
      : KNEE_DB + ((at - KNEE) / (FADER_STEPS - KNEE)) * (HIGH_DB - KNEE_DB);
  return Math.round(db * 10) / 10;
}

function within(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

function panText(pan) {
  const percent = Math.round(Math.abs(pan) * 100);
  return percent ? `${percent} % ${pan < 0 ? "left" : "right"}` : "centre";
}

class MixerView {
  // Strips --------------------------------------------------------------------------------------

  build() {
    const strips = this.part(".strips");
    const { name, live, other } = this.kind();
    this.root.dataset.kind = this.data.kind;
    this.part(".bus b").textContent = name;
    this.part(".end").hidden = !this.renders();
    for (const [button, [text, title]] of [[".live", live], [".rendered", other]]) {
      Object.assign(this.part(button), { textContent: text, title });
    }
    const named = JSON.stringify(this.strips.map((strip) => [strip.name, strip.before?.gain_db, Boolean(strip.reduction)]));
    if (this.named === named) return;
    this.named = named;
    strips.replaceChildren(...this.strips.map((strip, n) => this.strip(strip, n)));
  }

  strip({ label, before, reduction }, n) {
    const box = document.createElement("div");
    box.className = "strip";
    box.setAttribute("role", "group");
    const fader = `<input class="fader" type="range" min="0" max="${FADER_STEPS}" step="1" />`;
    const level = `<input class="level" type="number" min="${LOW_DB}" max="${HIGH_DB}" step="0.1" />`;
    const pan = `<input class="pan" type="range" min="-100" max="100" step="1" /><input class="side" type="number" min="-100" max="100" step="1" />`;
    const [mixes, gr] = [this.renders(), reduction ? '<canvas class="gr" aria-hidden="true"></canvas>' : ""];
    box.innerHTML = `
      <b></b>
      <div class="run">${mixes ? fader : ""}<canvas class="peak" aria-hidden="true"></canvas>${gr}</div>
      ${mixes ? level : ""}<small class="reads"></small>${gr && '<small class="reduced">GR –</small>'}${mixes ? pan : ""}
      <div class="keys"><button class="mute" type="button" aria-pressed="false">M</button><button class="solo" type="button" aria-pressed="false">S</button></div>
      ${before ? '<button class="bypass" type="button" aria-pressed="false">Bypass</button>' : ""}`;
    box.querySelector("b").textContent = label;
    box.setAttribute("aria-label", label);
    const [mute, solo, bypass] = [".mute", ".solo", ".bypass"].map((selector) => box.querySelector(selector));
    mute.setAttribute("aria-label", `Mute ${label}`);
    mute.title = mixes ? "Mute: leave the stem out of the mix" : "Mute: for listening alone";
    solo.setAttribute("aria-label", `Solo ${label}`);
    solo.title = mixes ? "Solo: hear this stem alone; never rendered" : "Solo: hear this stem alone";
    mute.onclick = () => this.set(n, { mute: !this.strips[n].mute });
    solo.onclick = () => this.set(n, { solo: !this.strips[n].solo });
    if (bypass) {
      bypass.setAttribute("aria-label", `Bypass ${label}`);
      bypass.title = `Hear the stem as it came, ${before.gain_db < 0 ? "" : "+"}${figureText(before.gain_db)} dB to be as loud`;
      bypass.onclick = () => this.bypass(n);
    }
    if (mixes) this.wireFader(box, label, n);
    return box;
  }

  wireFader(box, label, n) {
    const find = (selector) => box.querySelector(selector);
    const [fader, level, pan, side] = [".fader", ".level", ".pan", ".side"].map(find);
    fader.setAttribute("aria-label", `${label} fader`);
    level.setAttribute("aria-label", `${label} level in dB`);
    pan.setAttribute("aria-label", `${label} pan`);
    side.setAttribute("aria-label", `${label} pan, −100 left to 100 right`);
    const db = (value) => this.set(n, { gain_db: within(Math.round(value * 100) / 100, LOW_DB, HIGH_DB) });
    const turn = (value) => this.set(n, { pan: within(Math.round(value), -100, 100) / 100 });
    fader.oninput = () => db(faderDb(Number(fader.value)));
    fader.onkeydown = (event) => {
      const strip = this.strips[n];
      const step = event.shiftKey ? 0.1 : 0.5;
      this.press(event, {
        ArrowUp: () => db(strip.gain_db + step),
        ArrowRight: () => db(strip.gain_db + step),
        ArrowDown: () => db(strip.gain_db - step),
        ArrowLeft: () => db(strip.gain_db - step),
        PageUp: () => db(strip.gain_db + 3),
        PageDown: () => db(strip.gain_db - 3),
        Home: () => db(LOW_DB),
        End: () => db(HIGH_DB),
        Delete: () => db(strip.default_db),
        Backspace: () => db(strip.default_db),
      });
    };
    fader.ondblclick = level.ondblclick = () => db(this.strips[n].default_db);
    // What is no number leaves the strip as it stands.
    level.onchange = () => (level.value === "" ? this.show() : db(Number(level.value)));
    pan.oninput = () => turn(Number(pan.value));
    pan.onkeydown = (event) => {
      const at = this.strips[n].pan * 100;
      const step = event.shiftKey ? 1 : 5;
      this.press(event, {
        ArrowUp: () => turn(at + step),
        ArrowRight: () => turn(at + step),
        ArrowDown: () => turn(at - step),
        ArrowLeft: () => turn(at - step),
        PageUp: () => turn(at + 25),
        PageDown: () => turn(at - 25),
        Home: () => turn(-100),
        End: () => turn(100),
        Delete: () => turn(0),
        Backspace: () => turn(0),
      });
    };
    pan.ondblclick = side.ondblclick = () => turn(0);
    side.onchange = () => (side.value === "" ? this.show() : turn(Number(side.value)));
  }

  press(event, deeds) {
    const deed = deeds[event.key];
    if (!deed || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }

  wire() {
    this.part(".play").onclick = () => this.toggle();
    this.part(".at").oninput = (event) => this.seek(Number(event.target.value));
    this.part(".live").onclick = () => this.hear("live");
    this.part(".rendered").onclick = () => this.hear("rendered");
    this.part(".residual").onclick = () => this.hear(this.heard === "residual" ? "live" : "residual");
    this.part(".render").onclick = () => this.render();
    this.part(".revert").onclick = () => this.revert();
    this.part(".meters").onclick = () => {
      const analyzer = this.part(".an");
      analyzer.hidden = !analyzer.hidden;
      this.part(".meters").setAttribute("aria-pressed", String(!analyzer.hidden));
      this.analyzer.draw();
    };
    this.root.onkeydown = (event) => {
      const { tagName, type } = event.target;
      if (tagName === "BUTTON" || type === "number") return;
      this.press(event, {
        " ": () => this.toggle(),
        b: () => this.hear(this.hearsOther() ? "live" : "rendered"),
      });
    };
  }

  // Looks ---------------------------------------------------------------------------------------

  state(name) {
    this.root.dataset.state = name;
    const button = this.part(".play");
    button.setAttribute("aria-label", name === "playing" ? "Pause" : "Play");
    button.title = name === "playing" ? "Pause (space)" : "Play (space)";
  }

  clock() {
    const { seconds } = this.data;
    const slider = this.part(".at");
    if (this.root.getRootNode().activeElement !== slider || this.nodes) slider.value = this.at;
    this.part(".time").textContent = `${minutes(this.at)} / ${minutes(seconds)}`;
    this.root.dataset.at = this.at.toFixed(2);
  }

  show() {
    const active = this.root.getRootNode().activeElement;
    const soloed = this.strips.some((strip) => strip.solo);
    this.root.querySelectorAll(".strip").forEach((box, n) => {
      const strip = this.strips[n];
      const made = this.data.strips[n];
      const put = (selector, value) => {
        const input = box.querySelector(selector);
        if (!input) return;
        const typed = input === active && input.type !== "range" && input.value !== "";
        if (!typed || Number(input.value) !== Number(value)) input.value = value;
      };
      put(".fader", faderAt(strip.gain_db));
      put(".level", strip.gain_db.toFixed(strip.gain_db * 10 === Math.round(strip.gain_db * 10) ? 1 : 2));
      put(".pan", Math.round(strip.pan * 100));
      put(".side", Math.round(strip.pan * 100));
      box.querySelector(".fader")?.setAttribute("aria-valuetext", `${figureText(strip.gain_db)} dB`);
      box.querySelector(".pan")?.setAttribute("aria-valuetext", panText(strip.pan));
      box.querySelector(".bypass")?.setAttribute("aria-pressed", String(Boolean(strip.dry)));
      box.querySelector(".mute").setAttribute("aria-pressed", String(strip.mute));
      box.querySelector(".solo").setAttribute("aria-pressed", String(strip.solo));
      box.classList.toggle("off", strip.mute || Boolean(strip.missing) || (soloed && !strip.solo));
      box.classList.toggle(
        "moved",
        this.renders() && (strip.gain_db !== made.gain_db || strip.pan !== made.pan || strip.mute !== made.mute),
      );
      box.classList.toggle("faulty", Boolean(strip.state));
      if (strip.state) box.querySelector(".reads").textContent = strip.state;
    });
    const changes = this.moved().length;
    const render = this.part(".render");
    const wants = changes || this.data.soloed;
    render.textContent = this.data.live ? "Rendering" : changes ? `Render ${changes} ${changes === 1 ? "change" : "changes"}` : "Render";
    render.disabled = this.data.live || !wants;
    this.part(".revert").disabled = !changes;
    const other = this.hearsOther();
    const comparable = this.data.kind === "enhance" ? this.strips.some((strip) => strip.before) : this.data.rendered;
    const [rendered, residual] = [this.part(".rendered"), this.part(".residual")];
    const match = this.matchDb();
    rendered.disabled = !comparable;
    rendered.setAttribute("aria-pressed", String(other));
    rendered.textContent = this.kind().other[0] + (other && Math.abs(match) >= 0.05 ? `, ${match > 0 ? "+" : ""}${figureText(match)} dB` : "");
    residual.hidden = this.data.kind !== "separate";
    residual.disabled = !this.data.residual;
    residual.setAttribute("aria-pressed", String(this.heard === "residual"));
    this.part(".live").setAttribute("aria-pressed", String(!other && this.heard !== "residual" && !this.strips.some((strip) => strip.dry)));
    this.part(".play").disabled = Boolean(this.obstacle());
    this.part(".whole").textContent = this.wholeText();
    this.root.dataset.changes = changes;
    this.clock();
  }

  wholeText() {
    if (!this.whole) return this.data.whole ?? "";
    const { integrated, peak } = this.whole;
    const bus = this.busDb < -0.005 ? `, bus ${figureText(this.busDb)} dB` : "";
    return `Whole mix: ${figureText(integrated)} LUFS, peak ${figureText(peak)} dBFS${bus}`;
  }

  // Meters --------------------------------------------------------------------------------------

  // What the meters read, twenty times a second while it plays.
  take(readings) {
    if (!this.nodes) return;
    this.readings = readings;
    const bus = readings[readings.length - 1];
    this.analyzer.take(bus);
    const figures = { ...bus, headroom: Number.isFinite(bus.hold) ? -bus.hold : null };
    this.root.querySelectorAll("[data-bus]").forEach((cell) => {
      cell.textContent = figureText(figures[cell.dataset.bus]);
    });
    this.root.querySelectorAll(".strip").forEach((box, n) => {
      if (this.strips[n].state) return;
      const { hold, momentary } = readings[n];
      box.querySelector(".reads").textContent = `${figureText(momentary)} LUFS`;
      box.querySelector(".reads").title = `Highest peak ${figureText(hold)} dBFS`;
    });
  }

  draw() {
    const style = getComputedStyle(this.root);
    const ink = (name) => style.getPropertyValue(`--st-${name}`).trim();
    this.ink = { text: ink("text-color"), line: ink("border-color"), ok: ink("green-color"), warm: ink("orange-color"), hot: ink("red-color") };
    this.falling ??= [];
    const canvases = [...this.root.querySelectorAll(".strip .peak"), this.part(".bus canvas")];
    canvases.forEach((canvas, n) => this.meter(canvas, n, this.readings?.[n]));
    this.root.querySelectorAll(".strip").forEach((box, n) => this.reduced(box, this.reduction(this.strips[n])));
    this.analyzer.draw();
  }

  // Gain reduction as a bar from the top, and in dB.
  reduced(box, db) {
    const canvas = box.querySelector(".gr");
    if (!canvas) return;
    const { pen, width, height } = blank(canvas);
    pen.fillStyle = this.ink.line;
    for (const line of [3, 6, 9]) pen.fillRect(0, (height * line) / MOST_REDUCTION, width, 1);
    pen.fillStyle = this.ink.warm;
    pen.fillRect(0, 0, width, (height * Math.min(db ?? 0, MOST_REDUCTION)) / MOST_REDUCTION);
    box.querySelector(".reduced").textContent = db === null ? "GR –" : `GR ${figureText(db)} dB`;
  }

  // A bar of the peak that falls slowly, a line at the highest, a notch at momentary loudness.
  meter(canvas, n, reading) {
    const { pen, width, height } = blank(canvas);
    const y = (db) => height * (1 - (within(db, METER_LOW, METER_HIGH) - METER_LOW) / (METER_HIGH - METER_LOW));
    pen.fillStyle = this.ink.line;
    for (const db of [0, -12, -24, -36, -48]) pen.fillRect(0, y(db), width, 1);
    if (!reading) return;
    const level = Math.max(reading.peak, (this.falling[n] ?? METER_LOW) - FALL_DB);
    this.falling[n] = level;
    for (const [from, to, colour] of [[METER_LOW, -12, this.ink.ok], [-12, -1, this.ink.warm], [-1, METER_HIGH, this.ink.hot]]) {
      if (level > from) {
        pen.fillStyle = colour;
        pen.fillRect(0, y(Math.min(level, to)), width, y(from) - y(Math.min(level, to)));
      }
    }
    pen.fillStyle = reading.hold > 0 ? this.ink.hot : this.ink.text;
    if (Number.isFinite(reading.hold)) pen.fillRect(0, y(reading.hold) - 1, width, 2);
    if (Number.isFinite(reading.momentary)) pen.fillRect(0, y(reading.momentary), width / 2, 2);
  }
}

function blank(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}

function minutes(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
