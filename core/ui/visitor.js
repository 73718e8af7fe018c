// The browser keeps who its person is, so that their songs are theirs after a reload and tomorrow. In another
// site's frame a cookie must be allowed there by name, which browsers take over TLS alone; elsewhere it is strict.

const A_YEAR_S = 365 * 24 * 3600;

export default function ({ data }) {
  const pages = data.pages.split(" ");
  const path = pages.reduce((at, page) => at.replace(new RegExp(`/${page}/?$`), "/"), location.pathname);
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const framed = window.top !== window.self && secure ? "None; Partitioned" : "Strict";
  document.cookie = `${data.cookie}=${data.token}; Path=${path}; Max-Age=${A_YEAR_S}; SameSite=${framed}${secure}`;
}
