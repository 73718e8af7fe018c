// The browser tab's title and the one live region of the page: where the job of the open song stands.
//
// The region is made once for a document and changes only when there is something else to say, so that it is
// read out once. While a job runs, its state comes with the page's pulse.

const ID = "gainstage-said";

export default function ({ data }) {
  const tell = ({ title, said }) => {
    if (title) document.title = title;
    const region = document.getElementById(ID) ?? made();
    if (region.textContent !== said) region.textContent = said;
  };
  tell(JSON.parse(data.json));
  const pulse = (event) => {
    const { status } = JSON.parse(event.detail);
    if (status) tell(status);
  };
  window.addEventListener("gainstage-pulse", pulse);
  return () => window.removeEventListener("gainstage-pulse", pulse);
}

function made() {
  const region = document.createElement("div");
  region.id = ID;
  region.setAttribute("role", "status");
  region.setAttribute("aria-live", "polite");
  region.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
  document.body.append(region);
  return region;
}
