/* Lists by keyboard: J and K walk the rows, Enter opens as on any link, X ticks the row's box. */

import { isShortcut } from "./keys.js";

const TYPED_INTO = "textarea, select, input:not([type=checkbox]):not([type=radio])"; // the row's own box has the focus, too

function rows() {
  return Array.from(document.querySelectorAll("[data-list-keys] tbody tr"));
}

function here() {
  return document.activeElement ? document.activeElement.closest("[data-list-keys] tbody tr") : null;
}

function walk(step) {
  const all = rows();
  if (!all.length) {
    return;
  }
  const current = here();
  const at = current ? all.indexOf(current) + step : step > 0 ? 0 : all.length - 1;
  const row = all[Math.min(Math.max(at, 0), all.length - 1)];
  const link = row.querySelector("[data-open]");
  link.focus();
  row.scrollIntoView({ block: "nearest" });
}

function tick() {
  const row = here();
  const box = row && row.querySelector("[data-pick]:not([disabled])");
  if (box) {
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

document.addEventListener("keydown", function (event) {
  if (!isShortcut(event, TYPED_INTO)) {
    return;
  }
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") {
    event.preventDefault();
    walk(key === "j" ? 1 : -1);
  } else if (key === "x" && here()) {
    event.preventDefault();
    tick();
  }
});
