// Dark is the studio's first look; a person's own choice in the menu stays, on every page.
//
// Streamlit starts with the system's preference and keeps a choice under the address the document was
// loaded from. On the first visit this asks for the dark theme instead, and afterwards it carries a choice
// over to the other pages. When Streamlit keeps its choice elsewhere one day, nothing happens.

const SEEN = "gainstage-theme-seen";
const PREFIX = "stActiveTheme-";

export default function ({ data }) {
  const entry = performance.getEntriesByType("navigation")[0];
  if (!entry) return;
  const loadedFrom = new URL(entry.name).pathname;
  const kept = Object.keys(localStorage).find((key) => new RegExp(`^${PREFIX}${escaped(loadedFrom)}-v\\d+$`).test(key));
  if (!kept) return;
  const version = kept.slice((PREFIX + loadedFrom).length);
  const pages = data.pages.split(" ");
  const base = pages.reduce((path, page) => path.replace(new RegExp(`/${page}$`), "/"), loadedFrom);
  const spread = (choice) => {
    for (const page of ["", ...pages]) localStorage.setItem(PREFIX + base + page + version, choice);
  };
  if (!localStorage.getItem(SEEN)) {
    localStorage.setItem(SEEN, "1");
    spread(JSON.stringify("Dark"));
    darkNow();
  }
  const carry = () => spread(localStorage.getItem(kept));
  window.addEventListener("pagehide", carry);
  return () => window.removeEventListener("pagehide", carry);
}

// Streamlit looks at the system's preference again after printing; for that one look it is told "dark".
function darkNow() {
  const asked = window.matchMedia;
  window.matchMedia = (query) =>
    query === "(prefers-color-scheme: dark)" ? { matches: true } : asked.call(window, query);
  try {
    window.dispatchEvent(new Event("afterprint"));
  } finally {
    window.matchMedia = asked;
  }
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
