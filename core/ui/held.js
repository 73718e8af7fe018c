// Sound that a browser does not let begin, or takes away while it plays, as for a phone's call: the player is
// paused and says so, and the next press of Play goes on. Every player has one of these.

const HELD = "The browser stopped the sound: press Play to go on.";
const HELD_AFTER_MS = 800;

class Held {
  // `playing` tells whether sound ought to be heard, `pause` stops the player, `say` shows a sentence or none.
  constructor({ playing, pause, say }) {
    Object.assign(this, { playing, pause, say });
    this.look = () => {
      if (this.context && this.context.state !== "running" && this.playing()) this.taken();
    };
  }

  // The context that the sound goes through from now on; null for none.
  watch(context) {
    if (this.context === context) return;
    this.context?.removeEventListener("statechange", this.look);
    this.context = context;
    context?.addEventListener("statechange", this.look);
  }

  // Play was pressed: a context that is not let run stays as it is, and tells of nothing.
  begun() {
    if (this.told) this.say("");
    this.told = false;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(this.look, HELD_AFTER_MS);
  }

  taken() {
    this.told = true;
    this.pause();
    this.say(HELD);
  }

  leave() {
    clearTimeout(this.waiting);
    this.watch(null);
  }
}
