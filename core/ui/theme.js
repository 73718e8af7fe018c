// The studio is as light or dark as the system; a person's own choice in the menu stays, on every page.
//
// Streamlit starts with the system's preference and keeps a choice under the address the document was
// loaded from. This carries a choice over to the other pages. When Streamlit keeps its choice elsewhere one day,
// nothing happens.

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
  const carry = () => spread(localStorage.getItem(kept));
  window.addEventListener("pagehide", carry);
  return () => window.removeEventListener("pagehide", carry);
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
