// What a mixer's page listens for: the faders' mix against the rendered one; the stems of a separation against
// the song, and what they leave of it; each stem as it came, as loud as the enhanced one.

const LISTENING = {
  mix: {
    name: "Mix",
    live: ["Live", "Hear the faders as they stand"],
    other: ["As rendered", "Hear the mix as rendered, as loud as the faders' mix (B)"],
  },
  separate: {
    name: "Sum",
    live: ["Stems", "Hear the stems together"],
    other: ["Song", "Hear the song that the stems were taken from (B)"],
  },
  enhance: {
    name: "Sum",
    live: ["Enhanced", "Hear every stem as enhanced"],
    other: ["Before", "Hear every stem as it came, as loud as it is now (B)"],
  },
};

class MixerListen extends MixerView {
  kind() {
    return LISTENING[this.data.kind];
  }

  renders() {
    return this.data.kind === "mix";
  }

  audible() {
    return this.strips.filter((strip) => !strip.missing);
  }

  needed() {
    const keys = this.audible().flatMap(({ key, before, dry }) => (dry && before ? [key, before.key] : [key]));
    if (this.heard !== "live" && this.data.rendered) keys.push(this.data.rendered.key);
    return [...new Set(keys)];
  }

  // Every key that this page may play.
  playable() {
    const keys = [...this.strips.flatMap(({ key, before }) => [key, before?.key]), this.data.rendered?.key];
    return new Set(keys.filter(Boolean));
  }

  // How much the rendered mix is turned up or down to be as loud as the faders' mix; its peak stays under 0 dBTP.
  matchDb() {
    const { rendered } = this.data;
    if (!this.renders() || !rendered || rendered.lufs === null || !Number.isFinite(this.whole?.integrated)) return 0;
    return Math.min(this.whole.integrated - rendered.lufs, Math.max(0, -(rendered.dbtp ?? 0)));
  }

  hear(which) {
    if (this.data.kind === "enhance") {
      this.strips.forEach((strip) => Object.assign(strip, { dry: which === "rendered" && Boolean(strip.before) }));
    } else if (which !== "live" && !this.data.rendered) {
      return;
    } else {
      this.heard = which;
    }
    if (this.context && !this.ready()) this.fetch();
    this.apply();
  }

  bypass(n) {
    this.strips[n].dry = !this.strips[n].dry;
    if (this.context && !this.ready()) this.fetch();
    this.apply();
  }

  hearsOther() {
    if (this.data.kind !== "enhance") return this.heard === "rendered";
    const comparable = this.strips.filter((strip) => strip.before);
    return comparable.length > 0 && comparable.every((strip) => strip.dry);
  }

  // What is heard: the song and the residual not before the song is here.
  hearing() {
    return this.data.rendered && this.there(this.data.rendered.key) ? this.heard : "live";
  }

  // The residual is the song minus every stem, whatever is soloed or muted.
  gains() {
    const { channels } = this.data;
    if (this.hearing() !== "residual") return gainsOf(this.strips, channels);
    return this.strips.map(() => stripGains({ gain_db: 0, pan: 0 }, channels));
  }

  level(graph = this.graph, ramp_s = RAMP_S) {
    if (!graph) return;
    const now = graph.context.currentTime;
    const heard = this.hearing();
    const live = { live: 1, rendered: 0, residual: -1 }[heard];
    const other = heard === "live" ? 0 : (this.data.rendered?.scale ?? 1);
    const matched = heard === "rendered" ? other * 10 ** (this.matchDb() / 20) : other;
    glide(graph.ears.live.gain, live, now, ramp_s);
    glide(graph.ears.rendered.gain, matched, now, ramp_s);
    this.strips.forEach((strip, n) => {
      const dry = strip.dry && this.there(strip.before.key);
      const came = dry ? (strip.before.scale / strip.scale) * 10 ** (strip.before.gain_db / 20) : 0;
      glide(graph.strips[n].wet.gain, dry ? 0 : 1, now, ramp_s);
      glide(graph.strips[n].dry.gain, came, now, ramp_s);
    });
    if (graph !== this.graph) return;
    glide(this.gates.live.gain, live, now, ramp_s);
    glide(this.gates.rendered.gain, other, now, ramp_s);
  }

  // What the compressor of a strip took away at the playing position, in dB; null where nothing says.
  reduction(strip) {
    if (!strip.reduction || strip.dry) return null;
    strip.curve ??= Uint8Array.from(atob(strip.reduction.codes), (code) => code.charCodeAt(0));
    return (strip.curve[Math.floor(this.at / strip.reduction.hop)] ?? 0) / 10;
  }
}
