// What the document says of the open song: the tab's title, the one live region, the connection.
//
// The region is made once for a document and changes only when there is something else to say, so that it is
// read out once. While a job runs, its state comes with the page's pulse.

const ID = "gainstage-said";
const LOST_ID = "gainstage-lost";
const LOST_AFTER_MS = 1500;
const AWAY_MS = 10000;
const LOST =
  "Connection lost. Songs go on being made, and what is on this page stays; it reconnects by itself.";
const tab = (window.gainstageTab ??= { run: "", watched: false, back: () => {} });

export default function ({ data, setTriggerValue }) {
  tab.back = () => setTriggerValue("back", Date.now());
  tell(JSON.parse(data.json));
  if (!tab.watched) watch();
  const pulse = (event) => {
    const { status } = JSON.parse(event.detail);
    if (status) tell(status);
  };
  window.addEventListener("gainstage-pulse", pulse);
  return () => window.removeEventListener("gainstage-pulse", pulse);
}

function tell({ title, said, run }) {
  if (title) document.title = title;
  const region = document.getElementById(ID) ?? made(ID);
  if (region.textContent !== said) region.textContent = said;
  tab.run = run;
}

// The studio draws a tab again when its song changes in another; one that was away may have missed it, and looks.
function watch() {
  tab.watched = true;
  let left = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) left = performance.now();
    else if (tab.run && performance.now() - left > AWAY_MS) tab.back();
  });
  const app = document.querySelector("[data-test-connection-state]");
  if (!app) return;
  let waiting = 0;
  const look = () => {
    clearTimeout(waiting);
    const there = app.getAttribute("data-test-connection-state") === "CONNECTED";
    if (there) connected(true);
    else waiting = setTimeout(() => connected(false), LOST_AFTER_MS);
  };
  new MutationObserver(look).observe(app, { attributes: true, attributeFilter: ["data-test-connection-state"] });
}

function connected(there) {
  const shown = document.getElementById(LOST_ID);
  document.documentElement.classList.toggle("gainstage-lost", !there);
  if (there) shown?.remove();
  else if (!shown) {
    const region = made(LOST_ID);
    region.style.cssText = "";
    region.textContent = LOST;
  }
}

function made(id) {
  const region = document.createElement("div");
  region.id = id;
  region.setAttribute("role", "status");
  region.setAttribute("aria-live", "polite");
  region.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
  document.body.append(region);
  return region;
}
