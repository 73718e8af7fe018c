// The song bar: the open song, on every page. Its sound lives on the window, so that it goes on while pages change;
// the bar of the next page takes it up where it is. Two stages play in step, both as loud as the quieter.

const MARKS = { ok: "✓", warn: "!", fail: "×", run: "…", idle: "" };
const instances = new WeakMap();

export default function (component) {
  const { parentElement } = component;
  let bar = instances.get(parentElement);
  if (!bar) {
    bar = new SongBar(parentElement.querySelector(".sb"));
    instances.set(parentElement, bar);
  }
  bar.update(component);
  return () => {
    bar.close();
    instances.delete(parentElement);
  };
}

class SongBar {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector("canvas");
    this.wire();
  }

  update({ data: sent, setTriggerValue }) {
    this.data = JSON.parse(sent.json);
    this.trigger = setTriggerValue;
    const { id, sounds } = this.data;
    if (this.meter) this.meter.analyzer.target = this.data.target; // known when the song is mastered
    if (window.gainstageDeck?.id !== id) {
      window.gainstageDeck?.end();
      window.gainstageDeck = new Deck(id);
    }
    this.deck = window.gainstageDeck;
    this.deck.onchange = () => this.changed();
    this.deck.onplay = () => this.meter?.reset();
    for (const key of this.deck.buffers.keys()) if (!this.known(key)) this.deck.buffers.delete(key);
    this.peaks = this.data.peaks ? new Int8Array(Uint8Array.from(atob(this.data.peaks), (c) => c.charCodeAt(0)).buffer) : null;
    for (const [key, url] of Object.entries(this.data.urls)) this.deck.load(key, url);
    this.stages();
    this.follow();
    this.choices();
    if (this.part(".an").hidden === Boolean(this.deck.metered)) this.meters(Boolean(this.deck.metered));
    this.changed();
    this.verbs();
    // The address came for this press alone: it is drawn once.
    const { taken } = this.data;
    if (taken) Object.assign(document.createElement("a"), { href: taken.url, download: taken.name }).click();
    if (this.data.autoplay && !this.deck.nodes && !this.deck.pending) this.toggle();
  }

  part(selector) {
    return this.root.querySelector(selector);
  }

  known(key) {
    return this.data.sounds.some((sound) => sound.key === key);
  }

  // What plays, or was asked for, stays until it is paused; then A is the latest whole of the song again.
  follow() {
    const { deck } = this;
    const { sounds, delivered, beside } = this.data;
    const free = (side) => !this.known(deck.keys[side]) || !(deck.chosen[side] || deck.nodes || deck.pending);
    if (free("a")) deck.keys.a = delivered;
    if (free("b")) deck.keys.b = this.known(beside) ? beside : (sounds[0]?.key ?? null);
    for (const side of ["a", "b"]) this.part(`.of.${side}`).value = deck.keys[side] ?? "";
  }

  sound(side) {
    return this.data.sounds.find((sound) => sound.key === this.deck.keys[side]);
  }

  seconds() {
    return Math.max(this.sound("a")?.seconds ?? 0, 0.01);
  }

  // Nothing is turned down before B was asked for; then both are as loud as the quieter.
  gains() {
    const [a, b] = [this.sound("a"), this.sound("b")];
    const matched = this.deck.compared && a && b && a.lufs !== null && b.lufs !== null;
    const quieter = matched ? Math.min(a.lufs, b.lufs) : 0;
    const audible = this.deck.has(this.deck.side) ? this.deck.side : "a"; // until the other one is here
    const gain = (side, sound) =>
      sound && audible === side ? (matched ? 10 ** ((quieter - sound.lufs) / 20) : 1) : 0;
    return { a: gain("a", a), b: gain("b", b) };
  }

  needed() {
    const sides = this.deck.compared ? ["a", "b"] : ["a"];
    return [...new Set(sides.map((side) => this.deck.keys[side]).filter(Boolean))];
  }

  fetch() {
    const missing = this.needed().filter((key) => !this.deck.buffers.has(key));
    if (missing.length) this.trigger("fetch", JSON.stringify([playerCodec(), ...missing]));
  }

  ready() {
    return this.needed().length > 0 && this.needed().every((key) => this.deck.buffers.get(key) instanceof AudioBuffer);
  }

  toggle() {
    if (!window.AudioContext || !this.deck.keys.a) return;
    if (this.deck.nodes) {
      this.deck.pause(this.seconds());
      return;
    }
    this.deck.open(); // within the press, which browsers ask for
    if (this.ready()) {
      this.deck.play(this.gains(), this.seconds());
    } else {
      this.deck.pending = true;
      this.deck.failed = false;
      this.fetch();
      this.changed();
    }
  }

  choose(side) {
    this.deck.side = side;
    if (side === "b") this.deck.compared = true;
    this.again();
  }

  // Other sounds or sides than before: what is missing is fetched, what plays goes on from where it is.
  again() {
    if (this.deck.context && !this.ready()) {
      this.deck.pending ||= Boolean(this.deck.nodes);
      this.fetch();
    } else if (this.deck.nodes && this.needed().some((key) => !Object.values(this.deck.nodes).some(({ source }) => source.buffer === this.deck.buffers.get(key)))) {
      this.deck.at = this.deck.now(this.seconds());
      this.deck.play(this.gains(), this.seconds());
    }
    this.deck.level(this.gains());
    this.changed();
  }

  seek(seconds) {
    this.deck.at = Math.min(this.seconds(), Math.max(0, seconds));
    if (this.deck.nodes) {
      const waits = this.deck.pending; // for a sound that is on its way
      this.deck.play(this.gains(), this.seconds());
      this.deck.pending = waits;
    }
    this.changed();
  }

  // Looks ---------------------------------------------------------------------------------------

  changed() {
    if (!this.data) return;
    const { deck } = this;
    if (deck.pending && deck.context && this.ready()) {
      if (deck.nodes) deck.at = deck.now(this.seconds());
      deck.play(this.gains(), this.seconds());
      return;
    }
    this.follow();
    const state = deck.nodes ? "playing" : deck.pending ? "loading" : "paused";
    this.root.dataset.state = state;
    this.root.dataset.side = deck.side;
    const button = this.part(".play");
    button.setAttribute("aria-label", deck.nodes ? "Pause the song" : "Play the song");
    button.title = deck.nodes ? "Pause" : "Play";
    button.disabled = !deck.keys.a || !window.AudioContext;
    const title = this.part(".title");
    if (this.root.getRootNode().activeElement !== title) title.value = this.data.title;
    const heard = this.sound(deck.side);
    this.part(".levels").textContent = deck.failed
      ? "could not be fetched: press Play again"
      : heard
        ? `${heard.label} ${heard.levels}`
        : "nothing to play yet";
    if (this.part(".note").textContent !== (deck.note ?? "")) this.part(".note").textContent = deck.note ?? "";
    for (const side of ["a", "b"]) {
      const press = this.part(`.side.${side}`);
      press.setAttribute("aria-pressed", String(deck.side === side));
      press.disabled = this.data.sounds.length < 2;
      this.part(`.of.${side}`).disabled = this.data.sounds.length < 2;
    }
    cancelAnimationFrame(this.frame);
    this.draw();
  }

  draw() {
    const seconds = this.seconds();
    const at = this.deck.now(seconds);
    if (this.deck.nodes && at >= seconds) {
      this.deck.pause(seconds);
      return;
    }
    const { canvas } = this;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const pen = canvas.getContext("2d");
    const style = getComputedStyle(this.root);
    pen.clearRect(0, 0, width, height);
    const columns = this.peaks ? this.peaks.length / 2 : 0;
    for (let x = 0; x < width && columns; x++) {
      const n = Math.min(columns - 1, Math.floor((x / width) * columns));
      const tall = Math.max(1, (Math.max(Math.abs(this.peaks[2 * n]), Math.abs(this.peaks[2 * n + 1])) / 127) ** 2 * height);
      pen.fillStyle = style.getPropertyValue(x / width < at / seconds ? "--st-blue-color" : "--st-text-color");
      pen.globalAlpha = x / width < at / seconds ? 1 : 0.45;
      pen.fillRect(x, (height - tall) / 2, 1, tall);
    }
    pen.globalAlpha = 1;
    canvas.setAttribute("aria-valuemax", seconds.toFixed(1));
    canvas.setAttribute("aria-valuenow", at.toFixed(1));
    this.part(".time").textContent = `${minutes(at)} / ${minutes(seconds)}`;
    this.root.dataset.at = at.toFixed(2);
    if (this.deck.nodes) {
      this.measure();
      if (this.deck.metered) this.meter?.draw();
      this.frame = requestAnimationFrame(() => this.draw());
    }
  }

  stages() {
    const nav = this.part(".stages");
    const { id, page } = this.data;
    const text = JSON.stringify([id, page, this.data.stages]);
    if (this.drawn === text) return;
    this.drawn = text;
    nav.replaceChildren(
      ...this.data.stages.map(({ name, title, kind, word }) => {
        const link = document.createElement("a");
        link.href = `${name}?run=${id}`;
        link.className = kind;
        link.title = `${title}: ${word}`;
        link.setAttribute("aria-label", `${title}: ${word}`);
        if (name === page) link.setAttribute("aria-current", "page");
        const mark = document.createElement("i");
        mark.textContent = MARKS[kind];
        const label = document.createElement("span");
        label.textContent = title;
        link.append(mark, label);
        link.onclick = (event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault(); // a page of the same document: the sound goes on
          this.trigger("go", name);
        };
        return link;
      }),
    );
  }

  // What can be done with the song as it stands; what cannot is not shown.
  verbs() {
    const { verbs, files } = this.data;
    for (const button of this.root.querySelectorAll("[data-verb]")) button.hidden = !verbs[button.dataset.verb];
    for (const button of this.root.querySelectorAll("[data-take]")) button.hidden = !files[button.dataset.take];
  }

  // Open or close the analyzer; it stays open while pages change.
  meters(open) {
    this.deck.metered = open;
    this.part(".an").hidden = !open;
    this.part("[data-own='meters']").setAttribute("aria-pressed", String(open));
    if (!open || !window.gainstageMeter) return;
    this.meter ??= new window.gainstageMeter.LiveMeter(this.part(".an"), { preview: true, target: this.data.target });
    this.meter.draw();
    this.measure();
  }

  measure() {
    if (this.meter && this.deck.out && this.deck.metered) this.meter.listen(this.deck.context, this.deck.out);
  }

  choices() {
    for (const side of ["a", "b"]) {
      const list = this.part(`.of.${side}`);
      list.replaceChildren(
        ...this.data.sounds.map(({ key, label }) => {
          const option = document.createElement("option");
          option.value = key;
          option.textContent = label;
          return option;
        }),
      );
      list.value = this.deck.keys[side] ?? "";
    }
  }

  // Hands ---------------------------------------------------------------------------------------

  wire() {
    this.part(".play").onclick = () => this.toggle();
    for (const button of this.root.querySelectorAll("[data-take]"))
      button.onclick = () => this.chosen("take", button.dataset.take);
    for (const button of this.root.querySelectorAll("[data-verb]"))
      button.onclick = () => this.chosen("verb", button.dataset.verb);
    const more = this.part(".more");
    this.part("[data-own='meters']").onclick = () => {
      more.open = false;
      this.meters(!this.deck.metered);
    };
    more.addEventListener("focusout", (event) => {
      if (!more.contains(event.relatedTarget)) more.open = false;
    });
    const title = this.part(".title");
    title.onchange = () => this.trigger("rename", title.value);
    title.onkeydown = (event) => {
      if (event.key === "Escape") title.value = this.data.title;
      if (event.key === "Enter" || event.key === "Escape") title.blur();
      event.stopPropagation();
    };
    for (const side of ["a", "b"]) {
      this.part(`.side.${side}`).onclick = () => this.choose(side);
      this.part(`.of.${side}`).onchange = (event) => {
        this.deck.keys[side] = event.target.value;
        this.deck.chosen[side] = true;
        this.again();
      };
    }
    const place = (event) => {
      const box = this.canvas.getBoundingClientRect();
      this.seek(((event.clientX - box.left) / box.width) * this.seconds());
    };
    this.canvas.onpointerdown = (event) => {
      if (event.isTrusted) this.canvas.setPointerCapture(event.pointerId);
      place(event);
    };
    this.canvas.onpointermove = (event) => event.buttons && place(event);
    this.root.onkeydown = (event) => this.key(event);
    this.watch = new ResizeObserver(() => this.data && this.draw());
    this.watch.observe(this.canvas);
  }

  // A press of something that the page does; the moment tells two presses apart.
  chosen(trigger, what) {
    this.part(".more").open = false;
    this.trigger(trigger, `${what} ${Date.now()}`);
  }

  key(event) {
    if (event.key === "Escape" && this.part(".more").open) {
      this.part(".more").open = false;
      this.part(".more summary").focus();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "SELECT") return;
    const now = () => this.deck.now(this.seconds());
    const deeds = { x: () => this.choose(this.deck.side === "a" ? "b" : "a") };
    if (event.target === this.canvas) {
      deeds[" "] = () => this.toggle();
      deeds.ArrowLeft = () => this.seek(now() - 5);
      deeds.ArrowRight = () => this.seek(now() + 5);
      deeds.Home = () => this.seek(0);
      deeds.End = () => this.seek(this.seconds());
    }
    const deed = deeds[event.key];
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }

  // The page goes; its sound does not.
  close() {
    cancelAnimationFrame(this.frame);
    this.watch.disconnect();
    this.meter?.leave();
    if (this.deck) this.deck.onchange = this.deck.onplay = null;
  }
}

function minutes(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
